"""Enforcements: sessions that must end or get other limits, from the wish to its proof."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.quotas.repository import balances, enforcements
from spotfi_cloud.quotas.repository.enforcements import DueEnforcement, EnforcementView
from spotfi_cloud.quotas.rules import Action, EnforcementState, Reason, gives_up
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.notify import Channel, announce


async def disconnect_session(session: AsyncSession, scope: Scope, session_id: UUID, *, clock: Clock) -> EnforcementView:
    """Have a session of the scope end; the same enforcement where one is under way. ConflictError if it has ended."""
    return await _add_manual(session, scope, session_id, Action.DISCONNECT, clock)


async def tell_limits(session: AsyncSession, scope: Scope, session_id: UUID, *, clock: Clock) -> EnforcementView:
    """Have the NAS of a session of the scope told what holds now; the same change where one is under way.

    ConflictError if the session has ended, or is nobody's whose limits are known.
    """
    return await _add_manual(session, scope, session_id, Action.CHANGE, clock)


async def _add_manual(
    session: AsyncSession, scope: Scope, session_id: UUID, action: Action, clock: Clock
) -> EnforcementView:
    found = (await sessions.get_session(session, scope, session_id)).session
    if found.ended_at is not None:
        msg = "This session has ended already."
        raise ConflictError(msg)
    if action is Action.CHANGE and found.subscriber_id is None:
        msg = "This session's user is no subscriber of this installation, so no limits are known."
        raise ConflictError(msg)
    await enforcements.add_one(session, session_id, found.subscriber_id, (action, Reason.MANUAL), clock.now())
    await announce(session, Channel.ENFORCEMENT, str(found.subscriber_id or ""))
    return (await enforcements.list_of_sessions(session, [session_id], action))[session_id]


async def enforcement_of(
    session: AsyncSession, scope: Scope, session_id: UUID, action: Action
) -> EnforcementView | None:
    """The latest one of a session of the scope; None where it never had one. NotFoundError for any other session."""
    await sessions.get_session(session, scope, session_id)
    return (await enforcements.list_of_sessions(session, [session_id], action)).get(session_id)


async def claim_due(session: AsyncSession, *, clock: Clock, limit: int) -> list[DueEnforcement]:
    """Enforcements whose time has come, their attempt counted and the next one set: no other worker gets them meanwhile."""
    now = clock.now()
    due = await enforcements.lock_due(session, now, limit)
    for item in due:
        item.attempts += 1
    await enforcements.plan_next(session, due, now)
    return due


async def next_due_at(session: AsyncSession) -> datetime | None:
    """When the next attempt is to be made; None where nothing waits."""
    return await enforcements.next_due_at(session)


async def end_unthrottled(session: AsyncSession, item: DueEnforcement, *, clock: Clock) -> None:
    """End a session whose NAS cannot slow it down, or does not answer: the next login is at the throttled speed."""
    await enforcements.add_one(
        session, item.session_id, item.subscriber_id, (Action.DISCONNECT, Reason.QUOTA), clock.now()
    )
    await announce(session, Channel.ENFORCEMENT, str(item.subscriber_id or ""))


async def drop_needless(
    session: AsyncSession, due: Sequence[DueEnforcement], *, clock: Clock
) -> Sequence[DueEnforcement]:
    """Of the claimed ones those that still are to be made: a session that could not be ended for its quota may go on where
    there is quota again by now. What is tried for the first time is not asked about."""
    retried = {item.subscriber_id for item in due if _is_retry_for_quota(item)}
    if not retried:
        return due
    used_up = await balances.find_used_up(session, {each for each in retried if each is not None}, clock.now())
    kept = [item for item in due if not _is_retry_for_quota(item) or item.subscriber_id in used_up]
    for item in due:
        if item not in kept:
            await enforcements.set_answer(session, item, EnforcementState.LAPSED, "there is quota again")
    return kept


def _is_retry_for_quota(item: DueEnforcement) -> bool:
    return item.attempts > 1 and item.action == Action.DISCONNECT and item.reason == Reason.QUOTA


async def record_answer(session: AsyncSession, item: DueEnforcement, state: EnforcementState, answer: str) -> None:
    """What came of an attempt; nothing where it is done or began anew meanwhile. A change is given up after some attempts."""
    if is_given_up(item, state):
        state, answer = EnforcementState.GAVE_UP, f"{answer}; the new limits hold from the next login"
    await enforcements.set_answer(session, item, state, answer)


def is_given_up(item: DueEnforcement, state: EnforcementState) -> bool:
    """Whether a change that got so far is tried no more."""
    unanswered = state in (EnforcementState.SENT, EnforcementState.UNREACHABLE)
    return item.action == Action.CHANGE and unanswered and gives_up(item.attempts, item.reason)


async def enforce_disabled(session: AsyncSession, *, clock: Clock) -> int:
    """Have the open sessions of disabled subscribers end, where they are not about to; how many."""
    return await enforcements.add_for_disabled(session, clock.now())


async def end_silent_sessions(session: AsyncSession, *, clock: Clock) -> int:
    """End sessions whose NAS has missed three updates; what was to end them lapses. How many: 0 when none are left."""
    ended = await sessions.end_silent_sessions(session, clock=clock)
    await enforcements.lapse(session, ended)
    return len(ended)


async def end_lost_session(session: AsyncSession, session_id: UUID) -> None:
    """End a session its NAS knows nothing of, at the time it was last heard of; what was to end it lapses."""
    await sessions.end_lost_session(session, session_id)
    await enforcements.lapse(session, [session_id])
