"""Rollups: whole buckets computed anew from what they are made of, so that doing it twice, or late, changes nothing.

Messages make buckets of five minutes at once. Hours and days are added up once, when they are over (`close_spans`), and
again when something of them comes late; until then whoever reads adds up their parts (`series`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.telemetry.figures import MAX_SILENCE_S, Figures, gather
from spotfi_cloud.telemetry.moments import read_moments
from spotfi_cloud.telemetry.repository.batches import Touched, list_overlapping, list_stored_since
from spotfi_cloud.telemetry.repository.rollups import (
    Key,
    list_open,
    list_parts,
    lock_progress,
    put_progress,
    put_rollups,
)
from spotfi_cloud.telemetry.rules import KEPT, Resolution, ended_before, floor

_log = structlog.get_logger(__name__)
_MESSAGES_PER_STEP = 5000
_SPANS_PER_STEP = 500
_LEAD_IN = timedelta(seconds=MAX_SILENCE_S)
_BUCKET = timedelta(seconds=Resolution.FIVE_MINUTES)
Payloads = dict[UUID, list[tuple[datetime, bytes]]]


async def roll_up(session: AsyncSession, *, clock: Clock) -> int:
    """Bring the rollups up to what has been stored since the last time, in part: messages seen; call again while there are any.

    Complete, because a message counts as seen only once every transaction as old as its own has ended.
    """
    begin, oldest_running = await lock_progress(session)
    touched = await list_stored_since(session, begin, _MESSAGES_PER_STEP)
    spans = _spans_of(touched, clock.now())
    five_minutes = await _compute(session, spans)
    await put_rollups(session, Resolution.FIVE_MINUTES, five_minutes)
    hours = _ended(five_minutes, Resolution.HOUR, clock.now())
    await _add_up(session, Resolution.FIVE_MINUTES, Resolution.HOUR, hours)
    await _add_up(session, Resolution.HOUR, Resolution.DAY, _ended(hours, Resolution.DAY, clock.now()))
    is_all = len(touched) < _MESSAGES_PER_STEP
    await put_progress(session, oldest_running if is_all else min(oldest_running, touched[-1].stored_in))
    return 0 if is_all else len(touched)


def _spans_of(touched: Iterable[Touched], now: datetime) -> dict[UUID, tuple[datetime, datetime]]:
    """By router the span of whole buckets to compute: those that changed, and the one after, whose first growth may have.

    What is older than raw samples are kept is left as it is: it could not be computed whole.
    """
    earliest = floor(now - KEPT, Resolution.FIVE_MINUTES) + _BUCKET
    spans: dict[UUID, tuple[datetime, datetime]] = {}
    for each in touched:
        begin = max(earliest, floor(each.began_at, Resolution.FIVE_MINUTES))
        end = floor(each.taken_at, Resolution.FIVE_MINUTES) + 2 * _BUCKET
        if begin < end:
            known = spans.get(each.router_id, (begin, end))
            spans[each.router_id] = (min(begin, known[0]), max(end, known[1]))
    return spans


async def _compute(session: AsyncSession, spans: dict[UUID, tuple[datetime, datetime]]) -> dict[Key, Figures]:
    if not spans:
        return {}
    wider = {router_id: (begin - _LEAD_IN, end) for router_id, (begin, end) in spans.items()}
    payloads: Payloads = defaultdict(list)
    for router_id, taken_at, payload in await list_overlapping(session, wider):
        payloads[router_id].append((taken_at, payload))
    return await asyncio.to_thread(_gather, spans, payloads)


def _gather(spans: dict[UUID, tuple[datetime, datetime]], payloads: Payloads) -> dict[Key, Figures]:
    rollups: dict[Key, Figures] = {}
    for router_id, (begin, end) in spans.items():
        known, unreadable = read_moments(_needed(payloads[router_id], begin))
        if unreadable:
            _log.error("messages_unreadable", router_id=str(router_id), count=unreadable)
        moments = [moment for moment in known if begin - _LEAD_IN <= moment.taken_at < end]
        for index, figures in gather(moments, begin, Resolution.FIVE_MINUTES).items():
            rollups[router_id, begin + index * _BUCKET] = figures
    return rollups


def _needed(messages: Sequence[tuple[datetime, bytes]], begin: datetime) -> Sequence[tuple[datetime, bytes]]:
    """Of messages, oldest first, those from `begin` on and the one before: growth begins with its last sample."""
    first = next((place for place, (taken_at, _) in enumerate(messages) if taken_at >= begin), len(messages))
    return messages[max(0, first - 1) :]


def _ended(parts: Iterable[Key], wholes: Resolution, now: datetime) -> list[Key]:
    """The wholes that hold these parts, of those that are over."""
    end = ended_before(now, wholes)
    return sorted({(router_id, whole) for router_id, at in parts if (whole := floor(at, wholes)) < end})


async def close_spans(session: AsyncSession, *, clock: Clock) -> int:
    """Add up hours and days that are over and have not been, some of them: how many; call again while there are any.

    To be done before `roll_up`, which adds up late ones beyond the newest by itself.
    """
    closed = 0
    for parts, wholes in ((Resolution.FIVE_MINUTES, Resolution.HOUR), (Resolution.HOUR, Resolution.DAY)):
        end = ended_before(clock.now(), wholes)
        keys = await list_open(session, parts, wholes, end, _SPANS_PER_STEP)
        await _add_up(session, parts, wholes, keys)
        closed += len(keys)
        if keys:
            break  # days are made of hours, so these come first, all of them
    return closed


async def _add_up(session: AsyncSession, parts: Resolution, wholes: Resolution, keys: Sequence[Key]) -> None:
    """Compute these wholes anew."""
    if not keys:
        return
    found = await list_parts(session, parts, wholes, keys)
    await put_rollups(session, wholes, await asyncio.to_thread(_sum, found, wholes))


def _sum(parts: Iterable[tuple[UUID, datetime, Figures]], wholes: Resolution) -> dict[Key, Figures]:
    sums: dict[Key, Figures] = {}
    for router_id, at, figures in parts:
        sums.setdefault((router_id, floor(at, wholes)), Figures()).add(figures)
    return sums
