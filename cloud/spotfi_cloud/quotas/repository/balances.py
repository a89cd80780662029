"""Balances and what a plan says about volume."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.tables import Host
from spotfi_cloud.kernel.periods import Period, PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.plans.tables import Plan
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.rollover import LastPeriod, RollOver
from spotfi_cloud.quotas.terms import Terms, Used
from spotfi_cloud.sessions.tables import UsageQuarter
from spotfi_cloud.subscribers.tables import Subscriber

QuotaBalance = tables.QuotaBalance


class BalanceDifference(NamedTuple):
    """A balance and the sum it should be."""

    subscriber_id: UUID
    period_start: datetime
    used: Used
    ledger: Used


async def find_terms(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, default_zone: str, now: datetime
) -> tuple[Terms, bool] | None:
    """The terms that hold now, top-ups included, but not what rolled over; whether anything may."""
    granted = case(
        (or_(Subscriber.granted_until.is_(None), Subscriber.granted_until > now), Subscriber.granted_bytes), else_=0
    )
    quota = func.coalesce(Subscriber.own_quota_bytes, Plan.quota_bytes) + granted
    since = func.coalesce(Subscriber.period_since, Subscriber.created_at)
    statement = (
        select(quota, func.coalesce(Host.timezone, default_zone), since, Plan)
        .join(Plan, Plan.id == Subscriber.plan_id)
        .outerjoin(Host, Host.id == Subscriber.host_id)
        .where(Subscriber.id == subscriber_id, scope.limit(Subscriber.host_id))
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return None
    plan = row[3]
    terms = Terms(
        row[0],
        PeriodKind(plan.period),
        row[1],
        row[2],
        plan.quota_up_bytes,
        plan.quota_down_bytes,
        plan.quota_s,
        AtLimit(plan.at_limit),
        plan.session_quota_bytes,
        tuple(plan.warn_at_percent),
    )
    return terms, plan.rollover_percent > 0


def passed_a_quota(granted: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a balance's subscriber has used up a quota of the plan, with so much on top of the volume."""
    total, up = QuotaBalance.used_bytes, QuotaBalance.used_up_bytes
    return or_(
        total >= func.coalesce(Subscriber.own_quota_bytes, Plan.quota_bytes) + QuotaBalance.rolled_bytes + granted,
        up >= Plan.quota_up_bytes,
        total - up >= Plan.quota_down_bytes,
        QuotaBalance.used_s >= Plan.quota_s,
    )


async def find_used_up(session: AsyncSession, subscriber_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of the subscribers whose present balance has passed a quota."""
    until, granted = Subscriber.granted_until, Subscriber.granted_bytes
    statement = (
        select(QuotaBalance.subscriber_id)
        .join(Subscriber, Subscriber.id == QuotaBalance.subscriber_id)
        .join(Plan, Plan.id == Subscriber.plan_id)
        .where(
            QuotaBalance.subscriber_id.in_(subscriber_ids),
            QuotaBalance.period_start <= now,
            or_(QuotaBalance.period_end.is_(None), QuotaBalance.period_end > now),
            passed_a_quota(case((or_(until.is_(None), until > now), granted), else_=0)),
        )
    )
    return set(await session.scalars(statement))


async def find_rolled_bytes(session: AsyncSession, subscriber_id: UUID, period: Period) -> int | None:
    """What the balance of the period has on top; None where nothing was recorded in it yet."""
    of_period = (QuotaBalance.period_start == period.start, QuotaBalance.period_end.is_not_distinct_from(period.end))
    return await session.scalar(
        select(QuotaBalance.rolled_bytes).where(QuotaBalance.subscriber_id == subscriber_id, *of_period)
    )


async def find_last_period(session: AsyncSession, subscriber_id: UUID, start: datetime) -> LastPeriod | None:
    """What the periods before `start` leave to it; None where there is no quota."""
    quota = func.coalesce(Subscriber.own_quota_bytes, Plan.quota_bytes)
    since = func.coalesce(Subscriber.period_since, Subscriber.created_at)
    of_plan = (QuotaBalance.period_end <= start, QuotaBalance.period_end > since)
    statement = (
        select(
            *(quota, Plan.rollover_percent, Plan.rollover_max_bytes),
            *(QuotaBalance.period_end, QuotaBalance.rolled_bytes, QuotaBalance.used_bytes),
        )
        .join(Plan, Plan.id == Subscriber.plan_id)
        .outerjoin(QuotaBalance, and_(QuotaBalance.subscriber_id == Subscriber.id, *of_plan))
        .where(Subscriber.id == subscriber_id, quota.is_not(None))
        .order_by(QuotaBalance.period_start.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else LastPeriod(RollOver(row[0], row[1], row[2]), row[3], row[4] or 0, row[5] or 0)


async def find_differences(session: AsyncSession) -> list[BalanceDifference]:
    ledger = UsageQuarter
    sums = (
        select(
            func.coalesce(func.sum(ledger.up_bytes), 0).label("up"),
            func.coalesce(func.sum(ledger.down_bytes), 0).label("down"),
            func.coalesce(func.sum(ledger.used_s), 0).label("time_s"),
        )
        .where(
            ledger.subscriber_id == QuotaBalance.subscriber_id,
            ledger.quarter_start >= QuotaBalance.period_start,
            or_(QuotaBalance.period_end.is_(None), ledger.quarter_start < QuotaBalance.period_end),
        )
        .correlate(QuotaBalance)
        .lateral()
    )
    key, balance = (QuotaBalance.subscriber_id, QuotaBalance.period_start), QuotaBalance
    statement = (
        select(*key, balance.used_bytes, balance.used_up_bytes, balance.used_s, sums.c.up, sums.c.down, sums.c.time_s)
        .join(sums, true())
        .where(
            or_(
                balance.used_bytes != sums.c.up + sums.c.down,
                balance.used_up_bytes != sums.c.up,
                balance.used_s != sums.c.time_s,
            )
        )
        .order_by(*key)
    )
    return [
        BalanceDifference(row[0], row[1], Used(row[3], row[2] - row[3], row[4]), Used(*map(int, row[5:])))
        for row in await session.execute(statement)
    ]
