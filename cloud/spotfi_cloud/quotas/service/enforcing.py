"""Enforcements: sessions that must end, from the wish to its proof."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.quotas.repository import enforcements
from spotfi_cloud.quotas.repository.enforcements import DueEnforcement, EnforcementView
from spotfi_cloud.quotas.rules import EnforcementState
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.notify import Channel, announce


async def disconnect_session(session: AsyncSession, scope: Scope, session_id: UUID, *, clock: Clock) -> EnforcementView:
    """Have a session of the scope end; the same enforcement where one is under way. ConflictError if it has ended."""
    found = await sessions.get_session(session, scope, session_id)
    if found.session.ended_at is not None:
        msg = "This session has ended already."
        raise ConflictError(msg)
    await enforcements.add_manual(session, session_id, found.session.subscriber_id, clock.now())
    await announce(session, Channel.ENFORCEMENT, str(found.session.subscriber_id or ""))
    return (await enforcements.list_of_sessions(session, [session_id]))[session_id]


async def enforcement_of(session: AsyncSession, scope: Scope, session_id: UUID) -> EnforcementView | None:
    """The latest enforcement of a session of the scope; None where it never had one. NotFoundError for any other session."""
    await sessions.get_session(session, scope, session_id)
    return (await enforcements.list_of_sessions(session, [session_id])).get(session_id)


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


async def record_answer(session: AsyncSession, enforcement_id: UUID, state: EnforcementState, answer: str) -> None:
    """What came of an attempt; nothing where the session's end has been proved meanwhile."""
    await enforcements.set_answer(session, enforcement_id, state, answer)


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
