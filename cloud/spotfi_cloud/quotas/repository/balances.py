"""Balances and what a plan says about volume."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.tables import Host
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.tables import Plan
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.rules import Terms
from spotfi_cloud.sessions.tables import UsageQuarter
from spotfi_cloud.subscribers.tables import Subscriber

QuotaBalance = tables.QuotaBalance


class BalanceDifference(NamedTuple):
    """A balance and the sum it should be."""

    subscriber_id: UUID
    period_start: datetime
    used_bytes: int
    ledger_bytes: int


async def find_terms(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, default_zone: str, now: datetime
) -> Terms | None:
    """The terms that hold now, top-ups included."""
    granted = case(
        (or_(Subscriber.granted_until.is_(None), Subscriber.granted_until > now), Subscriber.granted_bytes), else_=0
    )
    quota = func.coalesce(Subscriber.own_quota_bytes, Plan.quota_bytes) + granted
    since = func.coalesce(Subscriber.period_since, Subscriber.created_at)
    statement = (
        select(quota, Plan.period, func.coalesce(Host.timezone, default_zone), since)
        .join(Plan, Plan.id == Subscriber.plan_id)
        .outerjoin(Host, Host.id == Subscriber.host_id)
        .where(Subscriber.id == subscriber_id, scope.limit(Subscriber.host_id))
    )
    row = (await session.execute(statement)).first()
    return None if row is None else Terms(row[0], PeriodKind(row[1]), row[2], row[3])


async def find_differences(session: AsyncSession) -> list[BalanceDifference]:
    total = (
        select(func.coalesce(func.sum(UsageQuarter.up_bytes + UsageQuarter.down_bytes), 0))
        .where(
            UsageQuarter.subscriber_id == QuotaBalance.subscriber_id,
            UsageQuarter.quarter_start >= QuotaBalance.period_start,
            or_(QuotaBalance.period_end.is_(None), UsageQuarter.quarter_start < QuotaBalance.period_end),
        )
        .correlate(QuotaBalance)
        .scalar_subquery()
    )
    balance = (QuotaBalance.subscriber_id, QuotaBalance.period_start, QuotaBalance.used_bytes)
    rows = await session.execute(select(*balance, total).where(QuotaBalance.used_bytes != total).order_by(*balance))
    return [BalanceDifference(row[0], row[1], row[2], int(row[3])) for row in rows]
