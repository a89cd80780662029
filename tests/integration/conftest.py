"""A real PostgreSQL for every test worker, migrated by the real migrations, and a fresh database of it for every test.

The server is the product's own embedded one; SPOTFI_TEST_PG_BIN names the programs of another version to run instead.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.storage.database import Database
from tests.integration.postgres_server import chosen_programs, serving

_SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
}
"""The data ends with the tests, so nothing of it needs to reach the disk."""
_TEMPLATE = "spotfi"
_MEMORY, _MEMORY_BYTES = Path("/dev/shm"), 1 << 30  # a copy of the template takes a fifth of the time there
_numbers = count(1)


@pytest.fixture(scope="session")
def _postgres_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory where there is room (containers often have next to none)."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES:
        with tempfile.TemporaryDirectory(prefix="spotfi-tests-", dir=_MEMORY) as directory:
            yield Path(directory)
    else:
        yield tmp_path_factory.mktemp("postgres")


@pytest.fixture(scope="session")
def postgres(_postgres_directory: Path) -> Iterator[EmbeddedDatabase]:
    """The worker's server; its database `spotfi` is migrated and nobody's: tests get copies."""
    embedded = EmbeddedDatabase(_postgres_directory, chosen_programs(), _SPEED)
    embedded.prepare()
    with serving(embedded):
        migrations.upgrade(embedded.url(_TEMPLATE))
        yield embedded


@pytest.fixture(scope="session")
def _copier(postgres: EmbeddedDatabase) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        yield connection


@contextmanager
def fresh_database(postgres: EmbeddedDatabase, copier: psycopg.Connection) -> Iterator[str]:
    """URL of a fresh, migrated, empty database, which is there while the block runs."""
    name = f"test_{next(_numbers)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    copier.execute(copy.format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
    yield postgres.url(name)
    copier.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(postgres: EmbeddedDatabase, _copier: psycopg.Connection) -> Iterator[str]:
    """That URL, for one test."""
    with fresh_database(postgres, _copier) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The fresh database the way a role holds it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One unit of work on the fresh database, committed when the test ends."""
    async with database.unit_of_work() as session:
        yield session
