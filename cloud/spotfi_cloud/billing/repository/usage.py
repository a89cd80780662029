"""What billing reads of the ledger to rate months: sums of stretches, and late usage that is not billed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Uuid,
    and_,
    column,
    func,
    literal,
    null,
    select,
    text,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.sessions.tables as sessions
from spotfi_cloud.billing import tables

Quarter = sessions.UsageQuarter
LateRow = sessions.LateUsage
_Settled = tables.BilledLateUsage


class Span(NamedTuple):
    """Part of a host's time: `number` is what its sums are told apart by."""

    number: int
    host_id: UUID
    starts_at: datetime
    ends_at: datetime


class SpanUsage(NamedTuple):
    """The ledger's sums of a router over a span."""

    number: int
    router_id: UUID
    up_bytes: int
    down_bytes: int


class Late(NamedTuple):
    """A late growth of the ledger that is not billed."""

    late_usage_id: UUID
    host_id: UUID
    router_id: UUID
    quarter_start: datetime
    up_bytes: int
    down_bytes: int


_IN_ONE_GO = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0"
"""Many hosts are summed up in memory in one pass over their time, on one core: accounting goes on beside it."""


async def read_usage(session: AsyncSession, spans: Sequence[Span]) -> tuple[list[SpanUsage], list[Late]]:
    """The sums of the spans, and all unbilled late usage of their hosts: both of one moment, by one statement.

    Of few spans by the index of hosts, of many in one pass."""
    if not spans:
        return [], []
    await session.execute(text(_IN_ONE_GO))
    given = values(
        column("number", BigInteger),
        column("host_id", Uuid),
        column("starts_at", TIMESTAMP(timezone=True)),
        column("ends_at", TIMESTAMP(timezone=True)),
        name="span",
    ).data([tuple(span) for span in spans])
    within = and_(
        Quarter.host_id == given.c.host_id,
        Quarter.quarter_start >= given.c.starts_at,
        Quarter.quarter_start < given.c.ends_at,
        Quarter.quarter_start >= min(span.starts_at for span in spans),
        Quarter.quarter_start < max(span.ends_at for span in spans),
    )
    sums = (
        select(
            given.c.number,
            null().cast(Uuid).label("late_id"),
            given.c.host_id,
            Quarter.router_id,
            null().cast(TIMESTAMP(timezone=True)).label("quarter_start"),
            func.sum(Quarter.up_bytes).cast(BigInteger).label("up_bytes"),
            func.sum(Quarter.down_bytes).cast(BigInteger).label("down_bytes"),
        )
        .join(Quarter, within)
        .group_by(given.c.number, given.c.host_id, Quarter.router_id)
    )
    late = select(
        null().cast(BigInteger),
        LateRow.id,
        LateRow.host_id,
        LateRow.router_id,
        LateRow.quarter_start,
        LateRow.up_bytes,
        LateRow.down_bytes,
    ).where(LateRow.host_id.in_({span.host_id for span in spans}), _unbilled())
    sums_found, late_found = [], []
    for number, late_id, host_id, router_id, quarter, up, down in await session.execute(union_all(sums, late)):
        if late_id is None:
            sums_found.append(SpanUsage(number, router_id, up, down))
        else:
            late_found.append(Late(late_id, host_id, router_id, quarter, up, down))
    return sorted(sums_found), sorted(late_found)


def _unbilled() -> ColumnElement[bool]:
    return ~select(literal(1)).where(_Settled.late_usage_id == LateRow.id).exists()


async def still_unbilled(session: AsyncSession, late_usage_ids: Collection[UUID]) -> set[UUID]:
    """Those of the late usage that nobody has billed by now."""
    wanted = select(LateRow.id).where(LateRow.id.in_(late_usage_ids), _unbilled())
    return set(await session.scalars(wanted)) if late_usage_ids else set()


async def sum_of_late(
    session: AsyncSession, host_id: UUID, starts_at: datetime, ends_at: datetime, *, not_in: str
) -> list[Late]:
    """What came late for the time and was billed in another month than `not_in`."""
    statement = (
        select(
            LateRow.id, LateRow.host_id, LateRow.router_id, LateRow.quarter_start, LateRow.up_bytes, LateRow.down_bytes
        )
        .join(_Settled, _Settled.late_usage_id == LateRow.id)
        .where(
            LateRow.host_id == host_id,
            LateRow.quarter_start >= starts_at,
            LateRow.quarter_start < ends_at,
            _Settled.period != not_in,
        )
    )
    return [Late(*row) for row in await session.execute(statement)]
