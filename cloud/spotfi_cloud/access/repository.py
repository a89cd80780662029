"""Login attempts and counts in the database: written in batches by `radius`, read in a scope by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.access import tables
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import AnyRow, PageQuery, Slice, Sorting, fetch_page
from spotfi_cloud.subscribers.tables import Subscriber

LoginAttempt = tables.LoginAttempt
RadiusCount = tables.RadiusCount
_ACCEPTED = "accepted"
_MASK = "•••"
_MOST_AT_ONCE = 5000


class Count(NamedTuple):
    """How often requests of a router came to an outcome."""

    router_id: UUID
    port: str
    outcome: str
    answered: bool
    requests: int


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts are wanted; None = whichever."""

    username: str | None = None
    router_id: UUID | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt with the names its reader may see."""

    attempt: tables.LoginAttempt
    username: str
    subscriber_id: UUID | None


def _view(row: AnyRow) -> AttemptView:
    attempt, visible = row[0], row[1]
    if visible:
        return AttemptView(attempt, attempt.username, attempt.subscriber_id)
    return AttemptView(attempt, attempt.username[:1] + _MASK, None)


async def list_attempts(
    session: AsyncSession, scope: Scope, wanted: AttemptFilter, page: PageQuery
) -> Slice[AttemptView]:
    visible = or_(LoginAttempt.subscriber_id.is_(None), scope.limit(Subscriber.host_id))
    statement = select(LoginAttempt, func.coalesce(visible, False))
    statement = statement.outerjoin(Subscriber, Subscriber.id == LoginAttempt.subscriber_id)
    statement = statement.where(scope.limit(LoginAttempt.host_id))
    if wanted.username is not None:
        statement = statement.where(LoginAttempt.username == wanted.username, visible)
    if wanted.router_id is not None:
        statement = statement.where(LoginAttempt.router_id == wanted.router_id)
    if wanted.outcome is not None:
        statement = statement.where(LoginAttempt.outcome == wanted.outcome)
        if wanted.outcome != _ACCEPTED:
            statement = statement.where(text(f"login_attempts.{tables.IS_REFUSED}"))
    return await fetch_page(session, statement, page, Sorting(LoginAttempt.id, (LoginAttempt.id,)), make=_view)


async def find_last_attempt(
    session: AsyncSession, router_id: UUID, calling_station_ids: Sequence[str], since: UUID
) -> tables.LoginAttempt | None:
    """The newest attempt of a device on a router whose id sorts after `since`."""
    statement = select(LoginAttempt).where(
        LoginAttempt.id > since,
        LoginAttempt.router_id == router_id,
        LoginAttempt.calling_station_id.in_(calling_station_ids),
    )
    return await session.scalar(statement.order_by(LoginAttempt.id.desc()).limit(1))


async def delete_attempts_before(session: AsyncSession, bound: UUID) -> int:
    """Delete some of the attempts whose id sorts before `bound`; how many."""
    some = select(LoginAttempt.id).where(LoginAttempt.id < bound).order_by(LoginAttempt.id).limit(_MOST_AT_ONCE)
    deleted = delete(LoginAttempt).where(LoginAttempt.id.in_(some)).returning(LoginAttempt.id)
    return len(list(await session.execute(deleted)))


async def add_counts(session: AsyncSession, counts: Sequence[Count], now: datetime) -> None:
    columns = ("router_id", "port", "outcome", "answered", "count", "last_at")
    values = [dict(zip(columns, (*count, now), strict=True)) for count in sorted(counts)]
    statement = insert(RadiusCount).values(values)
    grown = {"count": RadiusCount.count + statement.excluded.count, "last_at": now}
    key = ["router_id", "port", "outcome", "answered"]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=grown))


async def list_counts(session: AsyncSession, router_id: UUID) -> list[tables.RadiusCount]:
    key = (RadiusCount.port, RadiusCount.outcome)
    return list(await session.scalars(select(RadiusCount).where(RadiusCount.router_id == router_id).order_by(*key)))


async def delete_attempts_of(session: AsyncSession, username: str) -> None:
    """Forget every attempt with this name."""
    await session.execute(delete(tables.LoginAttempt).where(tables.LoginAttempt.username == username))
