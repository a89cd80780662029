"""Sessions and the ledger as people read them: lists in a scope, sums, and the comparison of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.tables import Host
from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.plans.tables import Plan
from spotfi_cloud.sessions import tables
from spotfi_cloud.storage.pages import AnyRow, AnySelect, PageQuery, Slice, Sorting, fetch_page
from spotfi_cloud.subscribers.tables import Subscriber

Session = tables.Session
UsageQuarter = tables.UsageQuarter
_MASK = "•••"
_SILENT_AFTER_INTERIMS = 3
_SILENT_AFTER_S = 900
_USUAL_INTERIM_S = 300
_MOST_AT_ONCE = 500


class RouterUsage(NamedTuple):
    """Bytes on one router."""

    router_id: UUID
    up_bytes: int
    down_bytes: int


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions are wanted; None = whichever."""

    open: bool | None = None
    router_id: UUID | None = None
    subscriber_id: UUID | None = None
    host_id: UUID | None = None
    since: datetime | None = None
    """Open then or later."""
    until: datetime | None = None
    """Begun before."""
    terminate_cause: str | None = None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with the names its reader may see."""

    session: tables.Session
    username: str
    subscriber_id: UUID | None


class Difference(NamedTuple):
    """A session and the sums of its ledger rows, where they differ."""

    session_id: UUID
    up_bytes: int
    down_bytes: int
    used_s: int
    ledger_up_bytes: int
    ledger_down_bytes: int
    ledger_s: int


def _view(row: AnyRow) -> SessionView:
    session, visible = row[0], row[1]
    if visible:
        return SessionView(session, session.username, session.subscriber_id)
    return SessionView(session, session.username[:1] + _MASK, None)


def _views(scope: Scope) -> AnySelect:
    """(session, whether its subscriber may be named) of the scope's routers."""
    own: ColumnElement[bool] = scope.limit(Subscriber.host_id)
    statement = select(Session, func.coalesce(own, False))
    joined = statement.outerjoin(Subscriber, Subscriber.id == Session.subscriber_id)
    return joined.where(scope.limit(Session.host_id))


async def list_sessions(
    session: AsyncSession, scope: Scope, wanted: SessionFilter, page: PageQuery
) -> Slice[SessionView]:
    statement = _views(scope)
    if wanted.open is not None:
        statement = statement.where(Session.ended_at.is_(None) if wanted.open else Session.ended_at.is_not(None))
    if wanted.router_id is not None:
        statement = statement.where(Session.router_id == wanted.router_id)
    if wanted.subscriber_id is not None:
        statement = statement.where(Session.subscriber_id == wanted.subscriber_id)
        statement = statement.where(scope.limit(Subscriber.host_id))
    if wanted.host_id is not None:
        statement = statement.where(Session.host_id == wanted.host_id)
    statement = statement.where(*_when_and_why(wanted))
    return await fetch_page(session, statement, page, Sorting(Session.id, (Session.id,)), make=_view)


