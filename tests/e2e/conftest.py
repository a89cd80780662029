"""One installation for all end-to-end tests of a run: they differ in what they put into it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.installation import Api, Installation
from tests.e2e.radius import Nas
from tests.e2e.router import Router

expect.set_options(timeout=30_000)  # a busy machine takes its time


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(tmp_path_factory.mktemp("installation"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def admin(installation: Installation) -> Api:
    return installation.sign_in_admin()


@pytest.fixture
def new_router(tmp_path: Path) -> Iterator[Callable[..., Router]]:
    """Make routers whose agents end with the test."""
    routers: list[Router] = []

    def make(name: str, **options: str) -> Router:
        routers.append(Router(tmp_path / name, **options))
        return routers[-1]

    yield make
    for router in routers:
        router.stop()


@pytest.fixture
def new_nas(installation: Installation) -> Iterator[Callable[[str, str], Nas]]:
    """Make RADIUS clients (identifier, secret) that talk to the installation."""
    made: list[Nas] = []

    def make(identifier: str, secret: str) -> Nas:
        made.append(
            Nas(
                identifier=identifier,
                secret=secret,
                auth_port=installation.radius_auth_port,
                acct_port=installation.radius_acct_port,
            )
        )
        return made[-1]

    yield make
    for nas in made:
        nas.close()
