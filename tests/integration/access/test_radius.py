"""The RADIUS role over real sockets, with Debian's radclient as the NAS."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database
from tests.integration.access.asking import stay_clear_of_midnight
from tests.integration.access.conftest import PASSWORD, SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import garbage, radclient, received


@pytest.fixture
async def nas_id(place: Place) -> UUID:
    return await place.add_nas("sf-one", kind="uspot")


@pytest.fixture
async def server(database: Database, place: Place, nas_id: UUID) -> AsyncIterator[RadiusServer]:
    await stay_clear_of_midnight(database)
    server = RadiusServer(
        database,
        SECRET_KEY,
        clock=SystemClock(),
        default_zone="UTC",
        host="127.0.0.1",
        auth_port=0,
        acct_port=0,
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.sleep(0.2)
    yield server
    stop.set()
    await asyncio.wait_for(running, 30)


def login(username: str, password: str = PASSWORD, *more: str, kind: str = "User-Password") -> str:
    lines = [f'User-Name = "{username}"', f'{kind} = "{password}"', 'NAS-Identifier = "sf-one"', *more]
    return "\n".join([*lines, "Message-Authenticator = 0x00", ""])


def accounting(status: str, session: str, time_s: int, up: int, *more: str) -> str:
    lines = [
        f"Acct-Status-Type = {status}",
        'User-Name = "ada"',
        f'Acct-Session-Id = "{session}"',
        'NAS-Identifier = "sf-one"',
        f"Acct-Session-Time = {time_s}",
        f"Acct-Input-Octets = {up & 0xFFFFFFFF}",
        f"Acct-Input-Gigawords = {up >> 32}",
        *more,
    ]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("kind", ["User-Password", "CHAP-Password"])
async def test_a_login_is_accepted_with_what_the_plan_says(
    server: RadiusServer, place: Place, tmp_path: Path, kind: str
) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=6 * 2**32 + 5))
    reply = received(await radclient(tmp_path, server.auth_port, "auth", login("ada", kind=kind), secret=SECRET))
    assert reply["code"] == "Access-Accept"
    assert (reply["Session-Timeout"], reply["Idle-Timeout"], reply["Acct-Interim-Interval"]) == ("3600", "600", "300")
    assert (reply["ChilliSpot-Max-Total-Octets"], reply["Attr-26.14559.23"]) == ("5", "0x00000006"), reply
    assert (reply["WISPr-Bandwidth-Max-Up"], reply["WISPr-Bandwidth-Max-Down"]) == ("2000000", "10000000")
    assert bytes.fromhex(reply["Class"][2:]).startswith(b"sf")


async def test_refusals_say_why_in_words(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    plan = await place.add_plan()
    await place.add_subscriber("ada", plan)
    await place.add_subscriber("bob", plan, disabled_at=datetime.now().astimezone())
    wrong = received(await radclient(tmp_path, server.auth_port, "auth", login("ada", "no"), secret=SECRET))
    unknown = received(await radclient(tmp_path, server.auth_port, "auth", login("eve"), secret=SECRET))
    disabled = received(await radclient(tmp_path, server.auth_port, "auth", login("bob"), secret=SECRET))
    assert {reply["code"] for reply in (wrong, unknown, disabled)} == {"Access-Reject"}
    assert wrong["Reply-Message"] == unknown["Reply-Message"] == "The user name or the password is wrong."
    assert "disabled" in disabled["Reply-Message"]


async def test_a_used_up_quota_refuses_the_next_login(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    assert (
        received(await radclient(tmp_path, server.auth_port, "auth", login("ada"), secret=SECRET))["code"]
        == "Access-Accept"
    )
    stop = accounting("Stop", "s1", 60, 500_000_000)
    assert "Accounting-Response" in await radclient(tmp_path, server.acct_port, "acct", stop, secret=SECRET)
    refused = received(await radclient(tmp_path, server.auth_port, "auth", login("ada"), secret=SECRET))
    assert refused["code"] == "Access-Reject"
    assert refused["Reply-Message"].startswith("Your data volume for this month was used up on ")
    assert " It starts afresh on 1 " in refused["Reply-Message"]


async def test_as_many_devices_as_the_plan_allows(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    """A third device waits; one that comes back while its old session is still open does not."""
    await place.add_subscriber("ada", await place.add_plan(max_sessions=1))
    start = accounting("Start", "s1", 0, 0, 'Calling-Station-Id = "02-00-00-00-00-01"')
    await radclient(tmp_path, server.acct_port, "acct", start, secret=SECRET)
    codes = []
    for device in ("02-00-00-00-00-02", "02-00-00-00-00-01"):
        request = login("ada", PASSWORD, f'Calling-Station-Id = "{device}"')
        codes.append(received(await radclient(tmp_path, server.auth_port, "auth", request, secret=SECRET))["code"])
    assert codes == ["Access-Reject", "Access-Accept"]


async def test_accounting_counts_64_bits_and_each_byte_once(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=None))
    for status, time_s, up in (
        ("Start", 0, 0),
        ("Interim-Update", 300, 5 * 2**32),
        ("Interim-Update", 600, 9 * 2**32 + 7),
        ("Interim-Update", 300, 5 * 2**32),
        ("Interim-Update", 600, 9 * 2**32 + 7),
        ("Stop", 700, 9 * 2**32 + 8),
        ("Start", 0, 0),
    ):
        request = accounting(status, "s1", time_s, up, "Acct-Terminate-Cause = User-Request")
        assert "Accounting-Response" in await radclient(tmp_path, server.acct_port, "acct", request, secret=SECRET)
    rows = await place.query("SELECT up_bytes, ended_at IS NULL, terminate_cause FROM sessions")
    assert rows == [(9 * 2**32 + 8, False, "user-request")]
    assert await place.query("SELECT sum(up_bytes) FROM usage_ledger") == [(9 * 2**32 + 8,)]


async def test_accounting_on_ends_what_was_open(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    await radclient(tmp_path, server.acct_port, "acct", accounting("Start", "s1", 0, 0), secret=SECRET)
    restart = 'Acct-Status-Type = Accounting-On\nNAS-Identifier = "sf-one"\n'
    assert "Accounting-Response" in await radclient(tmp_path, server.acct_port, "acct", restart, secret=SECRET)
    assert await place.query("SELECT terminate_cause FROM sessions WHERE ended_at IS NOT NULL") == [("nas-reboot",)]


async def test_strangers_and_forgers_hear_nothing(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    unsigned = login("ada").replace("Message-Authenticator = 0x00\n", "")
    for request, secret in ((unsigned, SECRET), (login("ada"), b"another secret")):
        output = await radclient(tmp_path, server.auth_port, "auth", request, secret=secret, retries=1, timeout_s=0.5)
        assert not received(output)
    forged = accounting("Stop", "s1", 60, 1000)
    output = await radclient(tmp_path, server.acct_port, "acct", forged, secret=b"other", retries=1, timeout_s=0.5)
    assert not received(output)
    assert await place.query("SELECT count(*) FROM sessions") == [(0,)]


async def test_a_legacy_nas_may_leave_the_message_authenticator_out(
    server: RadiusServer, place: Place, tmp_path: Path
) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    await place.query("UPDATE routers SET legacy_radius = true RETURNING pg_notify('access', 'router')")
    await asyncio.sleep(0.3)
    unsigned = login("ada").replace("Message-Authenticator = 0x00\n", "")
    reply = received(await radclient(tmp_path, server.auth_port, "auth", unsigned, secret=SECRET))
    assert reply["code"] == "Access-Accept"


async def test_garbage_changes_nothing(server: RadiusServer, place: Place, tmp_path: Path) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        for datagram in garbage(300):
            for port in (server.auth_port, server.acct_port):
                noise.sendto(datagram, ("127.0.0.1", port))
    assert (
        received(await radclient(tmp_path, server.auth_port, "auth", login("ada"), secret=SECRET))["code"]
        == "Access-Accept"
    )
    assert await place.query("SELECT count(*) FROM sessions") == [(0,)]


async def test_status_server_is_answered(server: RadiusServer, tmp_path: Path) -> None:
    request = 'NAS-Identifier = "sf-one"\nMessage-Authenticator = 0x00\n'
    assert "Received Access-Accept" in await radclient(tmp_path, server.auth_port, "status", request, secret=SECRET)
