"""Usage into quota balances, in accounting's own transaction, and the sessions of used-up quotas on their way out."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.quotas import batch
from spotfi_cloud.quotas.rules import BalanceKey, Terms, is_used_up, period_at
from spotfi_cloud.sessions import service as sessions


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
    relevant = [delta for delta in recorded.deltas if delta.total_bytes or delta.opens]
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
