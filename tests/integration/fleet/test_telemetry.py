"""Samples are stored once, dated right, shown as series, and forgotten after 48 hours."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from spotfi_cloud.entrypoints.worker.fleet import roll_up
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from spotfi_cloud.telemetry.service import (
    Batch,
    close_spans,
    keep_partitions,
    plan_roll_up,
    read_message,
    store_batches,
)
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import InterfaceCounters, Sample
from spotfi_protocol.telemetry import Telemetry
from tests.integration.api.conftest import NOW, Person, Town, fields_of

BOOT = uuid4()


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café Central")


@pytest.fixture
async def router_id(owner: Person, database: Database) -> str:
    """A router that has been online."""
    created = await owner.post("/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent"})
    async with database.unit_of_work() as session:
        columns = "(router_id, online, ended, changed_at, last_seen_at)"
        insert = text(f"INSERT INTO router_presence {columns} VALUES (:id, true, false, :now, :now)")
        await session.execute(insert, {"id": UUID(created["id"]), "now": NOW})
    return str(created["id"])


def message(router_id: str, seq: int, *mono_s: int, at: datetime = NOW, dropped: int = 0) -> Batch:
    """Samples at these seconds of the boot's clock, sent at the last; a megabyte a second comes in by wan."""
    stamp = Stamp(BOOT, seq, int(at.timestamp() * 1000), mono_s[-1] * 1000)
    samples = tuple(
        Sample(
            mono_ms=each * 1000,
            uptime_s=each,
            cpu_busy_ms=each * 250,
            cpu_total_ms=each * 1000,
            load=(0.5, 0.25, 0.13),
            memory_total_bytes=128_000_000,
            memory_available_bytes=64_000_000,
            interfaces={"wan": InterfaceCounters(each * 1_000_000, 0, each, 0, True)},
        )
        for each in mono_s
    )
    return Batch(UUID(router_id), read_message(encode(Telemetry(stamp, samples, dropped).to_wire())))


async def store(database: Database, clock: ManualClock, *batches: Batch) -> None:
    async with database.unit_of_work() as session:
        await store_batches(session, batches, clock=clock)


async def series(owner: Person, router_id: str, *, expect: int = 200, **query: Any) -> Any:
    return await owner.get(f"/routers/{router_id}/telemetry", expect=expect, **query)


async def test_repeated_messages_count_once(
    owner: Person, router_id: str, database: Database, clock: ManualClock
) -> None:
    first, second = message(router_id, 1, 100, 130), message(router_id, 2, 160, dropped=3)
    for _ in range(3):
        await store(database, clock, second, first, second)
    span: dict[str, Any] = {
        "from": (NOW - timedelta(minutes=5)).isoformat(),
        "to": (NOW + timedelta(hours=1)).isoformat(),
    }
    (whole, *rest) = (await series(owner, router_id, step=3600, **span))["points"]
    assert rest == []
    assert (whole["samples"], whole["dropped"]) == (3, 3)
    assert whole["interfaces"]["wan"] == {"rx_bps": 8_000_000.0, "tx_bps": 0.0}
    assert whole["cpu_percent"] == pytest.approx(25)


async def test_the_latest_sample_is_the_newest_not_the_last_to_arrive(
    owner: Person, router_id: str, database: Database, clock: ManualClock
) -> None:
    await store(database, clock, message(router_id, 2, 170, 200, at=NOW))
    await store(database, clock, message(router_id, 1, 140, at=NOW - timedelta(minutes=1)))
    latest = (await owner.get(f"/routers/{router_id}"))["latest_sample"]
    assert datetime.fromisoformat(latest["taken_at"]) == NOW
    assert (latest["uptime_s"], latest["load"]) == (200, [0.5, 0.25, 0.13])
    assert latest["interfaces"]["wan"]["rx_bytes"] == 200_000_000
    assert latest["cpu_percent"] == pytest.approx(25)


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"from": "2026-11-15T12:00:00Z", "to": "2026-11-15T11:00:00Z"}, "to"),
    ({"from": "2024-10-01T12:00:00Z", "to": "2026-11-15T11:00:00Z"}, "from"),
    ({"from": "2026-11-14T12:00:00Z", "to": "2026-11-15T12:00:00Z", "step": 1}, "step"),
    ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
    ({"from": "2026-11-14T12:00:00"}, "from"),
    ({"step": 0}, "step"),
    ({"to": "soon"}, "to"),
]


