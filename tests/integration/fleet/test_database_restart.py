"""The database goes away under a running ingest: nothing is acknowledged, nothing is lost, nothing counts twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.storage.database import Database
from tests.integration import postgres_server
from tests.integration.api.conftest import Person
from tests.integration.fleet.conftest import Role
from tests.integration.fleet.router import Router, eventually


class Server:
    """A PostgreSQL of this test's own, which may be stopped and started."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.embedded = EmbeddedDatabase(directory, postgres_server.chosen_programs())
        self.embedded.prepare()
        self._process = postgres_server.start(self.embedded)
        migrations.upgrade(self.embedded.url("spotfi"))

    def stop(self) -> None:
        if self._process.poll() is None:
            postgres_server.stop(self._process)

    def start(self) -> None:
        self._process = postgres_server.start(self.embedded)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "postgres")
    yield server
    server.stop()


@pytest.fixture
def database_url(server: Server) -> str:
    return server.embedded.url("spotfi")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def test_a_restart_of_the_database_loses_nothing(
    server: Server, database_url: str, owner: Person, router: Router, ingest: Role
) -> None:
    command = await owner.post(f"/routers/{router.id}/commands", {"kind": "reboot"}, expect=202)
    assert str((await router.receive_command()).command_id) == command["id"]
    router.report(router.sample())
    await asyncio.to_thread(server.stop)
    for _ in range(120):
        router.report(router.sample())
    await asyncio.sleep(3)
    assert ingest.process is not None
    assert ingest.process.poll() is None
    await asyncio.to_thread(server.start)

    async def count() -> int:
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            row: Any = await (await connection.execute("SELECT count(*) FROM telemetry_batches")).fetchone()
            return int(row[0])

    async def all_there() -> bool:
        return await count() == 121

    await eventually("every sample is stored", all_there, within_s=30)
    later = await owner.post(f"/routers/{router.id}/commands", {"kind": "logs"}, expect=202)
    while str((await router.receive_command()).command_id) != later["id"]:
        pass
    assert await count() == 121
