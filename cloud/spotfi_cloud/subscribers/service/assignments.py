"""Assignments: which plan a subscriber has, had and will have. One at a time is active.

Changing the present one is extending it, or giving this one subscriber other limits than the plan's; cancelling it lets the
next queued one begin. When one is over, `follow_up`, called by the worker, renews it or begins the next.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError, RejectedError
from spotfi_cloud.plans.service import get_plan_for
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.subscribers.repository import accounts
from spotfi_cloud.subscribers.repository import assignments as repository
from spotfi_cloud.subscribers.repository.accounts import Subscriber
from spotfi_cloud.subscribers.repository.assignments import Assignment
from spotfi_cloud.subscribers.rules import AssignmentState, EndReason
from spotfi_cloud.subscribers.service.accounts import get_subscriber
from spotfi_cloud.subscribers.service.activation import activate, end, new_assignment, renew, write_own_limits
from spotfi_cloud.subscribers.service.conditions import Conditions

__all__ = [
    "Assignment",
    "FirstUse",
    "NewAssignment",
    "assign_plan",
    "cancel_assignment",
    "change_assignment",
    "follow_up",
    "list_assignments",
    "note_first_uses",
]
_OWN_LIMITS = ("quota_bytes", "rate_up_bps", "rate_down_bps", "max_sessions")
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """What is to be assigned. `starts_at`, of a queued one: its day; None: when the present one ends. `own`: own limits."""

    plan_id: UUID
    start: Literal["now", "queue"]
    starts_at: datetime | None
    valid_until: datetime | None
    renews: bool
    own: dict[str, int | None]
    note: str


@dataclass(frozen=True, slots=True)
class FirstUse:
    """A subscriber's first session: when and where."""

    subscriber_id: UUID
    at: datetime
    router_id: UUID


async def list_assignments(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, page: PageQuery
) -> Slice[Assignment]:
    """The subscriber's assignments, latest first. NotFoundError for a subscriber outside the scope."""
    await get_subscriber(session, scope, subscriber_id)
    return await repository.list_assignments(session, subscriber_id, page)


async def assign_plan(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, wanted: NewAssignment, conditions: Conditions
) -> Assignment:
    """Begin a plan now, in place of the present one, or queue it. NotFoundError names `plan_id`, RejectedError an instant
    that has passed."""
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    await get_plan_for(session, scope, wanted.plan_id, subscriber.host_id)
    _require_future(wanted.valid_until, conditions.clock)
    assignment = new_assignment(subscriber.id, wanted.plan_id, clock=conditions.clock)
    assignment.starts_at, assignment.valid_until = wanted.starts_at, wanted.valid_until
    assignment.renews, assignment.note = wanted.renews, wanted.note
    for name in _OWN_LIMITS:
        setattr(assignment, name, wanted.own.get(name))
    await repository.add_assignment(session, assignment)
    present = await repository.find_active(session, subscriber.id)
    if wanted.start == "now" or (present is None and wanted.starts_at is None):
        await activate(session, subscriber, assignment, EndReason.REPLACED, conditions)
    await _tell(session)
    return assignment


async def change_assignment(
    session: AsyncSession,
    scope: Scope,
    subscriber_id: UUID,
    assignment_id: UUID,
    changes: dict[str, Any],
    *,
    conditions: Conditions,
) -> Assignment:
    """Change `valid_until`, `renews`, `note` or the own limits of an assignment that is active or queued.

    One that expired and that nothing followed is active again once its end is moved into the future.
    """
    subscriber, assignment = await _find(session, scope, subscriber_id, assignment_id)
    if "valid_until" in changes:
        _require_future(changes["valid_until"], conditions.clock)
    state = AssignmentState(assignment.state)
    if state not in {AssignmentState.ACTIVE, AssignmentState.QUEUED}:
        await _reopen(session, assignment, changes)
        state = AssignmentState.ACTIVE
    for name, value in changes.items():
        setattr(assignment, name, value)
    if state is AssignmentState.ACTIVE:
        subscriber.valid_until = assignment.valid_until
        write_own_limits(subscriber, assignment)
    await _tell(session)
    return assignment


