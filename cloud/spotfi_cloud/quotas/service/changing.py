"""New limits for open sessions: whom a change concerns, and what the NAS is to be told."""

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.quotas.repository import changes
from spotfi_cloud.quotas.repository.enforcements import DueEnforcement
from spotfi_cloud.quotas.rules import Limits, session_timeout_s
from spotfi_cloud.quotas.service.usage import usage_of

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


async def limits_of(session: AsyncSession, item: DueEnforcement, *, clock: Clock, default_zone: str) -> Limits:
    """What holds now for a subscriber's session, counted from its beginning. NotFoundError where there is no subscriber."""
    subscriber_id = item.subscriber_id
    assert subscriber_id is not None, "only subscribers' sessions are changed"
    usage = await usage_of(session, Scope.everything(), subscriber_id, clock=clock, default_zone=default_zone)
    plan = await changes.find_plan_limits(session, subscriber_id)
    assert plan is not None, "a subscriber has a plan"
    left = usage.remaining_bytes
    return Limits(
        rate_up_bps=plan.rate_up_bps,
        rate_down_bps=plan.rate_down_bps,
        session_timeout_s=session_timeout_s(plan.session_timeout_s, plan.valid_until, item.started_at),
        idle_timeout_s=plan.idle_timeout_s,
        interim_interval_s=plan.interim_interval_s,
        volume_bytes=None if left is None else item.session_bytes + left,
    )
