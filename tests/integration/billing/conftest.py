"""The production app and its people, as for the api's own tests, and usage as accounting writes it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import quarter_of
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, admin, app, clock, quick, settings, town

__all__ = ["admin", "app", "clock", "quick", "settings", "town"]


class Ledger:
    """Writes sessions and their quarters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def book(self, router: dict[str, Any], at: datetime, up_bytes: int, down_bytes: int) -> UUID:
        """A session on the router that used so much in the quarter of the instant."""
        session_id = new_id()
        values: dict[str, Any] = {
            **dict.fromkeys(("username", "calling_station_id", "called_station_id"), "ada"),
            **dict.fromkeys(("framed_ip", "nas_address", "login", "terminate_cause"), ""),
            **dict.fromkeys(("session_time_s", "refused_updates"), 0),
            **dict.fromkeys(("known_up_bytes", "up_bytes"), up_bytes),
            **dict.fromkeys(("known_down_bytes", "down_bytes"), down_bytes),
            **dict.fromkeys(("started_at", "updated_at", "heard_at", "ended_at"), at),
            **{"id": session_id, "acct_session_id": str(session_id), "gigawords": True, "stopped": True},
            **{"router_id": UUID(router["id"]), "host_id": UUID(router["host_id"])},
        }
        quarter = {
            "session_id": session_id,
            "quarter_start": quarter_of(at),
            **{name: values[name] for name in ("router_id", "host_id", "up_bytes", "down_bytes")},
        }
        await self._insert("sessions", values)
        await self._insert("usage_ledger", quarter)
        return session_id

    async def book_late(
        self, router: dict[str, Any], at: datetime, up_bytes: int, down_bytes: int, *, recorded_at: datetime
    ) -> None:
        """The same, heard of long after."""
        session_id = await self.book(router, at, up_bytes, down_bytes)
        late = {
            **{"id": new_id(), "session_id": session_id, "quarter_start": quarter_of(at), "recorded_at": recorded_at},
            **{"router_id": UUID(router["id"]), "host_id": UUID(router["host_id"])},
            **{"up_bytes": up_bytes, "down_bytes": down_bytes},
        }
        await self._insert("late_usage", late)

    async def _insert(self, table: str, values: dict[str, Any]) -> None:
        marks = ", ".join(f":{name}" for name in values)
        async with self._database.unit_of_work() as session:
            await session.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"), values)


async def add_router(person: Person, name: str, host_id: str | None) -> dict[str, Any]:
    """A NAS of the host."""
    body = {"name": name, "host_id": host_id, "nas_kind": "generic", "address": "127.0.0.1"}
    created: dict[str, Any] = await person.post("/routers", body)
    return created | {"host_id": host_id}


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