def _when_and_why(wanted: SessionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(or_(Session.ended_at.is_(None), Session.ended_at >= wanted.since))
    if wanted.until is not None:
        conditions.append(Session.started_at < wanted.until)
    if wanted.terminate_cause is not None:
        conditions.append(Session.terminate_cause == wanted.terminate_cause)
    return conditions


async def find_session(session: AsyncSession, scope: Scope, session_id: UUID) -> SessionView | None:
    row = (await session.execute(_views(scope).where(Session.id == session_id))).first()
    return None if row is None else _view(row)


_LOST = {"ended_at": Session.updated_at, "terminate_cause": "lost-contact"}


async def end_silent(session: AsyncSession, now: datetime) -> list[UUID]:
    interval_s = func.coalesce(Plan.interim_interval_s, _USUAL_INTERIM_S)
    silent_s = func.greatest(_SILENT_AFTER_S, _SILENT_AFTER_INTERIMS * interval_s)
    silent = (
        select(Session.id)
        .outerjoin(Subscriber, Subscriber.id == Session.subscriber_id)
        .outerjoin(Plan, Plan.id == Subscriber.plan_id)
        .where(Session.ended_at.is_(None), Session.heard_at < now - func.make_interval(0, 0, 0, 0, 0, 0, silent_s))
        .order_by(Session.router_id, Session.acct_session_id, Session.username)
        .limit(_MOST_AT_ONCE)
        .with_for_update(of=Session, key_share=True, skip_locked=True)
    )
    return await _end(session, silent)


async def end_replaced(session: AsyncSession) -> list[UUID]:
    """Those whose device has a newer session on the same router since they were last heard of."""
    newer = aliased(Session)
    replaced = exists().where(
        newer.router_id == Session.router_id,
        newer.subscriber_id == Session.subscriber_id,
        newer.calling_station_id == Session.calling_station_id,
        newer.ended_at.is_(None),
        newer.started_at > Session.heard_at,
    )
    left_open = (
        select(Session.id)
        .where(Session.ended_at.is_(None), Session.calling_station_id != "", replaced)
        .order_by(Session.router_id, Session.acct_session_id, Session.username)
        .limit(_MOST_AT_ONCE)
        .with_for_update(of=Session, key_share=True, skip_locked=True)
    )
    return await _end(session, left_open)


async def _end(session: AsyncSession, which: Select[UUID]) -> list[UUID]:
    ids = list(await session.scalars(which))
    if ids:
        await session.execute(update(Session).where(Session.id.in_(ids)).values(_LOST))
    return ids


async def end_lost(session: AsyncSession, session_id: UUID) -> None:
    await session.execute(update(Session).where(Session.id == session_id, Session.ended_at.is_(None)).values(_LOST))


def _sums(*conditions: ColumnElement[bool]) -> AnySelect:
    """(router, bytes up, bytes down) of the ledger's rows, by router. Sums of bigint are numeric: turned back."""
    up, down = func.sum(UsageQuarter.up_bytes), func.sum(UsageQuarter.down_bytes)
    statement = select(UsageQuarter.router_id, up, down).where(*conditions)
    return statement.group_by(UsageQuarter.router_id).order_by(UsageQuarter.router_id)


async def sum_of_host(session: AsyncSession, host_id: UUID, start: datetime, end: datetime) -> list[RouterUsage]:
    quarter = UsageQuarter.quarter_start
    rows = await session.execute(_sums(UsageQuarter.host_id == host_id, quarter >= start, quarter < end))
    return [RouterUsage(router_id, int(up), int(down)) for router_id, up, down in rows]


async def sum_of_router(
    session: AsyncSession, host_id: UUID, router_id: UUID, start: datetime, end: datetime
) -> list[RouterUsage]:
    quarter, of_router = UsageQuarter.quarter_start, UsageQuarter.router_id == router_id
    rows = await session.execute(_sums(UsageQuarter.host_id == host_id, of_router, quarter >= start, quarter < end))
    return [RouterUsage(found, int(up), int(down)) for found, up, down in rows]


async def count_open(session: AsyncSession, scope: Scope) -> int:
    open_here = (
        select(func.count()).select_from(Session).where(Session.ended_at.is_(None), scope.limit(Session.host_id))
    )
    return await session.scalar(open_here) or 0


async def sum_by_quarter(session: AsyncSession, scope: Scope, start: datetime) -> list[tuple[datetime, int, int]]:
    """(quarter, bytes up, bytes down) since `start`, oldest first; quarters without usage are left out."""
    quarter = UsageQuarter.quarter_start
    sums = select(quarter, func.sum(UsageQuarter.up_bytes), func.sum(UsageQuarter.down_bytes))
    # Host by host even where every host is meant: the ledger's index begins with the host.
    hosts = select(Host.id).where(scope.limit(Host.id))
    wanted = sums.where(quarter >= start, UsageQuarter.host_id.in_(hosts)).group_by(quarter).order_by(quarter)
    return [(at, int(up), int(down)) for at, up, down in await session.execute(wanted)]


async def sum_of_subscriber(session: AsyncSession, subscriber_id: UUID, period: Period) -> list[RouterUsage]:
    conditions = [UsageQuarter.subscriber_id == subscriber_id, UsageQuarter.quarter_start >= period.start]
    if period.end is not None:
        conditions.append(UsageQuarter.quarter_start < period.end)
    rows = await session.execute(_sums(*conditions))
    return [RouterUsage(router_id, int(up), int(down)) for router_id, up, down in rows]


async def sum_time_of_subscriber(session: AsyncSession, subscriber_id: UUID, period: Period) -> int:
    conditions = [UsageQuarter.subscriber_id == subscriber_id, UsageQuarter.quarter_start >= period.start]
    if period.end is not None:
        conditions.append(UsageQuarter.quarter_start < period.end)
    return int(await session.scalar(select(func.sum(UsageQuarter.used_s)).where(*conditions)) or 0)


async def find_differences(session: AsyncSession) -> list[Difference]:
    ledger = (
        select(
            UsageQuarter.session_id,
            func.sum(UsageQuarter.up_bytes).label("up_bytes"),
            func.sum(UsageQuarter.down_bytes).label("down_bytes"),
            func.sum(UsageQuarter.used_s).label("used_s"),
        )
        .group_by(UsageQuarter.session_id)
        .subquery()
    )
    counted = (Session.up_bytes, Session.down_bytes, Session.used_s)
    booked = [func.coalesce(column, 0) for column in (ledger.c.up_bytes, ledger.c.down_bytes, ledger.c.used_s)]
    statement = (
        select(Session.id, *counted, *booked)
        .outerjoin(ledger, ledger.c.session_id == Session.id)
        .where(or_(*(one != other for one, other in zip(counted, booked, strict=True))))
        .order_by(Session.id)
    )
    return [Difference(row[0], *map(int, row[1:])) for row in await session.execute(statement)]


async def all_of_subscriber(session: AsyncSession, subscriber_id: UUID) -> Sequence[Session]:
    """Every session of a subscriber, oldest first."""
    mine = select(Session).where(Session.subscriber_id == subscriber_id).order_by(Session.id)
    return (await session.scalars(mine)).all()


async def unsettled_of_subscriber(session: AsyncSession, subscriber_id: UUID, since: datetime) -> bool:
    """Whether a session of the subscriber is open, or was heard of since."""
    alive = or_(Session.ended_at.is_(None), Session.heard_at > since)
    return (
        await session.scalar(select(Session.id).where(Session.subscriber_id == subscriber_id, alive).limit(1))
        is not None
    )


async def strip_sessions(session: AsyncSession, subscriber_id: UUID, username: str) -> None:
    """Take name, device and addresses out of a subscriber's sessions; what they used stays."""
    nothing = dict.fromkeys(("calling_station_id", "framed_ip", "login"), "")
    mine = update(Session).where(Session.subscriber_id == subscriber_id)
    await session.execute(mine.values(username=username, **nothing))


async def find_first_uses(
    session: AsyncSession, made_since: datetime | None, limit: int
) -> list[tuple[UUID, datetime, UUID]]:
    """(subscriber, start, router) of the first sessions of subscribers who are not known to have had one.

    Only sessions made since the instant are looked at (their ids begin with their milliseconds); None: all.
    """
    first = (Session.subscriber_id, Session.started_at, Session.router_id)
    unused = Subscriber.first_used_at.is_(None)
    if made_since is not None:
        bound = UUID(int=int(made_since.timestamp() * 1000) << 80)
        recent = select(*first).join(Subscriber, Subscriber.id == Session.subscriber_id).where(unused)
        statement = recent.where(Session.id >= bound).ext(distinct_on(Session.subscriber_id))
        statement = statement.order_by(Session.subscriber_id, Session.started_at).limit(limit)
    else:
        of_one = select(*first).where(Session.subscriber_id == Subscriber.id).order_by(Session.id).limit(1).lateral()
        statement = select(of_one).select_from(Subscriber).join(of_one, true()).where(unused).limit(limit)
    return [(who, at, where) for who, at, where in await session.execute(statement) if who is not None]
