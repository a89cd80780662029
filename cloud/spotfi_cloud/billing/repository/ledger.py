"""What billing reads of the ledger to show and check what was billed: records behind lines, sums of months, routers."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.routers.tables as routers
import spotfi_cloud.sessions.tables as sessions
from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.usage import Span

Quarter = sessions.UsageQuarter
LateRow = sessions.LateUsage
_Settled = tables.BilledLateUsage


class EvidenceRow(NamedTuple):
    """One record behind a line: what a session used in a quarter of an hour."""

    session_id: UUID
    quarter_start: datetime
    up_bytes: int
    down_bytes: int


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
