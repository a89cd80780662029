"""radius killed -9 while its twin carries on, and a database that has no connection left: nothing lost, nothing double."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import psycopg
import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.radius.attributes import AcctStatusType
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import SECRET, SECRET_KEY, Place, place
from tests.integration.access.radius_peer import Peer
from tests.integration.access.test_radius_process import role
from tests.integration.conftest import _copier, _postgres_directory, database, database_url, postgres
from tests.ports import free_port

__all__ = ["_copier", "_postgres_directory", "database", "database_url", "place", "postgres"]
_REPORTS = 60
_STEP_BYTES = 1_000_003


@pytest.fixture
async def peers(place: Place) -> AsyncIterator[list[Peer]]:
    """NASes with a port each; the port of accounting is set by the test."""
    plan_id = await place.add_plan(quota_bytes=None, max_sessions=None)
    made = []
    for number in range(8):
        await place.add_nas(f"sf-{number}")
        await place.add_subscriber(f"guest{number}", plan_id)
        _, peer = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda identifier=f"sf-{number}": Peer(SECRET, 0, identifier),  # type: ignore[misc] # a default binds the loop's value
            local_addr=("127.0.0.1", 0),
        )
        made.append(peer)
    yield made
    for peer in made:
        peer.close()
    await asyncio.sleep(0)


async def use(peer: Peer, session: str, reports: int, acknowledged: dict[tuple[str, str], int]) -> None:
    username = f"guest{peer.nas_identifier[3:]}"
    for number in range(reports):
        status = AcctStatusType.INTERIM_UPDATE if number else AcctStatusType.START
        assert await peer.account(status, username, session, number * 60, number * _STEP_BYTES, tries=60)
        acknowledged[peer.nas_identifier, session] = number * _STEP_BYTES
        await asyncio.sleep(0.02)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def take_every_connection(hogs: AsyncExitStack, database_url: str) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            await hogs.enter_async_context(await psycopg.AsyncConnection.connect(database_url))


async def committed(place: Place) -> dict[tuple[str, str], int]:
    text = "SELECT nas_identifier, acct_session_id, up_bytes FROM sessions JOIN routers ON routers.id = router_id"
    return {(row[0], row[1]): row[2] for row in await place.query(text)}


async def differences(database: Database) -> list[str]:
    async with database.unit_of_work() as session:
        return [*await sessions.verify(session), *await quotas.verify(session)]


@pytest.mark.long
async def test_a_twin_killed_under_load_loses_and_doubles_nothing(
    place: Place, peers: list[Peer], database: Database, database_url: str, tmp_path: Path
) -> None:
    acknowledged: dict[tuple[str, str], int] = {}
    acct_port = free_port()
    for peer in peers:
        peer.acct_port = acct_port
    more = {"SPOTFI_RADIUS_ACCT_PORT": str(acct_port)}
    with role(database_url, tmp_path, processes=2, auth_port=free_port(), **more) as parent:
        assert await peers[0].account(AcctStatusType.START, "guest0", "first", 0, 0, tries=20)
        guests = [
            asyncio.create_task(use(peer, f"s{index}", _REPORTS, acknowledged)) for peer in peers for index in range(5)
        ]
        for _ in range(3):
            await asyncio.sleep(1.5)
            os.kill(children_of(parent.pid)[0], signal.SIGKILL)
        await asyncio.wait_for(asyncio.gather(*guests), 120)
    kept = await committed(place)
    assert kept.pop(("sf-0", "first")) == 0
    assert kept == acknowledged
    assert set(acknowledged.values()) == {(_REPORTS - 1) * _STEP_BYTES}
    assert await differences(database) == []


@pytest.mark.long
async def test_a_database_without_a_connection_left_answers_later(
    place: Place, peers: list[Peer], database: Database, database_url: str
) -> None:
    acknowledged: dict[tuple[str, str], int] = {}
    server = RadiusServer(
        database, SECRET_KEY, clock=SystemClock(), default_zone="UTC", host="127.0.0.1", auth_port=0, acct_port=0
    )
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.sleep(0.5)
    for peer in peers:
        peer.acct_port = server.acct_port
    guests = [asyncio.create_task(use(peer, "s1", 30, acknowledged)) for peer in peers]
    await asyncio.sleep(0.3)
    async with AsyncExitStack() as hogs:
        await place.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        await take_every_connection(hogs, database_url)
        await asyncio.sleep(0.3)
        kept, promised = await committed(place), dict(acknowledged)
        assert all(kept[at] >= up for at, up in promised.items())
    await asyncio.wait_for(asyncio.gather(*guests), 60)
    assert await committed(place) == acknowledged
    assert set(acknowledged.values()) == {29 * _STEP_BYTES}
    assert await differences(database) == []
    stop.set()
    await asyncio.wait_for(running, 30)
