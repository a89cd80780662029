"""A quota that is passed ends every open session, on whatever NAS, and is done when the Stop has arrived."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.entrypoints.worker import enforcement
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.radius.attributes import AcctStatusType
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.storage.database import Database
from tests.integration.access.asking import stay_clear_of_midnight
from tests.integration.access.conftest import SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import Peer

MEGABYTE = 1_000_000
MakePeer = Callable[..., Awaitable[tuple[UUID, Peer]]]


@pytest.fixture
async def server(database: Database, place: Place) -> AsyncIterator[RadiusServer]:
    """radius and the worker's enforcement loop, side by side."""
    await stay_clear_of_midnight(database)
    server = RadiusServer(
        database, SECRET_KEY, clock=SystemClock(), default_zone="UTC", host="127.0.0.1", auth_port=0, acct_port=0
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    enforcing = asyncio.create_task(enforcement.run(database, SECRET_KEY, SystemClock(), "UTC"))
    yield server
    enforcing.cancel()
    stop.set()
    await asyncio.wait_for(running, 30)
    await asyncio.gather(enforcing, return_exceptions=True)


@pytest.fixture
async def new_peer(server: RadiusServer, place: Place) -> AsyncIterator[MakePeer]:
    peers: list[Peer] = []

    async def make(identifier: str, kind: str, **values: Any) -> tuple[UUID, Peer]:
        _, peer = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Peer(SECRET, server.acct_port, identifier), local_addr=("127.0.0.1", 0)
        )
        peers.append(peer)
        nas_id = await place.add_nas(identifier, kind=kind, coa_port=peer.port, **values)
        await place.query("SELECT pg_notify('access', 'router')")
        await asyncio.sleep(0.3)
        return nas_id, peer

    yield make
    for peer in peers:
        peer.close()
    await asyncio.sleep(0)


async def eventually(place: Place, text: str, expected: list[tuple[Any, ...]], within_s: float = 20) -> None:
    found = await place.query(text)
    for _ in range(int(within_s / 0.05)):
        if found == expected:
            return
        await asyncio.sleep(0.05)
        found = await place.query(text)
    assert found == expected


async def test_two_sessions_on_two_nas_end_at_once(server: RadiusServer, place: Place, new_peer: MakePeer) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    _, garden = await new_peer("sf-garden", "mikrotik")
    _, bar = await new_peer("sf-bar", "coovachilli", address=None)
    for peer in (garden, bar):
        assert await peer.account(AcctStatusType.START, "ada", f"{peer.nas_identifier}-1", 0, 0)
    assert await garden.account(AcctStatusType.INTERIM_UPDATE, "ada", "sf-garden-1", 60, 499 * MEGABYTE)

    passed_at = asyncio.get_running_loop().time()
    assert await bar.account(AcctStatusType.INTERIM_UPDATE, "ada", "sf-bar-1", 60, 2 * MEGABYTE)
    states = "SELECT state FROM enforcements ORDER BY state"
    await eventually(place, states, [("acknowledged",), ("acknowledged",)])

    for peer in (garden, bar):
        ((told_at, session),) = peer.disconnected
        assert session == f"{peer.nas_identifier}-1"
        assert told_at - passed_at < 8  # of two seconds that are meant: this machine may be busy
    assert await garden.account(AcctStatusType.STOP, "ada", "sf-garden-1", 62, 499 * MEGABYTE)
    await eventually(place, states, [("acknowledged",), ("proved",)])
    assert await bar.account(AcctStatusType.STOP, "ada", "sf-bar-1", 62, 2 * MEGABYTE)
    await eventually(place, states, [("proved",), ("proved",)])


async def test_a_nas_that_acknowledges_and_goes_on_is_told_again(
    server: RadiusServer, place: Place, new_peer: MakePeer
) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, peer = await new_peer("sf-garden", "generic")
    assert await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s1", 60, 2 * MEGABYTE)
    async with asyncio.timeout(30):
        while len(peer.disconnected) < 2:  # noqa: ASYNC110 - the socket has no event to wait for
            await asyncio.sleep(0.05)
    assert await place.query("SELECT attempts >= 2, proved_at IS NULL FROM enforcements") == [(True, True)]


async def test_a_nas_that_does_not_answer_stays_visible_and_delays_nobody(
    server: RadiusServer, place: Place, new_peer: MakePeer
) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, silent = await new_peer("sf-silent", "uspot")
    _, peer = await new_peer("sf-garden", "generic")
    silent.ends_sessions = False
    await silent.account(AcctStatusType.START, "ada", "s1", 0, 0)
    await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s2", 60, 2 * MEGABYTE)
    await eventually(place, "SELECT state FROM enforcements ORDER BY state", [("acknowledged",), ("pending",)])
    await eventually(place, "SELECT DISTINCT answer FROM enforcements ORDER BY 1", [("acknowledged",), ("no answer",)])


async def test_a_nas_that_twice_knows_no_such_session_has_ended_it(
    server: RadiusServer, place: Place, new_peer: MakePeer
) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, peer = await new_peer("sf-garden", "generic")
    peer.on_disconnect, peer.error_cause = Code.DISCONNECT_NAK, 503
    assert await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s1", 60, 2 * MEGABYTE)
    answers = "SELECT state, answer FROM enforcements"
    await eventually(place, answers, [("refused", "refused: session context not found")])
    assert await place.query("SELECT ended_at FROM sessions") == [(None,)], "once may be a packet out of order"
    await eventually(place, answers, [("lapsed", "refused: session context not found")])
    assert await place.query("SELECT terminate_cause, up_bytes FROM sessions") == [("lost-contact", 2 * MEGABYTE)]
    assert len(peer.disconnected) == 2


async def test_a_nas_on_ipv6_is_told(server: RadiusServer, place: Place, new_peer: MakePeer) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    _, listening = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Peer(SECRET, 0, "sf-garden"), local_addr=("::1", 0)
    )
    await place.add_nas("sf-garden", address="::1", coa_port=listening.port)
    _, peer = await new_peer("sf-other", "generic")
    peer.nas_identifier = "sf-garden"
    assert await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s1", 60, 2 * MEGABYTE)
    await eventually(place, "SELECT state, answer FROM enforcements", [("acknowledged", "acknowledged")])
    assert [session for _, session in listening.disconnected] == ["s1"]
    listening.close()


async def test_a_router_with_an_agent_gets_a_kick(server: RadiusServer, place: Place, new_peer: MakePeer) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=MEGABYTE))
    router_id, peer = await new_peer("sf-bar", "agent")
    key = "INSERT INTO router_keys (router_id, key_hash, created_at) VALUES (%s, 'x', now()) RETURNING 1"
    await place.query(key, router_id)
    await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", "s1", 60, 2 * MEGABYTE)
    kicks = "SELECT kind, args->>'acct_session_id', args->>'username' FROM commands"
    await eventually(place, kicks, [("kick", "s1", "ada")])
    await eventually(place, "SELECT state FROM enforcements", [("sent",)])
    assert peer.disconnected == []


async def test_a_session_is_ended_by_hand(
    server: RadiusServer, place: Place, new_peer: MakePeer, database: Database
) -> None:
    _, peer = await new_peer("sf-garden", "generic")
    await peer.account(AcctStatusType.START, "stranger", "s1", 0, 0)
    ((session_id,),) = await place.query("SELECT id FROM sessions")
    for _ in range(2):
        async with database.unit_of_work() as session:
            everything = Scope.everything()
            await quotas.disconnect_session(session, everything, session_id, clock=SystemClock())
    await eventually(place, "SELECT state, reason FROM enforcements", [("acknowledged", "manual")])
