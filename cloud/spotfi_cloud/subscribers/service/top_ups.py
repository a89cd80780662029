"""Top-ups: volume on top of the plan's, until the quota's present period ends; of a plan for once, until it is used.

The quota is the plan's (or the subscriber's own) and what was topped up. It counts from the transaction's end on: the next
login goes through.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import PeriodKind, current_period
from spotfi_cloud.plans.service import get_plan
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.subscribers.repository import top_ups as repository
from spotfi_cloud.subscribers.repository.accounts import Subscriber
from spotfi_cloud.subscribers.repository.top_ups import TopUp
from spotfi_cloud.subscribers.rules import Grant
from spotfi_cloud.subscribers.service.accounts import get_subscriber
from spotfi_cloud.subscribers.service.conditions import Conditions, zone_of

__all__ = ["NewTopUp", "TopUp", "list_top_ups", "top_up"]


@dataclass(frozen=True, slots=True)
class NewTopUp:
    """What is given, for how much (in the plan's currency), and by which staff account."""

    bytes: int
    price_minor: int
    note: str
    account_id: UUID | None


async def list_top_ups(session: AsyncSession, scope: Scope, subscriber_id: UUID, page: PageQuery) -> Slice[TopUp]:
    """What the subscriber was given, latest first. NotFoundError for a subscriber outside the scope."""
    await get_subscriber(session, scope, subscriber_id)
    return await repository.list_top_ups(session, subscriber_id, page)


async def top_up(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, given: NewTopUp, conditions: Conditions
) -> TopUp:
    """Give a subscriber of the scope more volume. ConflictError where the plan does not limit it."""
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    plan = await get_plan(session, Scope.everything(), subscriber.plan_id)
    if plan.quota_bytes is None and subscriber.own_quota_bytes is None:
        msg = "The plan does not limit the volume; there is nothing to top up."
        raise ConflictError(msg)
    until = await _end_of_period(session, subscriber, PeriodKind(plan.period), conditions)
    made = TopUp(
        id=new_id(),
        subscriber_id=subscriber.id,
        created_at=conditions.clock.now(),
        bytes=given.bytes,
        until=until,
        price_minor=given.price_minor,
        currency=plan.currency,
        account_id=given.account_id,
        note=given.note,
    )
    await repository.add_top_up(session, made)
    grant = Grant(subscriber.granted_bytes, subscriber.granted_until).plus(given.bytes, until, conditions.clock.now())
    subscriber.granted_bytes, subscriber.granted_until = grant.bytes, grant.until
    await announce(session, Channel.ACCESS, "subscriber")
    return made


async def _end_of_period(
    session: AsyncSession, subscriber: Subscriber, kind: PeriodKind, conditions: Conditions
) -> datetime | None:
    zone = ZoneInfo(await zone_of(session, subscriber.host_id, conditions.default_zone))
    since = subscriber.period_since or subscriber.created_at
    return current_period(kind, zone, conditions.clock.now(), since=since).end
