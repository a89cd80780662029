"""A fleet in the tables, whose figures a test sets, and looks at it by a clock that moves when told to."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from spotfi_cloud.alerts.service import looking
from spotfi_cloud.entrypoints.worker.alerts import find_overdue_invoices
from spotfi_cloud.hosts.service import create_host
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
SAMPLE = {
    "cpu_percent": 10.0,
    "temperature_c": 40.0,
    "memory_total_bytes": 1000,
    "memory_available_bytes": 600,
    "disk_total_bytes": 1000,
    "disk_used_bytes": 100,
}


class Fleet:
    """Hosts and routers, and what was last heard of them."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock = database, clock

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.unit_of_work() as session:
            answer = await session.execute(text(statement), values)
            return list(answer) if answer.returns_rows else []  # type: ignore[attr-defined] # a CursorResult

    async def host(self, name: str = "Café", **details: Any) -> UUID:
        async with self.database.unit_of_work() as session:
            made = await create_host(session, name, "Europe/Vienna", "EUR", clock=self.clock, details=details)
        return made.id

    async def routers(self, host_id: UUID, count: int = 1) -> list[UUID]:
        """Routers that are online and well."""
        ids = [new_id() for _ in range(count)]
        await self.sql(
            "INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port,"
            " interval_s, created_at) SELECT id, :host, 'Bar ' || id, 'agent', id::text, '', false, 3799, 15, :now"
            " FROM unnest(CAST(:ids AS uuid[])) AS id",
            host=host_id, ids=ids, now=self.clock.now(),
        )  # fmt: skip
        await self.sql(
            "INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at, latest_sample, latest_taken_at)"
            " SELECT id, true, false, :now, :now, CAST(:sample AS jsonb), :now FROM unnest(CAST(:ids AS uuid[])) AS id",
            ids=ids, now=self.clock.now(), sample=json.dumps(SAMPLE),
        )  # fmt: skip
        return ids

    async def set_online(self, ids: list[UUID], *, online: bool) -> None:
        await self.sql(
            "UPDATE router_presence SET online = :online, changed_at = :now WHERE router_id = ANY(:ids)",
            online=online, ids=ids, now=self.clock.now(),
        )  # fmt: skip

    async def report(self, **figures: Any) -> None:
        """Every router that is online sends a sample with these figures."""
        await self.sql(
            "UPDATE router_presence SET latest_taken_at = :now, last_seen_at = :now,"
            " latest_sample = latest_sample || CAST(:figures AS jsonb) WHERE online",
            now=self.clock.now(), figures=json.dumps(figures),
        )  # fmt: skip

    async def look(self) -> looking.Looked | None:
        async with self.database.unit_of_work() as session:
            return await looking.look(session, look_at_money=find_overdue_invoices, clock=self.clock)

    async def watch(self, minutes: float, **figures: Any) -> tuple[int, int]:
        """Samples and looks every 15 seconds: how many alerts were raised and cleared."""
        raised = cleared = 0
        for _ in range(int(minutes * 4)):
            self.clock.advance(timedelta(seconds=15))
            await self.report(**figures)
            looked = await self.look()
            assert looked is not None
            raised, cleared = raised + looked.raised, cleared + looked.cleared
        return raised, cleared

    async def open_kinds(self) -> list[str]:
        return [row[0] for row in await self.sql("SELECT kind FROM alerts WHERE cleared_at IS NULL ORDER BY kind")]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def fleet(database: Database, clock: ManualClock) -> Fleet:
    return Fleet(database, clock)
