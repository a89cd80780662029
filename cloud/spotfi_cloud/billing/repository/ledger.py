"""What billing reads of the ledger: sums of stretches of months, and what came late."""

from collections.abc import Sequence
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
    or_,
    select,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.routers.tables as routers
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


class EvidenceRow(NamedTuple):
    """One record behind a line: what a session used in a quarter of an hour."""

    session_id: UUID
    quarter_start: datetime
    up_bytes: int
    down_bytes: int


async def read_usage(session: AsyncSession, spans: Sequence[Span]) -> tuple[list[SpanUsage], list[Late]]:
    """The sums of the spans, and all unbilled late usage of their hosts: both of one moment, by one statement."""
    if not spans:
        return [], []
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


async def routers_of(
    session: AsyncSession, host_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID, datetime, datetime | None]]:
    """(host, router, added at, taken out at) of every router the hosts have or had."""
    router = routers.Router
    statement = select(router.host_id, router.id, router.created_at, router.deleted_at)
    found = await session.execute(statement.where(router.host_id.in_(host_ids)).order_by(router.host_id, router.id))
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def router_names(session: AsyncSession, router_ids: Sequence[UUID]) -> dict[UUID, str]:
    router = routers.Router
    rows = await session.execute(select(router.id, router.name).where(router.id.in_(router_ids)))
    return {row.id: row.name for row in rows}


async def records_of(session: AsyncSession, span: Span, router_id: UUID, period: str) -> list[EvidenceRow]:
    """The ledger's rows of a router over a span, less what came after the month of the label was billed."""
    later = (
        select(
            LateRow.session_id,
            LateRow.quarter_start,
            func.sum(LateRow.up_bytes).cast(BigInteger).label("up_bytes"),
            func.sum(LateRow.down_bytes).cast(BigInteger).label("down_bytes"),
        )
        .outerjoin(_Settled, _Settled.late_usage_id == LateRow.id)
        .where(
            LateRow.host_id == span.host_id,
            LateRow.quarter_start >= span.starts_at,
            LateRow.quarter_start < span.ends_at,
            or_(_Settled.period.is_(None), _Settled.period != period),
        )
        .group_by(LateRow.session_id, LateRow.quarter_start)
        .subquery()
    )
    up = Quarter.up_bytes - func.coalesce(later.c.up_bytes, 0)
    down = Quarter.down_bytes - func.coalesce(later.c.down_bytes, 0)
    same = and_(later.c.session_id == Quarter.session_id, later.c.quarter_start == Quarter.quarter_start)
    statement = (
        select(Quarter.session_id, Quarter.quarter_start, up, down)
        .outerjoin(later, same)
        .where(
            Quarter.host_id == span.host_id,
            Quarter.router_id == router_id,
            Quarter.quarter_start >= span.starts_at,
            Quarter.quarter_start < span.ends_at,
            or_(up > 0, down > 0),
        )
        .order_by(Quarter.quarter_start, Quarter.session_id)
    )
    return [EvidenceRow(*row) for row in await session.execute(statement)]


async def late_records_of(session: AsyncSession, span: Span, router_id: UUID, settled_in: str) -> list[EvidenceRow]:
    """What came late for a router over a span and was billed in the month of the label."""
    statement = (
        select(
            LateRow.session_id,
            LateRow.quarter_start,
            func.sum(LateRow.up_bytes).cast(BigInteger),
            func.sum(LateRow.down_bytes).cast(BigInteger),
        )
        .join(_Settled, _Settled.late_usage_id == LateRow.id)
        .where(
            LateRow.host_id == span.host_id,
            LateRow.router_id == router_id,
            LateRow.quarter_start >= span.starts_at,
            LateRow.quarter_start < span.ends_at,
            _Settled.period == settled_in,
        )
        .group_by(LateRow.session_id, LateRow.quarter_start)
        .order_by(LateRow.quarter_start, LateRow.session_id)
    )
    return [EvidenceRow(*row) for row in await session.execute(statement)]


async def ledger_sums(
    session: AsyncSession, host_id: UUID, starts_at: datetime, ends_at: datetime
) -> dict[UUID, tuple[int, int]]:
    """Bytes up and down of each router over the time."""
    up, down = func.sum(Quarter.up_bytes).cast(BigInteger), func.sum(Quarter.down_bytes).cast(BigInteger)
    within = (Quarter.host_id == host_id, Quarter.quarter_start >= starts_at, Quarter.quarter_start < ends_at)
    rows = await session.execute(select(Quarter.router_id, up, down).where(*within).group_by(Quarter.router_id))
    return {row[0]: (row[1], row[2]) for row in rows}


async def late_sums(
    session: AsyncSession, host_id: UUID, starts_at: datetime, ends_at: datetime, period: str
) -> dict[UUID, tuple[int, int]]:
    """Bytes up and down, by router, of what came after the month of the label was billed, billed since or not."""
    up, down = func.sum(LateRow.up_bytes).cast(BigInteger), func.sum(LateRow.down_bytes).cast(BigInteger)
    statement = (
        select(LateRow.router_id, up, down)
        .outerjoin(_Settled, _Settled.late_usage_id == LateRow.id)
        .where(
            LateRow.host_id == host_id,
            LateRow.quarter_start >= starts_at,
            LateRow.quarter_start < ends_at,
            or_(_Settled.period.is_(None), _Settled.period != period),
        )
        .group_by(LateRow.router_id)
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(statement)}
