"""At the limit a session goes on more slowly, on whatever NAS; and full speed, or a way in, is back at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.entrypoints.used_bytes import used_bytes
from spotfi_cloud.entrypoints.worker.enforcement import spread_limit_changes, watch_periods
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.attributes import AcctStatusType, Attr, WISPr
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.service import Conditions
from spotfi_cloud.subscribers.service.top_ups import NewTopUp, top_up
from tests.integration.access.asking import access_request, ask
from tests.integration.access.conftest import PASSWORD, Place
from tests.integration.access.radius_peer import Peer
from tests.integration.access.test_enforcement import MEGABYTE, MakePeer, eventually, new_peer, server

__all__ = ["new_peer", "server"]
STATES = "SELECT action, reason, state FROM enforcements ORDER BY created_at"


@pytest.fixture(autouse=True)
async def watching(database: Database) -> AsyncIterator[None]:
    """The worker's loops that find whom changes and new periods concern."""
    clock = SystemClock()
    running = [
        asyncio.create_task(spread_limit_changes(database, clock)),
        asyncio.create_task(watch_periods(database, clock)),
    ]
    yield
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def throttling_plan(place: Place, **values: Any) -> UUID:
    slow = {"at_limit": "throttle", "throttle_up_bps": 64_000, "throttle_down_bps": 128_000}
    return await place.add_plan(quota_bytes=MEGABYTE, **slow, **values)


async def use(
    peer: Peer, megabytes: int, session: str = "s1", status: AcctStatusType = AcctStatusType.INTERIM_UPDATE
) -> None:
    assert await peer.account(status, "ada", session, 60 * megabytes, megabytes * MEGABYTE)


async def login(server: RadiusServer, identifier: str = "sf-garden") -> Packet:
    return await ask(access_request("ada", PASSWORD, nas_identifier=identifier), server.auth_port)


def down_bps(packet: Packet) -> int:
    return int.from_bytes(packet.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN) or b"", "big")


