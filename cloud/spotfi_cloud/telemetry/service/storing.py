"""Storing what routers send: the hot path of ingest. A fixed number of statements, however many messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.service import LatestSample, get_latest_samples, note_latest_samples
from spotfi_cloud.telemetry.latest import keep_clients, show
from spotfi_cloud.telemetry.repository.batches import BatchRow, add_batches
from spotfi_cloud.telemetry.rules import Reading, date_sample
from spotfi_protocol.samples import Sample
from spotfi_protocol.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Batch:
    """One telemetry message of a router, checked, and as it came."""

    router_id: UUID
    telemetry: Telemetry
    payload: bytes


@dataclass(frozen=True, slots=True)
class _Dated:
    """A message with its samples by age, and when the newest was taken."""

    batch: Batch
    samples: list[Sample]
    taken_at: datetime
    began_at: datetime


async def store_batches(session: AsyncSession, batches: Sequence[Batch], *, clock: Clock) -> int:
    """Store the messages, each once however often it arrives, and show the newest sample of each router. Samples that came."""
    now = clock.now()
    dated = [_date(batch, now) for batch in batches if batch.telemetry.samples]
    await add_batches(session, [_row_of(each) for each in dated])
    newest: dict[UUID, _Dated] = {}
    for each in dated:
        known = newest.get(each.batch.router_id)
        if known is None or each.taken_at >= known.taken_at:
            newest[each.batch.router_id] = each
    if newest:
        await _show_latest(session, newest)
    return sum(len(each.samples) for each in dated)


def _date(batch: Batch, arrived_at: datetime) -> _Dated:
    telemetry = batch.telemetry
    reading = Reading(telemetry.stamp.wall_ms, telemetry.stamp.mono_ms, arrived_at)
    samples = sorted(telemetry.samples, key=_by_age)
    return _Dated(batch, samples, date_sample(reading, samples[-1].mono_ms), date_sample(reading, samples[0].mono_ms))


def _by_age(sample: Sample) -> int:
    return sample.mono_ms


def _row_of(dated: _Dated) -> BatchRow:
    stamp = dated.batch.telemetry.stamp
    return BatchRow(
        dated.batch.router_id, stamp.boot_id, stamp.seq, dated.taken_at, dated.began_at, dated.batch.payload
    )


async def _show_latest(session: AsyncSession, newest: dict[UUID, _Dated]) -> None:
    shown = await get_latest_samples(session, sorted(newest))
    latest = [_latest_of(each, shown.get(router_id)) for router_id, each in sorted(newest.items())]
    await note_latest_samples(session, latest)


def _latest_of(dated: _Dated, shown: dict[str, Any] | None) -> LatestSample:
    """The newest sample, with rates since the one before it in the message, or since the one that is shown."""
    boot_id, before = dated.batch.telemetry.stamp.boot_id, shown
    for sample in dated.samples[-2:-1]:
        before = show(sample, dated.began_at, boot_id, None)
    latest = show(dated.samples[-1], dated.taken_at, boot_id, before)
    for sample in dated.samples[:-1]:
        if sample.clients is not None:
            shown = show(sample, dated.taken_at, boot_id, None)
    keep_clients(latest, shown)
    return LatestSample(dated.batch.router_id, dated.taken_at, latest)