async def test_a_range_that_does_not_fit_is_refused_by_field(owner: Person, router_id: str) -> None:
    for query, field in UNFIT:
        assert fields_of(await series(owner, router_id, expect=422, **query)) == [field]


async def close_all(database: Database, clock: ManualClock) -> None:
    closed = 1
    while closed:
        async with database.unit_of_work() as session:
            closed = await close_spans(session, clock=clock)


async def rollups_of(database: Database, table: str) -> list[Any]:
    async with database.unit_of_work() as session:
        rows = await session.execute(text(f"SELECT at, figures FROM telemetry_{table} ORDER BY at"))
        return [tuple(row) for row in rows]


async def test_a_day_without_partition_loses_nothing_and_moves_into_its_own(
    router_id: str, database: Database, clock: ManualClock
) -> None:
    await store(database, clock, message(router_id, 1, 100))
    async with database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM telemetry_batches_other")) == 1
        made, _ = await keep_partitions(session, clock=clock)
        assert made == 10
    await store(database, clock, message(router_id, 1, 100), message(router_id, 2, 130))
    async with database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM telemetry_batches_other")) == 0
        assert await session.scalar(text(f"SELECT count(*) FROM telemetry_batches_{NOW:%Y%m%d}")) == 2
        assert await keep_partitions(session, clock=clock) == (0, 0)


async def test_raw_samples_are_kept_for_48_hours_and_dropped_by_the_day(
    router_id: str, database: Database, clock: ManualClock
) -> None:
    async with database.unit_of_work() as session:
        await keep_partitions(session, clock=clock)
    await store(database, clock, message(router_id, 1, 100))
    count = text("SELECT count(*) FROM telemetry_batches")
    for days, left in ((2, 1), (1, 0)):
        clock.advance(timedelta(days=days))
        async with database.unit_of_work() as session:
            await keep_partitions(session, clock=clock)
            assert await session.scalar(count) == left


async def test_rollups_add_up_and_stay_the_same_however_often_and_late_samples_come(
    router_id: str, database: Database, clock: ManualClock
) -> None:
    minutes = [message(router_id, each, each * 60, at=NOW - timedelta(minutes=90 - each)) for each in range(1, 91)]
    late = minutes.pop(33)
    for each in minutes:
        await store(database, clock, each)
        if each.message.stamp.seq % 20 == 0:
            await roll_up(database, clock)
    await store(database, clock, late)
    clock.advance(timedelta(minutes=10))
    await roll_up(database, clock)
    clock.advance(timedelta(days=1))
    await close_all(database, clock)
    once = {table: await rollups_of(database, table) for table in ("five_minutes", "hours", "days")}
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE telemetry_progress SET rolled_up_to = 0, seen_to = 0"))
    await roll_up(database, clock)
    await close_all(database, clock)
    for table, rows in once.items():
        assert await rollups_of(database, table) == rows
        assert sum(figures["samples"] for _, figures in rows) == 90
        received, over_ms = (sum(figures["interfaces"]["wan"][place] for _, figures in rows) for place in (0, 1))
        assert (received, over_ms) == (89 * 60 * 1_000_000, 89 * 60_000)


async def test_a_long_span_is_drawn_from_rollups(
    owner: Person, router_id: str, database: Database, clock: ManualClock
) -> None:
    for each in range(1, 60):
        await store(database, clock, message(router_id, each, each * 60, at=NOW - timedelta(minutes=60 - each)))
    await roll_up(database, clock)
    spans = {timedelta(days=1): 300, timedelta(days=10): 3600, timedelta(days=30): 7200, timedelta(days=365): 86_400}
    for span, step_s in spans.items():
        query: dict[str, Any] = {"from": (NOW - span).isoformat(), "to": NOW.isoformat()}
        drawn = await series(owner, router_id, **query)
        assert drawn["step_s"] == step_s
        assert sum(point["samples"] for point in drawn["points"]) == 59
        point = drawn["points"][0]
        assert point["interfaces"]["wan"]["rx_bps"] == pytest.approx(8_000_000)
        assert point["cpu_percent"] == pytest.approx(25)
        assert point["least"]["uptime_s"] <= point["uptime_s"] <= point["most"]["uptime_s"]


