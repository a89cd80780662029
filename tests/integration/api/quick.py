"""What every test would otherwise pay for again: the routes' preparation, and passwords that are meant to be slow."""

from collections.abc import Iterator
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from spotfi_cloud.entrypoints.api import app as app_module
from spotfi_cloud.entrypoints.api.openapi import Api
from spotfi_cloud.identity import passwords

_CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""What is used in earnest is tests/unit/cloud/identity/test_passwords.py's, and every process's that a test starts."""


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Apps of one worker share their routes (FastAPI prepares each at its first request); passwords cost little."""
    first = app_module.bare_app()

    def sharing_app() -> Api:
        app = _Sharing(first)
        app.router.routes = list(first.router.routes)
        return app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "bare_app", sharing_app)
        patch.setattr(passwords, "_hasher", _CHEAP)
        passwords._dummy_hash.cache_clear()
        yield
        passwords._dummy_hash.cache_clear()


class _Sharing(Api):
    """An app whose document is the first one's."""

    def __init__(self, first: Api) -> None:
        super().__init__(
            title=first.title, version=first.version, docs_url=None, redoc_url=None, redirect_slashes=False
        )
        self._first = first

    def openapi(self) -> dict[str, Any]:
        return self._first.openapi()
