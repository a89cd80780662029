"""New limits for open sessions: whom a change concerns, and what the NAS is to be told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.quotas.repository import changes
from spotfi_cloud.quotas.repository.enforcements import DueEnforcement
from spotfi_cloud.quotas.rules import LIMITS_CHANGED, Limits, session_timeout_s
from spotfi_cloud.quotas.service.usage import usage_of
from spotfi_cloud.quotas.terms import binding_left, is_throttled, slower
from spotfi_cloud.storage.notify import Channel, announce

_MOST_AT_ONCE = 100


async def spread_limit_changes(session: AsyncSession, *, clock: Clock) -> tuple[int, int]:
    """Have NASes told what was changed of plans, or by another plan: (sessions concerned, changes to be looked at again).

    A change is looked at until logins that were under way then have shown themselves.
    """
    change_ids = await changes.lock_changes(session, _MOST_AT_ONCE)
    if not change_ids:
        return 0, 0
    concerned = await changes.add_for_changes(session, change_ids, clock.now())
    return concerned, await changes.forget_settled(session, change_ids)


async def note_new_periods(session: AsyncSession, after: datetime, *, clock: Clock) -> int:
    """Note as changes those whose throttled speed ended with a period since the instant; how many."""
    noted = await changes.add_for_new_periods(session, after, clock.now())
    if noted:
        await announce(session, Channel.ENFORCEMENT, LIMITS_CHANGED)
    return noted


async def limits_of(session: AsyncSession, item: DueEnforcement, *, clock: Clock, default_zone: str) -> Limits:
    """What holds now for a subscriber's session, counted from its beginning. NotFoundError where there is no subscriber."""
    subscriber_id = item.subscriber_id
    assert subscriber_id is not None, "only subscribers' sessions are changed"
    usage = await usage_of(session, Scope.everything(), subscriber_id, clock=clock, default_zone=default_zone)
    plan = await changes.find_plan_limits(session, subscriber_id)
    assert plan is not None, "a subscriber has a plan"
    left, slow = binding_left(usage.terms, usage.used), is_throttled(usage.terms, usage.used)
    session_bytes = item.session_up_bytes + item.session_down_bytes
    session_s = max(item.session_time_s, int((clock.now() - item.started_at).total_seconds()))
    return Limits(
        rate_up_bps=slower(plan.rate_up_bps, plan.throttle_up_bps) if slow else plan.rate_up_bps,
        rate_down_bps=slower(plan.rate_down_bps, plan.throttle_down_bps) if slow else plan.rate_down_bps,
        session_timeout_s=session_timeout_s(
            plan.session_timeout_s, plan.valid_until, left.time_s, session_s=session_s, now=clock.now()
        ),
        idle_timeout_s=plan.idle_timeout_s,
        interim_interval_s=plan.interim_interval_s,
        volume_bytes=_lower(usage.terms.session_bytes, _above(session_bytes, left.total_bytes)),
        volume_up_bytes=_above(item.session_up_bytes, left.up_bytes),
        volume_down_bytes=_above(item.session_down_bytes, left.down_bytes),
        throttled=slow,
    )


def _above(counted: int, left: int | None) -> int | None:
    return None if left is None else counted + left


def _lower(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)
