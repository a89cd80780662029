"""Rollups: whole buckets computed anew from what they are made of, so that doing it twice, or late, changes nothing.

Buckets of five minutes are computed when they are over, and again when something of them comes late. Hours and days are added
up once, when they are over (`close_spans`), and again with what comes late; until then whoever reads adds up their parts
(`series`). To be done in this order: `plan_roll_up`, `roll_up_routers` for each part of the plan in a transaction of its own,
`finish_roll_up`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.telemetry.figures import MAX_SILENCE_S, Figures
from spotfi_cloud.telemetry.repository.batches import Touched, find_open, list_overlapping, list_touched
from spotfi_cloud.telemetry.repository.rollups import (
    Key,
    Progress,
    find_oldest_running,
    list_open,
    list_parts,
    lock_rolling_up,
    put_progress,
    put_rollups,
    read_progress,
)
from spotfi_cloud.telemetry.rules import KEPT, Resolution, closed_before, ended_before, floor
from spotfi_cloud.telemetry.runs import gather_stored

_log = structlog.get_logger(__name__)
_MESSAGES_PER_PART = 5000
_SPANS_PER_STEP = 500
_LEAD_IN = timedelta(seconds=MAX_SILENCE_S)
_BUCKET = timedelta(seconds=Resolution.FIVE_MINUTES)
_MOST_NUMBER = 2**62
Spans = dict[UUID, tuple[datetime, datetime]]
"""By router: from, to."""


@dataclass(frozen=True, slots=True)
class RollUpPlan:
    """What is to be computed, in parts that fit in memory; how far the rollups were, and are afterwards."""

    parts: Sequence[Spans]
    begun: Progress
    done: Progress


async def plan_roll_up(session: AsyncSession, *, clock: Clock) -> RollUpPlan:
    """What is over and has not been rolled up, and what has come late to what was.

    Complete, because a message counts as seen only once every transaction as old as its own has ended.
    """
    begun, oldest = await read_progress(session), await find_oldest_running(session)
    seen_to, rolled_up_to = min(begun.seen_to, oldest), min(begun.rolled_up_to, oldest)
    now = clock.now()
    end, earliest = closed_before(now), floor(now - KEPT, Resolution.FIVE_MINUTES) + _BUCKET
    touched = await list_touched(session, seen_to, _MOST_NUMBER, after=earliest, before=end)
    known = min(max(begun.closed_before, earliest), end)
    waiting = await list_touched(session, rolled_up_to, seen_to, after=known, before=end)
    spans = _spans_of(touched, earliest, end)
    _merge(spans, _spans_of(waiting, known, end))
    first_open = await find_open(session, rolled_up_to, end)
    done = Progress(oldest if first_open is None else min(oldest, first_open), oldest, end)
    return RollUpPlan(_parts_of(spans, [*touched, *waiting]), begun, done)


async def roll_up_routers(session: AsyncSession, spans: Spans, *, clock: Clock) -> None:
    """Compute a part of a plan, from what is there by now."""
    await lock_rolling_up(session)
    five_minutes = await _compute(session, spans)
    await put_rollups(session, Resolution.FIVE_MINUTES, five_minutes)
    hours = _ended(five_minutes, Resolution.HOUR, clock.now())
    await _add_up(session, Resolution.FIVE_MINUTES, Resolution.HOUR, hours)
    await _add_up(session, Resolution.HOUR, Resolution.DAY, _ended(hours, Resolution.DAY, clock.now()))


async def finish_roll_up(session: AsyncSession, plan: RollUpPlan) -> None:
    """When all its parts have been committed."""
    await put_progress(session, plan.begun, plan.done)


def _spans_of(touched: Iterable[Touched], earliest: datetime, end: datetime) -> Spans:
    """By router the span of whole buckets to compute: those that changed, and the one after, whose first growth may have.

    What is older than raw samples are kept is left as it is: it could not be computed whole.
    """
    spans: Spans = {}
    for each in touched:
        first = max(earliest, floor(each.began_at, Resolution.FIVE_MINUTES))
        last = min(end, floor(each.taken_at, Resolution.FIVE_MINUTES) + 2 * _BUCKET)
        if first < last:
            spans[each.router_id] = (first, last)
    return spans


def _merge(spans: Spans, others: Spans) -> None:
    for router_id, (first, last) in others.items():
        known = spans.get(router_id, (first, last))
        spans[router_id] = (min(first, known[0]), max(last, known[1]))


def _parts_of(spans: Spans, touched: Iterable[Touched]) -> list[Spans]:
    counts: dict[UUID, int] = defaultdict(int)
    for each in touched:
        counts[each.router_id] += each.count
    parts: list[Spans] = []
    size = _MESSAGES_PER_PART
    for router_id in sorted(spans):
        if size >= _MESSAGES_PER_PART:
            parts.append({})
            size = 0
        parts[-1][router_id] = spans[router_id]
        size += counts[router_id]
    return parts


async def _compute(session: AsyncSession, spans: Spans) -> dict[Key, Figures]:
    wider = {router_id: (begin - _LEAD_IN, end) for router_id, (begin, end) in spans.items()}
    payloads: dict[UUID, list[tuple[datetime, bytes]]] = defaultdict(list)
    for router_id, taken_at, payload in await list_overlapping(session, wider):
        payloads[router_id].append((taken_at, payload))
    return await asyncio.to_thread(_gather, spans, payloads)


def _gather(spans: Spans, payloads: dict[UUID, list[tuple[datetime, bytes]]]) -> dict[Key, Figures]:
    rollups: dict[Key, Figures] = {}
    for router_id, (begin, end) in spans.items():
        stored = _needed(payloads[router_id], begin)
        buckets, unreadable = gather_stored(stored, begin, end, Resolution.FIVE_MINUTES, _LEAD_IN)
        if unreadable:
            _log.error("messages_unreadable", router_id=str(router_id), count=unreadable)
        for index, figures in buckets.items():
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

    To be done before `plan_roll_up`: rolling up adds up late ones beyond the newest by itself.
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
