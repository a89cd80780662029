"""Sessions and the usage ledger: what accounting adds to them, and who may read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError
from spotfi_cloud.kernel.periods import Period, quarter_of
from spotfi_cloud.routers import service as routers
from spotfi_cloud.sessions import batch, repository
from spotfi_cloud.sessions.batch import UsageDelta
from spotfi_cloud.sessions.repository import RouterUsage, SessionFilter, SessionView
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind, fold
from spotfi_cloud.storage.pages import PageQuery, Slice

__all__ = [
    "NasRestart",
    "Recorded",
    "RouterUsage",
    "SessionFilter",
    "SessionView",
    "UsageDelta",
    "end_lost_session",
    "end_silent_sessions",
    "find_first_uses",
    "get_session",
    "get_sessions_of",
    "list_sessions",
    "record_accounting",
    "strip_sessions_of",
    "usage_by_router",
    "usage_of_host",
    "usage_of_router",
    "usage_of_subscriber",
    "verify",
]


@dataclass(frozen=True, slots=True)
class NasRestart:
    """Accounting-On or -Off: the NAS has no sessions any more that began before `at`."""

    router_id: UUID
    at: datetime
    cause: str


@dataclass(slots=True)
class Recorded:
    """What a batch of accounting did."""

    deltas: list[UsageDelta] = field(default_factory=list)
    """One per session and quarter that was touched, those of 0 bytes included."""
    opened: list[UUID] = field(default_factory=list)
    ended: list[UUID] = field(default_factory=list)
    refused_updates: int = 0


async def record_accounting(
    connection: psycopg.AsyncConnection, events: Sequence[AccountingEvent | NasRestart]
) -> Recorded:
    """Fold updates, in the order of their arrival, into sessions and ledger; a fixed number of statements per batch.

    Runs in the caller's transaction, which holds the touched sessions locked until it ends, and best in its pipeline. Safe to
    repeat: what is known adds nothing. psycopg's UniqueViolation asks for that.
    """
    recorded = Recorded()
    for is_restart, run in groupby(events, lambda event: isinstance(event, NasRestart)):
        if is_restart:
            for restart in run:
                assert isinstance(restart, NasRestart)
                ended = await batch.close_router(connection, restart.router_id, restart.at, restart.cause)
                recorded.ended.extend(ended)
        else:
            await _record_updates(connection, [event for event in run if isinstance(event, AccountingEvent)], recorded)
    return recorded


async def _record_updates(
    connection: psycopg.AsyncConnection, events: list[AccountingEvent], recorded: Recorded
) -> None:
    keyed = [(batch.key_of(event), event) for event in events]
    starting = {key for key, event in keyed if event.kind is EventKind.START}
    known = await batch.lock_sessions(connection, dict(keyed), starting)
    deltas: dict[tuple[UUID, datetime], UsageDelta] = {}
    for key, event in keyed:
        session = known[key]
        was_open = session.state.ended_at is None
        session.state, growth = fold(session.state, event)
        recorded.refused_updates += growth.refused
        if was_open and session.state.ended_at is not None:
            recorded.ended.append(session.session_id)
        delta = _delta(deltas, session, event)
        delta.up_bytes += growth.up_bytes
        delta.down_bytes += growth.down_bytes
    await batch.save_sessions(connection, known, deltas.values())
    recorded.opened.extend(session.session_id for session in known.values() if session.is_new)
    recorded.deltas.extend(deltas.values())


def _delta(
    deltas: dict[tuple[UUID, datetime], UsageDelta], session: batch.KnownSession, event: AccountingEvent
) -> UsageDelta:
    """The delta of the event's session and quarter, made where it is missing."""
    place = (session.session_id, quarter_of(event.event_at))
    if place not in deltas:
        deltas[place] = UsageDelta(*place, event.router_id, event.host_id, session.subscriber_id)
    return deltas[place]


async def list_sessions(
    session: AsyncSession, scope: Scope, wanted: SessionFilter, page: PageQuery
) -> Slice[SessionView]:
    """Sessions on the scope's routers, newest first; user names of others' subscribers masked for a Host."""
    return await repository.list_sessions(session, scope, wanted, page)


async def get_session(session: AsyncSession, scope: Scope, session_id: UUID) -> SessionView:
    """One session on the scope's routers. NotFoundError for any other."""
    found = await repository.find_session(session, scope, session_id)
    if found is None:
        msg = "There is no such session."
        raise NotFoundError(msg)
    return found


