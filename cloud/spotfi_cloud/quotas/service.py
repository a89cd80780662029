"""Quota balances, and the enforcements that end sessions whose quota is used up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError
from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.quotas import batch, repository
from spotfi_cloud.quotas.repository import DueEnforcement, EnforcedSession, EnforcementView
from spotfi_cloud.quotas.rules import (
    BalanceKey,
    EnforcementState,
    Terms,
    is_used_up,
    period_at,
    remaining_bytes,
)
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.notify import Channel, announce

__all__ = [
    "DueEnforcement",
    "EnforcedSession",
    "EnforcementState",
    "EnforcementView",
    "Usage",
    "claim_due",
    "disconnect_session",
    "end_lost_session",
    "end_silent_sessions",
    "enforce_disabled",
    "enforcement_of",
    "next_due_at",
    "record_answer",
    "record_usage",
    "usage_of",
    "verify",
]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a subscriber used in the current period, per router and in all, and the sessions being ended for it."""

    quota_bytes: int | None
    used_bytes: int
    remaining_bytes: int | None
    period: Period
    by_router: Sequence[sessions.RouterUsage]
    open_sessions: Sequence[EnforcedSession]


async def record_usage(
    connection: psycopg.AsyncConnection, recorded: sessions.Recorded, *, clock: Clock, default_zone: str
) -> int:
    """Let balances grow by what accounting recorded, and have the sessions of used-up quotas end; how many are to.

    Runs in accounting's transaction, after it. An ended session proves its enforcement. `default_zone` holds where a
    subscriber has no home host.
    """
    now = clock.now()
    if recorded.ended:
        await batch.prove(connection, recorded.ended, now)
    opened = set(recorded.opened)
    relevant = [delta for delta in recorded.deltas if delta.total_bytes or delta.session_id in opened]
    usual, others = _by_quarter(relevant)
    used_up, stale = await _grow_usual(connection, usual, default_zone, now)
    others.extend(delta for delta in relevant if delta.subscriber_id in stale)
    used_up += await _grow_others(connection, others, default_zone, now)
    return await batch.enforce_quota(connection, used_up, now) if used_up else 0


def _by_quarter(
    deltas: Sequence[sessions.UsageDelta],
) -> tuple[dict[UUID, tuple[datetime, int]], list[sessions.UsageDelta]]:
    """Growth of the subscribers who used one quarter of an hour, as almost all do; and the deltas of the others."""
    usual: dict[UUID, tuple[datetime, int]] = {}
    several: set[UUID] = set()
    for delta in deltas:
        subscriber_id = delta.subscriber_id
        if subscriber_id is None:
            continue
        quarter, total = usual.get(subscriber_id, (delta.quarter_start, 0))
        if quarter != delta.quarter_start:
            several.add(subscriber_id)
        usual[subscriber_id] = (quarter, total + delta.total_bytes)
    for subscriber_id in several:
        del usual[subscriber_id]
    return usual, [delta for delta in deltas if delta.subscriber_id in several]


async def _grow_usual(
    connection: psycopg.AsyncConnection, usual: dict[UUID, tuple[datetime, int]], default_zone: str, now: datetime
) -> tuple[list[UUID], set[UUID]]:
    """(subscribers whose quota is used up, those who have no balance of their terms' period yet)."""
    grown = await batch.grow_current(connection, usual, default_zone) if usual else []
    used_up, stale = [], set(usual)
    for balance in grown:
        subscriber_id, terms = balance.subscriber_id, balance.terms
        period = period_at(terms, usual[subscriber_id][0])
        if (balance.period_start, balance.period_end) == (period.start, period.end):
            stale.discard(subscriber_id)
            if is_used_up(terms, balance.used_bytes) and period.contains(now):
                used_up.append(subscriber_id)
    return used_up, stale


async def _grow_others(
    connection: psycopg.AsyncConnection, deltas: Sequence[sessions.UsageDelta], default_zone: str, now: datetime
) -> list[UUID]:
    """Balances that are missing, or grow in several periods: the terms first. Subscribers whose quota is used up."""
    subscriber_ids = sorted({delta.subscriber_id for delta in deltas if delta.subscriber_id is not None})
    if not subscriber_ids:
        return []
    terms = await batch.find_terms(connection, subscriber_ids, default_zone)
    balances = await batch.grow_balances(connection, _grown(terms, deltas))
    return [subscriber_id for subscriber_id in terms if _used_up(terms[subscriber_id], subscriber_id, balances, now)]