def rounded(value: Any) -> Any:
    """Without what the order of additions makes of the last digits."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 6) if isinstance(value, float) else value


async def test_a_series_is_the_same_before_and_after_hours_and_days_are_added_up(
    owner: Person, router_id: str, database: Database, clock: ManualClock
) -> None:
    async def drawn(days: int) -> Any:
        until = NOW + timedelta(minutes=1)
        query: dict[str, Any] = {"from": (until - timedelta(days=days)).isoformat(), "to": until.isoformat()}
        return rounded((await series(owner, router_id, **query))["points"])

    for each in range(0, 40 * 60, 4):
        at = NOW - timedelta(minutes=40 * 60 - each)
        await store(database, clock, message(router_id, each, each * 60 + 60, at=at))
    clock.advance(-timedelta(hours=1))
    await roll_up(database, clock)
    late = message(router_id, 9999, 40 * 60 * 60, at=NOW)
    clock.advance(timedelta(hours=1))
    await store(database, clock, late)
    days = (1, 10, 30, 365)
    before = [await drawn(each) for each in days]
    assert all(sum(point["samples"] for point in points) > 300 for points in before)
    assert all(points[-1]["samples"] for points in before)
    await close_all(database, clock)
    await roll_up(database, clock)
    assert [await drawn(each) for each in days] == before
    assert len(await rollups_of(database, "hours")) >= 39
    assert len(await rollups_of(database, "days")) >= 1


async def test_a_router_that_went_silent_has_its_last_hour_and_day_added_up_too(
    router_id: str, database: Database, clock: ManualClock
) -> None:
    await store(database, clock, message(router_id, 1, 100, 130, at=NOW + timedelta(minutes=2)))
    await roll_up(database, clock)
    assert await rollups_of(database, "hours") == []
    clock.advance(timedelta(days=1))
    await roll_up(database, clock)
    await close_all(database, clock)
    for table in ("hours", "days"):
        ((_, figures),) = await rollups_of(database, table)
        assert figures["samples"] == 2


async def drawn_samples(owner: Person, router_id: str, now: datetime, span: timedelta) -> int:
    query: dict[str, Any] = {"from": (now - span).isoformat(), "to": (now + timedelta(minutes=1)).isoformat()}
    return sum(point["samples"] for point in (await series(owner, router_id, **query))["points"])


async def test_a_worker_that_is_away_leaves_no_gap_and_catches_up_at_once(
    owner: Person, router_id: str, database: Database, clock: ManualClock
) -> None:
    """Thirty hours of work, twenty away, and back: nothing is missing from any zoom at any time."""
    spans = [timedelta(days=days) for days in (2, 10, 30, 365)]
    for quarter in range(200):
        at = NOW - (199 - quarter) * timedelta(minutes=15)
        clock.advance(at - clock.now())
        minute = quarter * 15 + 1
        await store(database, clock, message(router_id, quarter, minute * 60, minute * 60 + 30, at=at))
        if quarter < 120 and quarter % 10 == 0:
            await roll_up(database, clock)
    away = [await drawn_samples(owner, router_id, clock.now(), span) for span in spans]
    assert away[1:] == [400] * 3
    await roll_up(database, clock)
    assert [await drawn_samples(owner, router_id, clock.now(), span) for span in spans] == away
    rolled_up = await rollups_of(database, "five_minutes")
    assert sum(figures["samples"] for _, figures in rolled_up) == 398  # all but the last, which is not over
    clock.advance(timedelta(days=1))
    await roll_up(database, clock)
    await close_all(database, clock)
    for table in ("five_minutes", "hours", "days"):
        assert sum(figures["samples"] for _, figures in await rollups_of(database, table)) == 400


async def test_five_minutes_are_computed_when_they_are_over_and_only_again_when_something_comes_late(
    router_id: str, database: Database, clock: ManualClock
) -> None:
    async def planned() -> list[tuple[datetime, datetime]]:
        async with database.unit_of_work() as session:
            plan = await plan_roll_up(session, clock=clock)
        await roll_up(database, clock)
        return [span for part in plan.parts for span in part.values()]

    five = timedelta(minutes=5)
    for each in range(1, 6):
        await store(database, clock, message(router_id, each, each * 60, at=NOW + timedelta(minutes=each - 1)))
    assert await planned() == []  # they are not over
    clock.advance(timedelta(minutes=8))
    assert await planned() == [(NOW, NOW + five)]
    clock.advance(timedelta(minutes=5))
    assert await planned() == []
    assert [figures["samples"] for _, figures in await rollups_of(database, "five_minutes")] == [5]
    await store(database, clock, message(router_id, 6, 5 * 60 + 30, at=NOW + timedelta(minutes=4, seconds=30)))
    assert await planned() == [(NOW, NOW + 2 * five)]
    assert [figures["samples"] for _, figures in await rollups_of(database, "five_minutes")] == [6]