async def usage_by_router(session: AsyncSession, host_id: UUID, start: datetime, end: datetime) -> list[RouterUsage]:
    """Bytes on each of a host's routers in the quarters that begin in [start, end), by router id."""
    return await repository.sum_of_host(session, host_id, start, end)


async def usage_of_router(
    session: AsyncSession, scope: Scope, router_id: UUID, start: datetime, end: datetime
) -> RouterUsage:
    """Bytes on one router of the scope in the quarters that begin in [start, end). NotFoundError for any other router."""
    router = (await routers.get_router(session, scope, router_id))[0]
    found = await repository.sum_of_router(session, router.host_id, router_id, start, end)
    return found[0] if found else RouterUsage(router_id, 0, 0)


async def usage_of_host(
    session: AsyncSession, scope: Scope, host_id: UUID, start: datetime, end: datetime
) -> list[RouterUsage]:
    """Bytes on each router of a host of the scope; as `usage_by_router`. NotFoundError for any other host."""
    await get_host(session, scope, host_id)
    return await usage_by_router(session, host_id, start, end)


async def count_open_sessions(session: AsyncSession, scope: Scope) -> int:
    """Guests' sessions that are open on the scope's routers."""
    return await repository.count_open(session, scope)


async def usage_by_quarter(session: AsyncSession, scope: Scope, since: datetime) -> list[tuple[datetime, int, int]]:
    """(start of the quarter of an hour, bytes up, bytes down) on the scope's routers since then, oldest first."""
    return await repository.sum_by_quarter(session, scope, since)


async def usage_of_subscriber(session: AsyncSession, subscriber_id: UUID, period: Period) -> list[RouterUsage]:
    """Bytes of one subscriber in a period on each router, whoever's it is, by router id."""
    return await repository.sum_of_subscriber(session, subscriber_id, period)


async def end_silent_sessions(session: AsyncSession, *, clock: Clock) -> list[UUID]:
    """End open sessions whose NAS has missed three updates, as of when they were last heard of; the ids of some of them.

    So too those left open by a power cut, whose device is back in a newer session on the same router. Their usage stays, and
    they open again when the NAS speaks of them.
    """
    return [*await repository.end_silent(session, clock.now()), *await repository.end_replaced(session)]


async def end_lost_session(session: AsyncSession, session_id: UUID) -> None:
    """End one session in the same way; nothing where it has ended."""
    await repository.end_lost(session, session_id)


async def find_first_uses(
    session: AsyncSession, made_since: datetime | None, limit: int
) -> list[tuple[UUID, datetime, UUID]]:
    """(subscriber, start, router) of up to so many first sessions of subscribers who are not known to have had one, among those
    made since the instant, or (None) among all."""
    return await repository.find_first_uses(session, made_since, limit)


async def verify(session: AsyncSession) -> list[str]:
    """Every session whose ledger rows do not add up to its totals, one sentence each; empty when all do."""
    return list(_differences(await repository.find_differences(session)))


def _differences(rows: Sequence[repository.Difference]) -> Iterator[str]:
    for row in rows:
        yield (
            f"Session {row.session_id} counted {row.up_bytes} bytes up and {row.down_bytes} down, "
            f"its ledger {row.ledger_up_bytes} and {row.ledger_down_bytes}."
        )


SETTLED_AFTER = timedelta(days=3)
"""How long a session's accounting may still be repeated by a router that was away."""


async def get_sessions_of(session: AsyncSession, subscriber_id: UUID) -> Sequence[repository.Session]:
    """Every session of a subscriber, whoever's router it was on, oldest first."""
    return await repository.all_of_subscriber(session, subscriber_id)


async def strip_sessions_of(session: AsyncSession, subscriber_id: UUID, username: str, *, clock: Clock) -> None:
    """Take name, device and addresses out of a subscriber's sessions; bytes and times, which are billed, stay.

    ConflictError while one is open, or ended so lately that its accounting may be repeated: it would count as another one.
    """
    if await repository.unsettled_of_subscriber(session, subscriber_id, clock.now() - SETTLED_AFTER):
        msg = (
            f"A session of this subscriber is open, or was less than {SETTLED_AFTER.days} days ago: its accounting may "
            "still arrive. Disable the subscriber now and erase it then."
        )
        raise ConflictError(msg)
    await repository.strip_sessions(session, subscriber_id, username)