def _grown(terms: dict[UUID, Terms], deltas: Sequence[sessions.UsageDelta]) -> dict[BalanceKey, int]:
    grown: defaultdict[BalanceKey, int] = defaultdict(int)
    for delta in deltas:
        if delta.subscriber_id is not None:
            period = period_at(terms[delta.subscriber_id], delta.quarter_start)
            grown[BalanceKey(delta.subscriber_id, period)] += delta.total_bytes
    return grown


def _used_up(terms: Terms, subscriber_id: UUID, balances: batch.Balances, now: datetime) -> bool:
    """Whether the period that holds `now` is used up; usage that arrives late for an earlier one ends nothing."""
    used_bytes = balances.get((subscriber_id, period_at(terms, now).start))
    return used_bytes is not None and is_used_up(terms, used_bytes)


async def usage_of(
    session: AsyncSession, scope: Scope, subscriber_id: UUID, *, clock: Clock, default_zone: str
) -> Usage:
    """The current period's usage of a subscriber of the scope. NotFoundError for any other.

    Routers of other hosts, where the subscriber roamed, are told to their home host as sums.
    """
    terms = await repository.find_terms(session, scope, subscriber_id, default_zone)
    if terms is None:
        msg = "There is no such subscriber."
        raise NotFoundError(msg)
    period = period_at(terms, clock.now())
    by_router = await sessions.usage_of_subscriber(session, subscriber_id, period)
    used_bytes = sum(usage.up_bytes + usage.down_bytes for usage in by_router)
    open_sessions = await repository.list_open_sessions(session, subscriber_id)
    left = remaining_bytes(terms, used_bytes)
    return Usage(terms.quota_bytes, used_bytes, left, period, by_router, open_sessions)


async def disconnect_session(session: AsyncSession, scope: Scope, session_id: UUID, *, clock: Clock) -> EnforcementView:
    """Have a session of the scope end; the same enforcement where one is under way. ConflictError if it has ended."""
    found = await sessions.get_session(session, scope, session_id)
    if found.session.ended_at is not None:
        msg = "This session has ended already."
        raise ConflictError(msg)
    await repository.add_manual(session, session_id, found.session.subscriber_id, clock.now())
    await announce(session, Channel.ENFORCEMENT, str(found.session.subscriber_id or ""))
    return (await repository.list_of_sessions(session, [session_id]))[session_id]


async def enforcement_of(session: AsyncSession, scope: Scope, session_id: UUID) -> EnforcementView | None:
    """The latest enforcement of a session of the scope; None where it never had one. NotFoundError for any other session."""
    await sessions.get_session(session, scope, session_id)
    return (await repository.list_of_sessions(session, [session_id])).get(session_id)


async def claim_due(session: AsyncSession, *, clock: Clock, limit: int) -> list[DueEnforcement]:
    """Enforcements whose time has come, their attempt counted and the next one set: no other worker gets them meanwhile."""
    now = clock.now()
    due = await repository.lock_due(session, now, limit)
    for item in due:
        item.attempts += 1
    await repository.plan_next(session, due, now)
    return due


async def next_due_at(session: AsyncSession) -> datetime | None:
    """When the next attempt is to be made; None where nothing waits."""
    return await repository.next_due_at(session)


async def record_answer(session: AsyncSession, enforcement_id: UUID, state: EnforcementState, answer: str) -> None:
    """What came of an attempt; nothing where the session's end has been proved meanwhile."""
    await repository.set_answer(session, enforcement_id, state, answer)


async def enforce_disabled(session: AsyncSession, *, clock: Clock) -> int:
    """Have the open sessions of disabled subscribers end, where they are not about to; how many."""
    return await repository.add_for_disabled(session, clock.now())


async def end_silent_sessions(session: AsyncSession, *, clock: Clock) -> int:
    """End sessions whose NAS has missed three updates; what was to end them lapses. How many: 0 when none are left."""
    ended = await sessions.end_silent_sessions(session, clock=clock)
    await repository.lapse(session, ended)
    return len(ended)


async def end_lost_session(session: AsyncSession, session_id: UUID) -> None:
    """End a session its NAS knows nothing of, at the time it was last heard of; what was to end it lapses."""
    await sessions.end_lost_session(session, session_id)
    await repository.lapse(session, [session_id])


async def verify(session: AsyncSession) -> list[str]:
    """Every balance that is not the ledger's sum over its period, one sentence each; empty when all are."""
    return [
        f"Subscriber {row.subscriber_id} has a balance of {row.used_bytes} bytes from {row.period_start:%Y-%m-%d %H:%M} UTC, "
        f"the ledger {row.ledger_bytes}."
        for row in await repository.find_differences(session)
    ]
