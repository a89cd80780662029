"""What operators see of logins: who was refused and why, in words, and what each NAS's requests came to."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from spotfi_cloud.access import service as access
from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock, SystemClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.pages import PageQuery
from tests.integration.access.conftest import PASSWORD, SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import radclient


@pytest.fixture
async def told(database: Database, place: Place, tmp_path: Path) -> None:
    """Four logins, and one request with a wrong secret, at a server that has told of them and stopped."""
    plan_id = await place.add_plan()
    await place.add_subscriber("ada", plan_id)
    await place.add_subscriber("bob", plan_id, disabled_at=SystemClock().now())
    await place.add_nas("sf-one")
    server = RadiusServer(
        database, SECRET_KEY, clock=SystemClock(), default_zone="UTC", host="127.0.0.1", auth_port=0, acct_port=0
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.sleep(0.3)
    for name, password, secret in (
        ("ada", PASSWORD, SECRET),
        ("ada", "wrong", SECRET),
        ("bob", PASSWORD, SECRET),
        ("eve", "any", SECRET),
        ("ada", PASSWORD, b"another secret"),
    ):
        request = f'User-Name = "{name}"\nUser-Password = "{password}"\nNAS-Identifier = "sf-one"\n'
        request += "Message-Authenticator = 0x00\n"
        await radclient(tmp_path, server.auth_port, "auth", request, secret=secret, retries=1, timeout_s=0.5)
    stop.set()
    await asyncio.wait_for(running, 30)


async def attempts(database: Database, scope: Scope, wanted: access.AttemptFilter) -> list[tuple[str, str, str]]:
    async with database.unit_of_work() as session:
        found = await access.list_attempts(session, scope, wanted, PageQuery())
    return [(view.username, view.attempt.outcome, view.attempt.reason) for view in found.items]


@pytest.mark.usefixtures("told")
async def test_every_decided_login_is_told_with_its_reason(database: Database, place: Place) -> None:
    everything = Scope.everything()
    assert await attempts(database, everything, access.AttemptFilter()) == [
        ("eve", "unknown_user", "There is no subscriber of this user name."),
        ("bob", "disabled", "The subscriber is disabled."),
        ("ada", "wrong_password", "The password is wrong."),
        ("ada", "accepted", ""),
    ]
    assert len(await attempts(database, everything, access.AttemptFilter(username="ada"))) == 2
    assert len(await attempts(database, everything, access.AttemptFilter(outcome="disabled"))) == 1
    assert await attempts(database, Scope.of(new_id()), access.AttemptFilter()) == []
    assert len(await attempts(database, Scope.of(place.host_id), access.AttemptFilter())) == 4

    async with database.unit_of_work() as session:
        later = ManualClock(SystemClock().now() + timedelta(days=30, seconds=5))
        assert await access.forget_old_attempts(session, clock=SystemClock()) == 0
        assert await access.forget_old_attempts(session, clock=later) == 4


@pytest.mark.usefixtures("told")
async def test_a_guest_of_another_host_stays_unnamed(database: Database, place: Place) -> None:
    home_id = new_id()
    await place.add_host(home_id)
    await place.query("UPDATE subscribers SET host_id = %s RETURNING 1", home_id)
    shown = await attempts(database, Scope.of(place.host_id), access.AttemptFilter(outcome="wrong_password"))
    assert [name for name, _, _ in shown] == ["a•••"]
    assert await attempts(database, Scope.of(place.host_id), access.AttemptFilter(username="ada")) == []


@pytest.mark.usefixtures("told")
async def test_what_a_router_asked_is_counted(database: Database, place: Place) -> None:
    rows = await place.query("SELECT outcome, answered, count FROM radius_counts ORDER BY outcome")
    counts = {outcome: (answered, count) for outcome, answered, count in rows}
    drops = counts.pop("message_authenticator_wrong")
    assert drops[0] is False
    assert drops[1] >= 1
    refused = dict.fromkeys(("disabled", "unknown_user", "wrong_password"), (True, 1))
    assert counts == {"accepted": (True, 1), **refused}
