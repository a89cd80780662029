"""Enforcements, for people and for the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.rules import Action, EnforcementState, Reason, retry_delay_s
from spotfi_cloud.routers.tables import RouterKey
from spotfi_cloud.sessions.tables import Session
from spotfi_cloud.storage.pages import AnySelect
from spotfi_cloud.subscribers.tables import Subscriber

Enforcement = tables.Enforcement
_UNDER_WAY = text(tables.UNDER_WAY)
_ONE_UNDER_WAY: dict[str, Any] = {"index_elements": ["session_id", "action"], "index_where": _UNDER_WAY}


class EnforcementView(NamedTuple):
    """How far ending a session, or telling its NAS new limits, got."""

    reason: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime
    proved_at: datetime | None


class EnforcedSession(NamedTuple):
    """A subscriber's open session; its end, and the last change of its limits, where there are such."""

    session_id: UUID
    router_id: UUID
    enforcement: EnforcementView | None
    change: EnforcementView | None


@dataclass(slots=True)
class DueEnforcement:
    """An enforcement to be tried now, with what its NAS knows the session by."""

    enforcement_id: UUID
    action: str
    reason: str
    created_at: datetime
    attempts: int
    last_answer: str
    subscriber_id: UUID | None
    session_id: UUID
    router_id: UUID
    username: str
    acct_session_id: str
    calling_station_id: str
    framed_ip: str
    nas_address: str
    started_at: datetime
    """When the session began."""
    session_up_bytes: int
    session_down_bytes: int
    session_time_s: int
    """What the NAS has counted so far."""
    has_agent: bool

    @property
    def retry_in_s(self) -> int:
        """Seconds from this attempt to the next."""
        return retry_delay_s(self.attempts, through_agent=self.is_kick)

    @property
    def is_kick(self) -> bool:
        """Whether the router's agent is told, and not the NAS."""
        return self.has_agent and self.action == Action.DISCONNECT


async def list_open_sessions(session: AsyncSession, subscriber_id: UUID) -> list[EnforcedSession]:
    statement = select(Session.id, Session.router_id)
    open_ones = statement.where(Session.subscriber_id == subscriber_id, Session.ended_at.is_(None))
    rows = list(await session.execute(open_ones.order_by(Session.id)))
    ids = [row[0] for row in rows]
    ends, changes = [await list_of_sessions(session, ids, action) for action in (Action.DISCONNECT, Action.CHANGE)]
    return [EnforcedSession(id_, router_id, ends.get(id_), changes.get(id_)) for id_, router_id in rows]


async def list_of_sessions(
    session: AsyncSession, session_ids: Sequence[UUID], action: Action
) -> dict[UUID, EnforcementView]:
    """The latest of that action, by session."""
    statement = select(Enforcement).where(Enforcement.session_id.in_(session_ids), Enforcement.action == action)
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


def new_values(
    session_id: UUID, subscriber_id: UUID | None, action: Action, reason: Reason, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "session_id": session_id,
        "subscriber_id": subscriber_id,
        "action": action.value,
        "reason": reason.value,
        "state": EnforcementState.PENDING.value,
        "attempts": 0,
        "answer": "",
        "created_at": now,
        "next_attempt_at": now,
    }


async def add_one(
    session: AsyncSession, session_id: UUID, subscriber_id: UUID | None, wanted: tuple[Action, Reason], now: datetime
) -> None:
    """Nothing where one of the action is under way."""
    values = new_values(session_id, subscriber_id, *wanted, now)
    await session.execute(insert(Enforcement).values(values).on_conflict_do_nothing(**_ONE_UNDER_WAY))


async def add_changes(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Changes of limits; one that is under way begins anew, so that what is answered are the newest limits."""
    statement = insert(Enforcement).values(list(rows))
    again = ("reason", "state", "attempts", "answer", "created_at", "next_attempt_at")
    anew = {name: statement.excluded[name] for name in again}
    await session.execute(statement.on_conflict_do_update(**_ONE_UNDER_WAY, set_=anew))


async def lock_due(session: AsyncSession, now: datetime, limit: int) -> list[DueEnforcement]:
    has_agent = exists().where(RouterKey.router_id == Session.router_id, RouterKey.revoked_at.is_(None))
    statement: AnySelect = (
        select(
            Enforcement.id,
            Enforcement.action,
            Enforcement.reason,
            Enforcement.created_at,
            Enforcement.attempts,
            Enforcement.answer,
            Enforcement.subscriber_id,
            Session.id,
            Session.router_id,
            Session.username,
            Session.acct_session_id,
            Session.calling_station_id,
            Session.framed_ip,
            Session.nas_address,
            Session.started_at,
            Session.known_up_bytes,
            Session.known_down_bytes,
            Session.session_time_s,
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


async def set_answer(session: AsyncSession, item: DueEnforcement, state: EnforcementState, answer: str) -> None:
    """Nothing where it is done, or has begun anew since it was claimed."""
    same = Enforcement.created_at == item.created_at
    unproved = update(Enforcement).where(Enforcement.id == item.enforcement_id, same, _UNDER_WAY)
    await session.execute(unproved.values(state=state.value, answer=answer))


async def lapse(session: AsyncSession, session_ids: Sequence[UUID]) -> None:
    ended = update(Enforcement).where(Enforcement.session_id.in_(session_ids), _UNDER_WAY)
    await session.execute(ended.values(state=EnforcementState.LAPSED.value))


async def add_for_disabled(session: AsyncSession, now: datetime) -> int:
    """Enforcements for the open sessions of subscribers who are disabled or no longer valid; how many are new."""
    disabled = Subscriber.disabled_at.is_not(None)
    open_ones = (
        select(Session.id, Session.subscriber_id, disabled)
        .join(Subscriber, Subscriber.id == Session.subscriber_id)
        .where(Session.ended_at.is_(None), or_(disabled, Subscriber.valid_until <= now))
    )
    rows = [
        new_values(row[0], row[1], Action.DISCONNECT, Reason.DISABLED if row[2] else Reason.VALIDITY, now)
        for row in await session.execute(open_ones)
    ]
    if not rows:
        return 0
    statement = insert(Enforcement).values(rows).on_conflict_do_nothing(**_ONE_UNDER_WAY)
    return len(list(await session.execute(statement.returning(Enforcement.id))))
