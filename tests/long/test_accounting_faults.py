"""The database killed -9, or restarted, under load: no response without its commit, nothing lost or double."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.entrypoints.embedded.postmaster import read_postmaster
from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.radius.attributes import AcctStatusType
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import Peer
from tests.integration.postgres_server import chosen_programs, serving

_PEERS = 8
_SESSIONS_PER_PEER = 10
_REPORTS = 40
_KILLS = 3


class Installation:
    """A database that can be killed and started again, durable as in production."""

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedDatabase(folder, chosen_programs())
        self.embedded.prepare()
        self._running = ExitStack()
        self.start()
        migrations.upgrade(self.embedded.url())

    def start(self) -> None:
        self._server: subprocess.Popen[bytes] = self._running.enter_context(serving(self.embedded))

    def stop(self, how: signal.Signals) -> None:
        """SIGKILL, or SIGINT: PostgreSQL's fast shutdown."""
        postmaster = read_postmaster(self.embedded.data)
        assert postmaster is not None
        os.kill(postmaster.pid, how)
        self._server.wait(timeout=10)
        self._running = ExitStack()
        self.embedded.prepare()

    def close(self) -> None:
        self._running.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.close()


@pytest.fixture
async def server(installation: Installation) -> AsyncIterator[RadiusServer]:
    database = Database(installation.embedded.url())
    server = RadiusServer(
        database, SECRET_KEY, clock=SystemClock(), default_zone="UTC", host="127.0.0.1", auth_port=0, acct_port=0
    )
    async with await psycopg.AsyncConnection.connect(installation.embedded.url(), autocommit=True) as connection:
        place = Place(connection)
        await place.add_host(place.host_id)
        plan = await place.add_plan(quota_bytes=None)
        for number in range(_PEERS):
            await place.add_nas(f"sf-{number}")
            await place.add_subscriber(f"guest{number}", plan)
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.sleep(0.5)
    yield server
    stop.set()
    await asyncio.wait_for(running, 30)
    await database.close()


async def use(peer: Peer, username: str, session: str, acknowledged: dict[tuple[str, str], int]) -> None:
    """A guest's session, reported until each report is answered."""
    for number in range(_REPORTS):
        up = number * 3_000_000_007
        status = AcctStatusType.INTERIM_UPDATE if number else AcctStatusType.START
        assert await peer.account(status, username, session, number * 60, up, tries=120)
        acknowledged[peer.nas_identifier, session] = up
        await asyncio.sleep(0.02)


async def committed(url: str) -> dict[tuple[str, str], int]:
    text = "SELECT nas_identifier, acct_session_id, up_bytes FROM sessions JOIN routers ON routers.id = router_id"
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return {(row[0], row[1]): row[2] for row in await (await connection.execute(text)).fetchall()}


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "restarted"])
async def test_a_database_stopped_under_load_loses_and_doubles_nothing(
    installation: Installation, server: RadiusServer, how: signal.Signals
) -> None:
    url = installation.embedded.url()
    acknowledged: dict[tuple[str, str], int] = {}
    peers = []
    for number in range(_PEERS):
        identifier = f"sf-{number}"
        _, peer = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda identifier=identifier: Peer(SECRET, server.acct_port, identifier),  # type: ignore[misc] # a default binds the loop's value
            local_addr=("127.0.0.1", 0),
        )
        peers.append(peer)
    guests = [
        asyncio.create_task(use(peer, f"guest{number}", f"s{index}", acknowledged))
        for number, peer in enumerate(peers)
        for index in range(_SESSIONS_PER_PEER)
    ]

    for _ in range(_KILLS):
        await asyncio.sleep(0.7)
        await asyncio.to_thread(installation.stop, how)
        await asyncio.sleep(0.3)  # for what was answered before and is still on its way
        promised = dict(acknowledged)
        await asyncio.sleep(0.3)
        assert acknowledged == promised, "answered while there was no database"
        await asyncio.to_thread(installation.start)
        kept = await committed(installation.embedded.url())
        assert all(kept[place] >= up for place, up in promised.items())
    await asyncio.wait_for(asyncio.gather(*guests), 120)

    assert installation.embedded.url() == url
    assert await committed(url) == acknowledged
    assert set(acknowledged.values()) == {(_REPORTS - 1) * 3_000_000_007}
    database = Database(url)
    async with database.unit_of_work() as session:
        assert [*await sessions.verify(session), *await quotas.verify(session)] == []
    await database.close()
    for peer in peers:
        peer.close()
    await asyncio.sleep(0)
