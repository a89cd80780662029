"""An installation with a host, NAS, a plan and subscribers, written as the API would write them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.routers.service import RADIUS_SECRET_PURPOSE
from spotfi_cloud.storage.database import Database

SECRET_KEY = "an installation's secret key, for tests only"
PASSWORD = "correct horse"
SECRET = b"nas secret"
SIGNED_UP = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Place:
    """The installation under test, by ids; `query` and the `add_…` write and read on a connection of their own."""

    connection: psycopg.AsyncConnection
    host_id: UUID = field(default_factory=new_id)

    async def insert(self, table: str, **values: Any) -> UUID:
        values = {"id": new_id(), **values}
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        marks = sql.SQL(", ").join(map(sql.Placeholder, values))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks)
        await self.connection.execute(statement, values)
        made: UUID = values["id"]
        return made

    async def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        return await (await self.connection.execute(text.encode(), values)).fetchall()

    async def add_host(self, host_id: UUID, zone: str = "Europe/Vienna") -> None:
        await self.insert("hosts", id=host_id, name="Café", timezone=zone, currency="EUR", created_at=SIGNED_UP)

    async def add_nas(self, identifier: str, *, kind: str = "generic", **values: Any) -> UUID:
        defaults: dict[str, Any] = {
            "host_id": self.host_id,
            "name": identifier,
            "nas_kind": kind,
            "address": "127.0.0.1",
            "nas_identifier": identifier,
            "radius_secret_sealed": Sealer(SECRET_KEY, RADIUS_SECRET_PURPOSE).seal(SECRET),
            "legacy_radius": False,
            "coa_port": 3799,
            "interval_s": 30,
            "created_at": SIGNED_UP,
        }
        return await self.insert("routers", **defaults | values)

    async def add_plan(self, **values: Any) -> UUID:
        defaults: dict[str, Any] = {
            "name": "500 MB",
            "quota_bytes": 500_000_000,
            "period": "month",
            "session_timeout_s": 3600,
            "idle_timeout_s": 600,
            "rate_up_bps": 2_000_000,
            "rate_down_bps": 10_000_000,
            "max_sessions": 3,
            "price_minor": 500,
            "currency": "EUR",
            "interim_interval_s": 300,
            "created_at": SIGNED_UP,
        }
        return await self.insert("plans", **defaults | values)

    async def add_subscriber(self, username: str, plan_id: UUID, **values: Any) -> UUID:
        sealed = Sealer(SECRET_KEY, "subscriber-password").seal(PASSWORD.encode())
        defaults: dict[str, Any] = {
            "username": username,
            "password_sealed": sealed,
            "plan_id": plan_id,
            "host_id": self.host_id,
            "created_at": SIGNED_UP,
        }
        return await self.insert("subscribers", **defaults | values)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    """An installation with one host in Vienna."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        place = Place(connection)
        await place.add_host(place.host_id)
        yield place


@pytest.fixture
async def connect(database: Database) -> AsyncIterator[Callable[[], Any]]:
    """Opens connections the way `radius` does."""
    opened: list[psycopg.AsyncConnection] = []

    async def open_one() -> psycopg.AsyncConnection:
        opened.append(await database.connect_for_batches())
        return opened[-1]

    yield open_one
    for connection in opened:
        await connection.close()
