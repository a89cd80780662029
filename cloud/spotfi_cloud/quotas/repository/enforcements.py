"""Enforcements, for people and for the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.rules import EnforcementState, Reason, retry_delay_s
from spotfi_cloud.routers.tables import RouterKey
from spotfi_cloud.sessions.tables import Session
from spotfi_cloud.subscribers.tables import Subscriber

Enforcement = tables.Enforcement
_UNDER_WAY = text("enforcements.state NOT IN ('proved', 'lapsed')")


class EnforcementView(NamedTuple):
    """How far ending a session got."""

    reason: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime
    proved_at: datetime | None


class EnforcedSession(NamedTuple):
    """A subscriber's open session, and its enforcement where there is one."""

    session_id: UUID
    router_id: UUID
    enforcement: EnforcementView | None


@dataclass(slots=True)
class DueEnforcement:
    """An enforcement to be tried now, with what its NAS knows the session by."""

    enforcement_id: UUID
    attempts: int
    last_answer: str
    session_id: UUID
    router_id: UUID
    username: str
    acct_session_id: str
    calling_station_id: str
    framed_ip: str
    nas_address: str
    has_agent: bool

    @property
    def retry_in_s(self) -> int:
        """Seconds from this attempt to the next."""
        return retry_delay_s(self.attempts, through_agent=self.has_agent)


async def list_open_sessions(session: AsyncSession, subscriber_id: UUID) -> list[EnforcedSession]:
    statement = select(Session.id, Session.router_id)
    open_ones = statement.where(Session.subscriber_id == subscriber_id, Session.ended_at.is_(None))
    rows = list(await session.execute(open_ones.order_by(Session.id)))
    enforced = await list_of_sessions(session, [row[0] for row in rows])
    return [EnforcedSession(session_id, router_id, enforced.get(session_id)) for session_id, router_id in rows]


async def list_of_sessions(session: AsyncSession, session_ids: Sequence[UUID]) -> dict[UUID, EnforcementView]:
    statement = select(Enforcement).where(Enforcement.session_id.in_(session_ids))
    found = await session.scalars(statement.order_by(Enforcement.created_at))
    return {item.session_id: _view(item) for item in found}


def _view(item: tables.Enforcement) -> EnforcementView:
    return EnforcementView(
        item.reason,
        item.state,
        item.attempts,
        item.answer,
        item.created_at,
        item.attempted_at,
        item.next_attempt_at,
        item.proved_at,
    )


def _new_values(session_id: UUID, subscriber_id: UUID | None, reason: Reason, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "session_id": session_id,
        "subscriber_id": subscriber_id,
        "reason": reason.value,
        "state": EnforcementState.PENDING.value,
        "attempts": 0,
        "answer": "",
        "created_at": now,
        "next_attempt_at": now,
    }


async def add_manual(session: AsyncSession, session_id: UUID, subscriber_id: UUID | None, now: datetime) -> None:
    values = _new_values(session_id, subscriber_id, Reason.MANUAL, now)
    statement = insert(Enforcement).values(values)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["session_id"], index_where=_UNDER_WAY))


async def lock_due(session: AsyncSession, now: datetime, limit: int) -> list[DueEnforcement]:
    has_agent = exists().where(RouterKey.router_id == Session.router_id, RouterKey.revoked_at.is_(None))
    statement = (
        select(
            Enforcement.id,
            Enforcement.attempts,
            Enforcement.answer,
            Session.id,
            Session.router_id,
            Session.username,
            Session.acct_session_id,
            Session.calling_station_id,
            Session.framed_ip,
            Session.nas_address,
            has_agent,
        )
        .join(Session, Session.id == Enforcement.session_id)
        .where(_UNDER_WAY, Enforcement.next_attempt_at <= now)
        .order_by(Enforcement.next_attempt_at)
        .limit(limit)
        .with_for_update(of=Enforcement, skip_locked=True)
    )
    return [DueEnforcement(*row) for row in await session.execute(statement)]


async def plan_next(session: AsyncSession, due: Sequence[DueEnforcement], now: datetime) -> None:
    """Count an attempt made now for each, and set the next one."""
    for delay_s in sorted({item.retry_in_s for item in due}):
        ids = [item.enforcement_id for item in due if item.retry_in_s == delay_s]
        values = {
            "attempts": Enforcement.attempts + 1,
            "attempted_at": now,
            "next_attempt_at": now + timedelta(seconds=delay_s),
        }
        await session.execute(update(Enforcement).where(Enforcement.id.in_(ids)).values(values))


async def next_due_at(session: AsyncSession) -> datetime | None:
    statement = select(func.min(Enforcement.next_attempt_at)).where(_UNDER_WAY)
    return await session.scalar(statement)


async def set_answer(session: AsyncSession, enforcement_id: UUID, state: EnforcementState, answer: str) -> None:
    unproved = update(Enforcement).where(Enforcement.id == enforcement_id, _UNDER_WAY)
    await session.execute(unproved.values(state=state.value, answer=answer))


async def lapse(session: AsyncSession, session_ids: Sequence[UUID]) -> None:
    ended = update(Enforcement).where(Enforcement.session_id.in_(session_ids), _UNDER_WAY)
    await session.execute(ended.values(state=EnforcementState.LAPSED.value))


async def add_for_disabled(session: AsyncSession, now: datetime) -> int:
    """Enforcements for the open sessions of subscribers who are disabled; how many are new."""
    open_ones = (
        select(Session.id, Session.subscriber_id)
        .join(Subscriber, Subscriber.id == Session.subscriber_id)
        .where(Session.ended_at.is_(None), Subscriber.disabled_at.is_not(None))
    )
    rows = [_new_values(row[0], row[1], Reason.DISABLED, now) for row in await session.execute(open_ones)]
    if not rows:
        return 0
    statement = insert(Enforcement).values(rows)
    statement = statement.on_conflict_do_nothing(index_elements=["session_id"], index_where=_UNDER_WAY)
    return len(list(await session.execute(statement.returning(Enforcement.id))))