async def speeds(peer: Peer, expected: list[int], within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while [down_bps(each) for each in peer.changed] != expected:  # noqa: ASYNC110 - the socket has no event to wait for
            await asyncio.sleep(0.05)


async def give(database: Database, subscriber_id: UUID, more_bytes: int) -> None:
    async with database.unit_of_work() as session:
        given = NewTopUp(more_bytes, 0, "", None)
        await top_up(session, Scope.everything(), subscriber_id, given, Conditions(SystemClock(), "UTC", used_bytes))


async def test_a_passed_quota_slows_open_sessions_and_a_top_up_makes_them_fast_again(
    server: RadiusServer, place: Place, new_peer: MakePeer, database: Database
) -> None:
    ada = await place.add_subscriber("ada", await throttling_plan(place))
    _, peer = await new_peer("sf-garden", "generic")
    await use(peer, 0, status=AcctStatusType.START)
    await use(peer, 2)
    await speeds(peer, [128_000])
    accepted = await login(server)
    assert (accepted.code, down_bps(accepted)) == (Code.ACCESS_ACCEPT, 128_000)
    assert accepted.text(Attr.REPLY_MESSAGE) == "What your plan includes is used up. You may go on, more slowly."
    await use(peer, 3)

    await give(database, ada, 10 * MEGABYTE)
    await speeds(peer, [128_000, 10_000_000])
    assert down_bps(await login(server)) == 10_000_000
    await eventually(place, STATES, [("change", "quota", "acknowledged"), ("change", "limits", "acknowledged")])
    assert peer.disconnected == []


@pytest.mark.parametrize("kind", ["uspot", "opennds"])
async def test_a_nas_that_cannot_slow_a_session_down_ends_it_once_and_lets_the_guest_back_in_slowly(
    server: RadiusServer, place: Place, new_peer: MakePeer, kind: str
) -> None:
    await place.add_subscriber("ada", await throttling_plan(place))
    _, peer = await new_peer("sf-garden", kind)
    await use(peer, 0, status=AcctStatusType.START)
    await use(peer, 2)
    await eventually(place, STATES, [("change", "quota", "deferred"), ("disconnect", "quota", "acknowledged")])
    assert [session for _, session in peer.disconnected] == ["s1"]
    await use(peer, 2, status=AcctStatusType.STOP)

    await asyncio.sleep(2.1)
    accepted = await login(server)
    assert down_bps(accepted) == 128_000
    token = (accepted.get(Attr.CLASS) or b"").decode()
    assert await peer.account(AcctStatusType.START, "ada", "s2", 0, 0, login=token)
    assert await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s2", 60, MEGABYTE, login=token)
    await asyncio.sleep(3.5)
    assert [session for _, session in peer.disconnected] == ["s1"], "its login had the throttled speed"


async def test_a_refusal_to_slow_down_ends_the_session(server: RadiusServer, place: Place, new_peer: MakePeer) -> None:
    await place.add_subscriber("ada", await throttling_plan(place))
    _, peer = await new_peer("sf-garden", "generic")
    peer.on_change, peer.error_cause = Code.COA_NAK, 401
    await use(peer, 2)
    await eventually(place, STATES, [("change", "quota", "refused"), ("disconnect", "quota", "acknowledged")])


async def test_a_nas_that_never_answers_about_speeds_is_asked_to_end_the_session_instead(
    server: RadiusServer, place: Place, new_peer: MakePeer
) -> None:
    await place.add_subscriber("ada", await throttling_plan(place))
    _, peer = await new_peer("sf-garden", "generic")
    peer.on_change = None
    await use(peer, 2)
    await eventually(place, STATES, [("change", "quota", "sent")])
    await place.query("UPDATE enforcements SET attempts = 3, next_attempt_at = now() RETURNING 1")
    await eventually(place, STATES, [("change", "quota", "gave_up"), ("disconnect", "quota", "acknowledged")])
    assert [session for _, session in peer.disconnected] == ["s1"]


async def test_a_new_period_makes_throttled_sessions_fast_again_without_any_packet(
    server: RadiusServer, place: Place, new_peer: MakePeer
) -> None:
    """The balance's period is made to end now, as the clock would."""
    ada = await place.add_subscriber("ada", await throttling_plan(place))
    _, peer = await new_peer("sf-garden", "generic")
    await use(peer, 2)
    await speeds(peer, [128_000])
    now = datetime.now().astimezone()
    await place.query(
        "UPDATE quota_balances SET period_end = %s, period_start = period_start - interval '1 year' RETURNING 1", now
    )
    await place.query(
        "UPDATE usage_ledger SET quarter_start = quarter_start - interval '40 days' WHERE subscriber_id = %s RETURNING 1",
        ada,
    )
    await speeds(peer, [128_000, 10_000_000])


async def test_who_was_cut_off_is_let_in_within_a_second_of_a_top_up_and_of_more_time(
    server: RadiusServer, place: Place, new_peer: MakePeer, database: Database
) -> None:
    ada = await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, peer = await new_peer("sf-garden", "generic")
    await use(peer, 2)
    assert (await login(server)).code == Code.ACCESS_REJECT
    await give(database, ada, 10 * MEGABYTE)
    await asyncio.sleep(0.2)
    assert (await login(server)).code == Code.ACCESS_ACCEPT, "no process keeps what it knew before"

    ended = datetime.now().astimezone() - timedelta(hours=1)
    text = "UPDATE subscribers SET valid_until = %s RETURNING pg_notify('access', 'subscriber')"
    await place.query(text, ended)
    await asyncio.sleep(0.2)
    assert (await login(server)).code == Code.ACCESS_REJECT
    await place.query(text, ended + timedelta(hours=2))
    await asyncio.sleep(0.2)
    accepted = await login(server)
    assert accepted.code == Code.ACCESS_ACCEPT
    assert 3500 < (accepted.integer(Attr.SESSION_TIMEOUT) or 0) <= 3600


async def test_a_session_that_could_not_be_ended_is_left_alone_once_there_is_quota_again(
    server: RadiusServer, place: Place, new_peer: MakePeer, database: Database
) -> None:
    ada = await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, peer = await new_peer("sf-garden", "generic")
    peer.ends_sessions = False
    await use(peer, 2)
    await eventually(place, "SELECT answer FROM enforcements", [("no answer",)])
    await give(database, ada, 10 * MEGABYTE)
    text = "SELECT state, answer FROM enforcements WHERE action = 'disconnect'"
    await eventually(place, text, [("lapsed", "there is quota again")])
