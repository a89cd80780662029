"""Sessions and the usage ledger: what accounting adds to them, and who may read them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError
from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.routers import service as routers
from spotfi_cloud.sessions import repository
from spotfi_cloud.sessions.memory import SessionMemory, UsageDelta
from spotfi_cloud.sessions.recording import NasRestart, OvertakenError, Recorded, record_accounting
from spotfi_cloud.sessions.repository import RouterUsage, SessionFilter, SessionView
from spotfi_cloud.storage.pages import PageQuery, Slice

__all__ = [
    "NasRestart",
    "OvertakenError",
    "Recorded",
    "RouterUsage",
    "SessionFilter",
    "SessionMemory",
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
    "time_of_subscriber",
    "usage_by_router",
    "usage_of_host",
    "usage_of_router",
    "usage_of_subscriber",
    "verify",
]


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


async def time_of_subscriber(session: AsyncSession, subscriber_id: UUID, period: Period) -> int:
    """Seconds of session time of one subscriber in a period, of all sessions together."""
    return await repository.sum_time_of_subscriber(session, subscriber_id, period)


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
            f"Session {row.session_id} counted {row.up_bytes} bytes up, {row.down_bytes} down and {row.used_s} s, "
            f"its ledger {row.ledger_up_bytes}, {row.ledger_down_bytes} and {row.ledger_s} s."
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
