"""Beginning and ending assignments, and writing what they come to into the subscriber's row.

Every function expects that the caller has locked the subscriber.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import PeriodKind, current_period, quarter_of
from spotfi_cloud.plans.service import Plan, get_plan
from spotfi_cloud.subscribers.repository import assignments as repository
from spotfi_cloud.subscribers.repository.accounts import Subscriber
from spotfi_cloud.subscribers.repository.assignments import Assignment
from spotfi_cloud.subscribers.rules import (
    AssignmentState,
    EndReason,
    Term,
    Validity,
    counts_from,
    earlier,
    first_term,
    renewed_term,
)
from spotfi_cloud.subscribers.service.conditions import Conditions, zone_of


def new_assignment(subscriber_id: UUID, plan_id: UUID, *, clock: Clock) -> Assignment:
    """A queued one without anything of its own."""
    state = AssignmentState.QUEUED.value
    common = {"id": new_id(), "subscriber_id": subscriber_id, "plan_id": plan_id, "state": state}
    return Assignment(**common, created_at=clock.now(), renews=False, renewals=0, note="")


async def begin_first(session: AsyncSession, subscriber: Subscriber, plan: Plan, zone: str, *, clock: Clock) -> None:
    """The assignment of somebody who signs up; nothing was used yet."""
    assignment = new_assignment(subscriber.id, plan.id, clock=clock)
    assignment.valid_until = subscriber.valid_until
    _start(subscriber, assignment, plan, first_term(clock.now(), _validity(plan, zone)))
    await repository.add_assignment(session, assignment)


async def activate(
    session: AsyncSession, subscriber: Subscriber, assignment: Assignment, reason: EndReason, conditions: Conditions
) -> None:
    """Begin a queued assignment now; the active one, if there is one, ends for the reason given."""
    now = conditions.clock.now()
    active = await repository.find_active(session, subscriber.id)
    if active is not None:
        end(active, reason, now)
        await session.flush()  # one is active at most
    plan = await get_plan(session, Scope.everything(), assignment.plan_id)
    zone = await zone_of(session, subscriber.host_id, conditions.default_zone)
    term = first_term(now, _validity(plan, zone))
    _start(subscriber, assignment, plan, term)
    await _count_from(session, subscriber, PeriodKind(plan.period), term, zone=zone, conditions=conditions)


async def renew(session: AsyncSession, subscriber: Subscriber, active: Assignment, conditions: Conditions) -> None:
    """Follow an assignment that is over by one like it."""
    plan = await get_plan(session, Scope.everything(), active.plan_id)
    zone = await zone_of(session, subscriber.host_id, conditions.default_zone)
    began = active.started_at or active.created_at
    before = Term(began, active.first_started_at or began, active.renewals, active.valid_until)
    term = renewed_term(before, _validity(plan, zone), conditions.clock.now())
    following = new_assignment(subscriber.id, active.plan_id, clock=conditions.clock)
    for name in ("renews", "quota_bytes", "rate_up_bps", "rate_down_bps", "max_sessions", "note"):
        setattr(following, name, getattr(active, name))
    end(active, EndReason.RENEWED, term.start)
    await session.flush()
    _start(subscriber, following, plan, term)
    await repository.add_assignment(session, following)
    await _count_from(session, subscriber, PeriodKind(plan.period), term, zone=zone, conditions=conditions)


def end(active: Assignment, reason: EndReason, at: datetime) -> None:
    """The assignment is over."""
    cancelled = reason is EndReason.CANCELLED
    active.state = (AssignmentState.CANCELLED if cancelled else AssignmentState.ENDED).value
    active.end_reason, active.ended_at = reason.value, at


def write_own_limits(subscriber: Subscriber, assignment: Assignment) -> None:
    """What the assignment has in place of the plan's limits holds from now on."""
    subscriber.own_quota_bytes = assignment.quota_bytes
    subscriber.own_rate_up_bps = assignment.rate_up_bps
    subscriber.own_rate_down_bps = assignment.rate_down_bps
    subscriber.own_max_sessions = assignment.max_sessions


def _validity(plan: Plan, zone: str) -> Validity:
    return Validity(plan.valid_for_s, plan.valid_for_months, zone)


def _start(subscriber: Subscriber, assignment: Assignment, plan: Plan, term: Term) -> None:
    waits = plan.valid_from_first_use and subscriber.first_used_at is None
    assignment.state = AssignmentState.ACTIVE.value
    assignment.started_at, assignment.first_started_at, assignment.renewals = (
        term.start,
        term.chain_start,
        term.renewals,
    )
    if not waits:
        assignment.valid_until = earlier(assignment.valid_until, term.end)
    subscriber.plan_id = assignment.plan_id
    subscriber.valid_until = assignment.valid_until
    subscriber.valid_for_s = plan.valid_for_s if waits else None
    write_own_limits(subscriber, assignment)


async def _count_from(
    session: AsyncSession, subscriber: Subscriber, kind: PeriodKind, term: Term, *, zone: str, conditions: Conditions
) -> None:
    """Have the quota's periods count from the term. Calendar periods go on as they were, with what was used in them."""
    since = counts_from(kind, term)
    begins_afresh = kind.runs_from_start and since != subscriber.period_since
    subscriber.period_since = since
    if begins_afresh:
        # The ledger knows quarters of an hour: what was used in this one before the term began is not to count against it.
        now = conditions.clock.now()
        period = current_period(kind, ZoneInfo(zone), now, since=since)
        subscriber.granted_bytes = await conditions.used_bytes(session, subscriber.id, quarter_of(period.start))
        subscriber.granted_until = period.end
    elif not kind.runs_from_start and subscriber.granted_until is None:
        subscriber.granted_bytes = 0  # it was good for the plan before
