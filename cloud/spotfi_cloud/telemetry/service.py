"""Telemetry: store what routers send, show it as series, forget it after 48 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.routers.service import get_router, note_latest_sample
from spotfi_cloud.telemetry import repository
from spotfi_cloud.telemetry.repository import TelemetrySample
from spotfi_cloud.telemetry.rules import (
    KEPT,
    MAX_SILENCE_S,
    Moment,
    Point,
    Reading,
    cpu_percent,
    date_sample,
    make_series,
)
from spotfi_protocol.messages import Sample, Telemetry

MAX_RANGE = timedelta(days=2)
MAX_STEP_S = 86_400
MAX_POINTS = 5000
_MAX_SAMPLES = 50_000
_SAMPLES_PER_DELETE = 2000
_GAUGES = (
    "uptime_s",
    "memory_total_bytes",
    "memory_available_bytes",
    "disk_total_bytes",
    "disk_used_bytes",
    "temperature_c",
)
_LOADS = ("load_1", "load_5", "load_15")


@dataclass(frozen=True, slots=True)
class Batch:
    """One telemetry message of a router."""

    router_id: UUID
    telemetry: Telemetry


async def store_batches(session: AsyncSession, batches: Sequence[Batch], *, clock: Clock) -> int:
    """Store the samples, each once however often it arrives, and show the newest on the routers' pages. How many came."""
    now = clock.now()
    rows = [row for batch in batches for row in _rows_of(batch, now)]
    await repository.add_samples(session, rows)
    newest = {row["router_id"]: row for row in sorted(rows, key=lambda row: (row["taken_at"], row["mono_ms"]))}
    for router_id, row in sorted(newest.items()):
        await _show_latest(session, router_id, row)
    return len(rows)


def _rows_of(batch: Batch, arrived_at: datetime) -> list[dict[str, Any]]:
    stamp = batch.telemetry.stamp
    reading = Reading(stamp.wall_ms, stamp.mono_ms, arrived_at)
    return [
        {
            "router_id": batch.router_id,
            "boot_id": stamp.boot_id,
            "seq": stamp.seq,
            "ordinal": ordinal,
            "taken_at": date_sample(reading, sample.mono_ms),
            "dropped": 0 if ordinal else batch.telemetry.dropped,
            **_values_of(sample),
        }
        for ordinal, sample in enumerate(batch.telemetry.samples)
    ]


def _values_of(sample: Sample) -> dict[str, Any]:
    return {
        "mono_ms": sample.mono_ms,
        "uptime_s": sample.uptime_s,
        "cpu_busy_ms": sample.cpu_busy_ms,
        "cpu_total_ms": sample.cpu_total_ms,
        "load": None if sample.load is None else list(sample.load),
        "memory_total_bytes": sample.memory_total_bytes,
        "memory_available_bytes": sample.memory_available_bytes,
        "disk_total_bytes": sample.disk_total_bytes,
        "disk_used_bytes": sample.disk_used_bytes,
        "temperature_c": sample.temperature_c,
        "interfaces": {name: counters.to_wire() for name, counters in sample.interfaces.items()},
    }


async def _show_latest(session: AsyncSession, router_id: UUID, row: dict[str, Any]) -> None:
    before = await repository.last_before(session, router_id, row["boot_id"], row["mono_ms"])
    moments = [] if before is None else [_to_moment(before)]
    names = ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "up")
    latest = {
        **{name: row[name] for name in (*_GAUGES, "load")},
        "taken_at": row["taken_at"].isoformat(),
        "cpu_percent": cpu_percent([*moments, _to_moment(TelemetrySample(**row))]),
        "interfaces": {
            name: {**dict(zip(names, counters, strict=True)), "up": bool(counters[-1])}
            for name, counters in row["interfaces"].items()
        },
    }
    await note_latest_sample(session, router_id, row["taken_at"], latest)


def _to_moment(row: TelemetrySample) -> Moment:
    gauges: dict[str, float | None] = {name: getattr(row, name) for name in _GAUGES}
    gauges.update(dict.fromkeys(_LOADS) if row.load is None else zip(_LOADS, row.load, strict=True))
    return Moment(
        taken_at=row.taken_at,
        boot=row.boot_id,
        mono_ms=row.mono_ms,
        cpu_busy_ms=row.cpu_busy_ms,
        cpu_total_ms=row.cpu_total_ms,
        gauges=gauges,
        interfaces={name: (counters[0], counters[1]) for name, counters in row.interfaces.items()},
        dropped=row.dropped,
    )


async def read_series(
    session: AsyncSession, scope: Scope, router_id: UUID, *, begin: datetime, end: datetime, step_s: int
) -> list[Point]:
    """A router's series over [begin, end) in buckets of `step_s` seconds. NotFoundError out of scope.

    RejectedError names `from`, `to` or `step` where the range is empty, too long, or too fine for its length.
    """
    await get_router(session, scope, router_id)
    _check_range(begin, end, step_s)
    lead_in = timedelta(seconds=max(MAX_SILENCE_S, step_s))
    rows = await repository.list_samples(session, router_id, begin - lead_in, end, _MAX_SAMPLES + 1)
    if len(rows) > _MAX_SAMPLES:
        msg = f"This range holds more than {_MAX_SAMPLES} samples. Ask for a shorter one."
        raise RejectedError(msg, field="from")
    return make_series([_to_moment(row) for row in rows], begin, step_s)


def _check_range(begin: datetime, end: datetime, step_s: int) -> None:
    if begin >= end:
        msg = "'to' must be later than 'from'."
        raise RejectedError(msg, field="to")
    if end - begin > MAX_RANGE:
        msg = f"The range may be at most {MAX_RANGE // timedelta(hours=1)} hours long."
        raise RejectedError(msg, field="from")
    if (end - begin) / timedelta(seconds=step_s) > MAX_POINTS:
        msg = f"A series has at most {MAX_POINTS} points. Take a longer step or a shorter range."
        raise RejectedError(msg, field="step")


async def forget_old_samples(session: AsyncSession, *, clock: Clock) -> int:
    """Delete some of the samples older than 48 hours; how many, 0 when there is none left."""
    return await repository.delete_before(session, clock.now() - KEPT, _SAMPLES_PER_DELETE)
