"""Changed limits: whose open sessions they concern, and what holds for a subscriber now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, and_, case, cast, delete, exists, func, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.plans.tables import Plan
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.repository.balances import passed_a_quota
from spotfi_cloud.quotas.repository.enforcements import add_changes, new_values
from spotfi_cloud.quotas.rules import Action, Reason
from spotfi_cloud.sessions.tables import Session
from spotfi_cloud.subscribers.tables import Subscriber

Enforcement = tables.Enforcement
QuotaBalance = tables.QuotaBalance
LimitChange = tables.LimitChange
_MOST_ROWS = 1000
"""In one statement, which may hold 65,535 values."""
_CACHED_S = 2
"""For longer than that no process knows old limits."""
_LOGIN_LENGTH = 34
_SETTLED_AFTER = timedelta(seconds=10)
"""A login may have been accepted with the old limits just before, and its Start arrive just after."""


class PlanLimits(NamedTuple):
    """What a subscriber's plan, and what is their own, says of each session."""

    rate_up_bps: int | None
    rate_down_bps: int | None
    throttle_up_bps: int | None
    throttle_down_bps: int | None
    session_timeout_s: int | None
    idle_timeout_s: int | None
    interim_interval_s: int
    valid_until: datetime | None


async def lock_changes(session: AsyncSession, limit: int) -> list[int]:
    """Ids of changes that no other worker looks at, oldest first."""
    statement = select(LimitChange.id).order_by(LimitChange.id).limit(limit).with_for_update(skip_locked=True)
    return list(await session.scalars(statement))


async def add_for_changes(session: AsyncSession, change_ids: Sequence[int], now: datetime) -> int:
    """Tell the open sessions that these changes concern, and that were not told since; how many."""
    concerned = or_(LimitChange.subscriber_id == Subscriber.id, LimitChange.plan_id == Subscriber.plan_id)
    told = exists().where(
        Enforcement.session_id == Session.id,
        Enforcement.action == Action.CHANGE,
        Enforcement.created_at >= LimitChange.at,
    )
    # An Accept that came after the change had the new limits already; its time is that of the login's token.
    login_ms = cast(func.concat("x", func.substr(Session.login, 3, 12)), BIT(48)).cast(BigInteger)
    since_ms = (func.extract("epoch", LimitChange.at) + _CACHED_S) * 1000
    newer_login = case((func.length(Session.login) == _LOGIN_LENGTH, login_ms > since_ms), else_=False)
    untold = (
        select(Session.id, Session.subscriber_id, func.max(LimitChange.reason))
        .join(Subscriber, Subscriber.id == Session.subscriber_id)
        .join(LimitChange, concerned)
        .where(LimitChange.id.in_(change_ids), Session.ended_at.is_(None), ~told)
        .where(Session.started_at < LimitChange.at + _SETTLED_AFTER, ~newer_login)
        .group_by(Session.id, Session.subscriber_id)
    )
    at = func.clock_timestamp()  # the database's clock, as that of the changes
    rows = [
        {**new_values(row[0], row[1], Action.CHANGE, Reason(row[2]), now), "created_at": at}
        for row in await session.execute(untold)
    ]
    for first in range(0, len(rows), _MOST_ROWS):
        await add_changes(session, rows[first : first + _MOST_ROWS])
    return len(rows)


async def forget_settled(session: AsyncSession, change_ids: Sequence[int]) -> int:
    """Delete those of the changes that no login under way can have missed; how many are left."""
    settled = delete(LimitChange).where(LimitChange.id.in_(change_ids), LimitChange.at < func.now() - _SETTLED_AFTER)
    deleted = await session.execute(settled.returning(LimitChange.id))
    return len(change_ids) - len(list(deleted))


async def find_plan_limits(session: AsyncSession, subscriber_id: UUID) -> PlanLimits | None:
    up = func.coalesce(Subscriber.own_rate_up_bps, Plan.rate_up_bps)
    down = func.coalesce(Subscriber.own_rate_down_bps, Plan.rate_down_bps)
    times = (Plan.session_timeout_s, Plan.idle_timeout_s, Plan.interim_interval_s, Subscriber.valid_until)
    throttled = (Plan.throttle_up_bps, Plan.throttle_down_bps)
    statement = select(up, down).add_columns(*throttled, *times).join(Subscriber, Subscriber.plan_id == Plan.id)
    row = (await session.execute(statement.where(Subscriber.id == subscriber_id))).first()
    return None if row is None else PlanLimits(*row)


async def add_for_new_periods(session: AsyncSession, after: datetime, until: datetime) -> int:
    """Note those who were throttled in a period that ended in (after, until], and have open sessions; how many."""
    is_open = exists().where(Session.subscriber_id == Subscriber.id, Session.ended_at.is_(None))
    restored = (
        select(Subscriber.id, literal(Reason.LIMITS.value))
        .join(QuotaBalance, QuotaBalance.subscriber_id == Subscriber.id)
        .join(Plan, and_(Plan.id == Subscriber.plan_id, Plan.at_limit == AtLimit.THROTTLE))
        .where(QuotaBalance.period_end > after, QuotaBalance.period_end <= until)
        .where(passed_a_quota(literal(0)), is_open)
    )
    noted = insert(LimitChange).from_select(["subscriber_id", "reason"], restored).returning(LimitChange.id)
    return len(list(await session.execute(noted)))
