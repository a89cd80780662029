"""Storing what routers send: the hot path of ingest. A fixed number of statements, however many messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.service import LatestSample, get_latest_samples, note_samples
from spotfi_cloud.telemetry.latest import show
from spotfi_cloud.telemetry.messages import Message, expand
from spotfi_cloud.telemetry.repository.batches import BatchRow, add_batches
from spotfi_cloud.telemetry.rules import Reading, date_sample


@dataclass(slots=True)
class Batch:
    """One telemetry message of a router."""

    router_id: UUID
    message: Message


@dataclass(slots=True)
class _Dated:
    """A message with the dates of its newest and its oldest sample."""

    batch: Batch
    taken_at: datetime
    began_at: datetime


async def store_batches(session: AsyncSession, batches: Sequence[Batch], *, clock: Clock) -> int:
    """Store the messages, each once however often it arrives, and show the newest sample of each router. Samples that came.

    Their routers count as heard of now.
    """
    now = clock.now()
    dated = [_date(batch, now) for batch in batches if batch.message.count]
    if not dated:
        return 0
    await add_batches(session, [_row_of(each) for each in dated])
    newest: dict[UUID, _Dated] = {}
    for each in dated:
        known = newest.get(each.batch.router_id)
        if known is None or each.taken_at >= known.taken_at:
            newest[each.batch.router_id] = each
    await _show_latest(session, newest, clock)
    return sum(each.batch.message.count for each in dated)


def _date(batch: Batch, arrived_at: datetime) -> _Dated:
    message = batch.message
    reading = Reading(message.stamp.wall_ms, message.stamp.mono_ms, arrived_at)
    monos_ms = expand(message.levels["mono_ms"], message.count)
    return _Dated(batch, date_sample(reading, monos_ms[-1]), date_sample(reading, monos_ms[0]))


def _row_of(dated: _Dated) -> BatchRow:
    message = dated.batch.message
    return BatchRow(
        dated.batch.router_id,
        message.stamp.boot_id,
        message.stamp.seq,
        dated.taken_at,
        dated.began_at,
        message.payload,
    )


async def _show_latest(session: AsyncSession, newest: dict[UUID, _Dated], clock: Clock) -> None:
    single = [router_id for router_id, each in newest.items() if each.batch.message.count == 1]
    shown = await get_latest_samples(session, single) if single else {}
    await note_samples(session, list(_latest_of(newest.values(), shown)), clock=clock)


def _latest_of(newest: Iterable[_Dated], shown: dict[UUID, dict[str, object]]) -> Iterable[LatestSample]:
    """The newest samples, with rates since the one before it in the message, or since the one that is shown."""
    for each in newest:
        router_id = each.batch.router_id
        sample = show(each.batch.message, each.taken_at, shown.get(router_id))
        yield LatestSample(router_id, each.taken_at, sample)