async def cancel_assignment(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, assignment_id: UUID, conditions: Conditions
) -> Assignment:
    """End an assignment at once; a queued one never begins. After the active one the next queued one begins; without one,
    the subscriber may log in no more and their sessions end. ConflictError where it is over already."""
    subscriber, assignment = await _find(session, scope, subscriber_id, assignment_id)
    now = conditions.clock.now()
    state = AssignmentState(assignment.state)
    if state not in {AssignmentState.ACTIVE, AssignmentState.QUEUED}:
        msg = "This assignment is over already."
        raise ConflictError(msg)
    end(assignment, EndReason.CANCELLED, now)
    await session.flush()
    if state is AssignmentState.ACTIVE:
        following = await repository.find_next(session, subscriber.id, now)
        if following is None:
            subscriber.valid_until, subscriber.valid_for_s = now, None
        else:
            await activate(session, subscriber, following, EndReason.REPLACED, conditions)
    await _tell(session)
    return assignment


async def follow_up(session: AsyncSession, conditions: Conditions) -> int:
    """End assignments whose time is over, renew those that renew by themselves, begin the queued ones whose turn it is.

    How many subscribers that concerned: 0 when nothing is left to do.
    """
    now = conditions.clock.now()
    ended = await repository.end_those_with_nothing_after(session, now)
    due = await repository.find_due(session, now, _AT_ONCE)
    for subscriber_id in due:
        await _follow(session, subscriber_id, conditions)
    if ended or due:
        await _tell(session)
    return len(ended) + len(due)


async def note_first_uses(session: AsyncSession, uses: list[FirstUse]) -> int:
    """Write down where and when accounts were first used; validity from the first use begins. How many are new."""
    by_subscriber = {use.subscriber_id: use for use in uses}
    unused = [by_subscriber[each] for each in await accounts.lock_unused(session, list(by_subscriber))]
    rows = [{"id": use.subscriber_id, "at": use.at, "router_id": use.router_id} for use in unused]
    if rows and await accounts.set_first_uses(session, rows):
        await _tell(session)
    return len(rows)


async def _follow(session: AsyncSession, subscriber_id: UUID, conditions: Conditions) -> None:
    subscriber = await get_subscriber(session, Scope.everything(), subscriber_id, lock=True)
    now = conditions.clock.now()
    active = await repository.find_active(session, subscriber_id)
    following = await repository.find_next(session, subscriber_id, now)
    is_over = active is not None and active.valid_until is not None and active.valid_until <= now
    if following is not None and (is_over or active is None or following.starts_at is not None):
        await activate(session, subscriber, following, EndReason.EXPIRED if is_over else EndReason.REPLACED, conditions)
    elif active is not None and is_over and active.renews:
        await renew(session, subscriber, active, conditions)
    elif active is not None and is_over:  # what follows it has a day of its own, later
        end(active, EndReason.EXPIRED, active.valid_until or now)


async def _reopen(session: AsyncSession, assignment: Assignment, changes: dict[str, Any]) -> None:
    latest = await repository.find_latest(session, assignment.subscriber_id)
    extended = "valid_until" in changes and assignment.end_reason == EndReason.EXPIRED
    if not extended or latest is None or latest.id != assignment.id:
        msg = "This assignment is over. Assign a plan anew."
        raise ConflictError(msg)
    assignment.state, assignment.ended_at, assignment.end_reason = AssignmentState.ACTIVE.value, None, None


async def _find(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, assignment_id: UUID
) -> tuple[Subscriber, Assignment]:
    subscriber = await get_subscriber(session, scope, subscriber_id, lock=True)
    assignment = await repository.find_assignment(session, subscriber_id, assignment_id)
    if assignment is None:
        msg = "There is no assignment with this id."
        raise NotFoundError(msg)
    return subscriber, assignment


def _require_future(instant: datetime | None, clock: Clock) -> None:
    if instant is not None and instant <= clock.now():
        msg = "This instant has passed. To end an assignment now, cancel it."
        raise RejectedError(msg, field="valid_until")


async def _tell(session: AsyncSession) -> None:
    await announce(session, Channel.ACCESS, "subscriber")
