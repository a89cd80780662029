"""Series: any span of the last two years, from raw samples or from the rollups that fit it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.routers.service import get_router
from spotfi_cloud.telemetry.figures import MAX_SILENCE_S, Figures
from spotfi_cloud.telemetry.moments import read_moments
from spotfi_cloud.telemetry.repository.batches import list_batches
from spotfi_cloud.telemetry.repository.rollups import list_rollups, read_progress
from spotfi_cloud.telemetry.rules import (
    MAX_POINTS,
    MAX_RANGE,
    Point,
    Resolution,
    add_up,
    choose_resolution,
    closed_before,
    floor,
    make_series,
    to_point,
)
from spotfi_cloud.telemetry.runs import gather_stored

MAX_STEP_S = 31 * 86_400
_MAX_BATCHES = 25_000
_FIVE_MINUTES = timedelta(seconds=Resolution.FIVE_MINUTES)
_NOT_ADDED_UP = {Resolution.DAY: timedelta(days=2), Resolution.HOUR: timedelta(hours=3)}
"""What is older and no part of a day, of an hour, never was there."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of `step_s` seconds each."""

    step_s: int
    points: Sequence[Point]


async def read_series(
    session: AsyncSession,
    scope: Scope,
    router_id: UUID,
    *,
    begin: datetime,
    end: datetime,
    step_s: int | None,
    clock: Clock,
) -> Series:
    """A router's series over [begin, end) in buckets of `step_s` seconds, or of what suits the span.

    NotFoundError out of scope. Where a span is not kept that fine, the step is the coarser one it is kept in.
    RejectedError names `from`, `to` or `step` where the range is empty, too long, or too fine for its length.
    """
    await get_router(session, scope, router_id)
    _check_range(begin, end, step_s)
    resolution, step_s = choose_resolution(begin, end, clock.now(), step_s)
    if resolution is Resolution.RAW:
        return Series(step_s, await _read_raw(session, router_id, begin, end, step_s))
    rollups = await _read_rollups(session, resolution, router_id, floor(begin, step_s), end, now=clock.now())
    return Series(step_s, await asyncio.to_thread(_points_of, rollups, step_s))


async def _read_rollups(
    session: AsyncSession, resolution: Resolution, router_id: UUID, begin: datetime, end: datetime, *, now: datetime
) -> list[tuple[datetime, Figures]]:
    """Rollups over [begin, end), oldest first: the coarsest there are, of a span that is not over the finer ones.

    What has not been rolled up, however long the worker has been away, is computed from samples here.
    """
    found: list[tuple[datetime, Figures]] = []
    closed = min((await read_progress(session)).closed_before, closed_before(now))
    for coarse in (Resolution.DAY, Resolution.HOUR):
        if coarse <= resolution:
            rollups = await list_rollups(session, coarse, router_id, begin, min(end, floor(closed, coarse)))
            found += rollups
            if rollups:
                begin = rollups[-1][0] + timedelta(seconds=coarse)
            begin = max(begin, floor(closed - _NOT_ADDED_UP[coarse], coarse))
    fresh = max(begin, closed)
    found += await list_rollups(session, Resolution.FIVE_MINUTES, router_id, begin, min(fresh, end))
    if fresh < end:
        rows = await list_batches(session, router_id, fresh - _FIVE_MINUTES, end, _MAX_BATCHES)
        gathered = asyncio.to_thread(gather_stored, rows, fresh, end, Resolution.FIVE_MINUTES, _FIVE_MINUTES)
        buckets, _ = await gathered
        found += [(fresh + index * _FIVE_MINUTES, buckets[index]) for index in sorted(buckets)]
    return found


async def _read_raw(
    session: AsyncSession, router_id: UUID, begin: datetime, end: datetime, step_s: int
) -> Sequence[Point]:
    lead_in = timedelta(seconds=max(MAX_SILENCE_S, step_s))
    rows = await list_batches(session, router_id, begin - lead_in, end, _MAX_BATCHES + 1)
    if len(rows) > _MAX_BATCHES:
        msg = f"This range holds more than {_MAX_BATCHES} messages. Ask for a shorter one."
        raise RejectedError(msg, field="from")

    def compute() -> list[Point]:
        moments = [moment for moment in read_moments(rows)[0] if begin - lead_in <= moment.taken_at < end]
        return make_series(moments, begin, step_s)

    return await asyncio.to_thread(compute)


def _points_of(rollups: Sequence[tuple[datetime, Figures]], step_s: int) -> list[Point]:
    return [to_point(at, figures) for at, figures in add_up(rollups, step_s).items()]


def _check_range(begin: datetime, end: datetime, step_s: int | None) -> None:
    if begin >= end:
        msg = "'to' must be later than 'from'."
        raise RejectedError(msg, field="to")
    if end - begin > MAX_RANGE:
        msg = f"The range may be at most {MAX_RANGE.days} days long."
        raise RejectedError(msg, field="from")
    if step_s is not None and (end - begin) / timedelta(seconds=step_s) > MAX_POINTS:
        msg = f"A series has at most {MAX_POINTS} points. Take a longer step or a shorter range, or leave 'step' out."
        raise RejectedError(msg, field="step")
