"""Staff passwords: argon2id (RFC 9106) through pwdlib, on threads of its own so that the event loop never waits for it.

Two threads, because each computation takes 64 MiB. A flood of sign-ins queues up to a bound and is then refused: each one
that waits holds a database connection that other requests need.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

from pwdlib import PasswordHash

from spotfi_cloud.kernel.errors import DependencyError

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 2
_MAX_AT_ONCE = 8


class _Computing:
    """Runs the computations and counts those under way."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="argon2")
        self._under_way = 0

    async def run(self, work: Callable[P, T], *arguments: P.args, **_none: P.kwargs) -> T:
        if self._under_way >= _MAX_AT_ONCE:
            msg = "Too many sign-ins at once. Try again in a moment."
            raise DependencyError(msg)
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._under_way -= 1


_hasher = PasswordHash.recommended()
_computing = _Computing()


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody's password")


async def hash_password(password: str) -> str:
    """The argon2id hash to store. DependencyError where too many are being computed."""
    return await _computing.run(_hasher.hash, password)


async def password_fits(password: str, stored_hash: str | None) -> bool:
    """Whether the password has this hash. Without a hash (no such account) it takes as long, and the answer is no.

    DependencyError where too many are being computed.
    """
    return await _computing.run(_verify, password, stored_hash)


def _verify(password: str, stored_hash: str | None) -> bool:
    dummy_hash = _dummy_hash()  # in either case, so that the very first use betrays nothing
    fits = _hasher.verify(password, dummy_hash if stored_hash is None else stored_hash)
    return fits and stored_hash is not None
