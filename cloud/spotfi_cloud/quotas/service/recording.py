"""Usage into quota balances, in accounting's own transaction, and what follows from it for sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.quotas import batch, batch_outcomes
from spotfi_cloud.quotas.current import grow_current
from spotfi_cloud.quotas.rules import BalanceKey, period_at
from spotfi_cloud.quotas.service.rolling import find_rolled
from spotfi_cloud.quotas.terms import (
    Crossing,
    Terms,
    Used,
    crossings,
    is_far_from_any,
    is_throttled,
    must_end,
    with_rolled,
)
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.batches import Transaction


@dataclass(slots=True)
class _Outcome:
    """What a batch's usage leads to."""

    used_up: list[UUID] = field(default_factory=list)
    """Subscribers whose sessions are to end."""
    throttled: list[UUID] = field(default_factory=list)
    """Subscribers whose quota was passed just now."""
    crossed: list[tuple[UUID, Crossing]] = field(default_factory=list)
    session_bytes: dict[UUID, int] = field(default_factory=dict)
    """What one session may use, by subscriber."""

    @property
    def is_nothing(self) -> bool:
        return not (self.used_up or self.throttled or self.crossed or self.session_bytes)

    def judge(self, subscriber_id: UUID, terms: Terms, used: Used, grown: Used) -> None:
        """What it means that usage of the current period has grown to `used`."""
        if terms.session_bytes is not None:
            self.session_bytes[subscriber_id] = terms.session_bytes
        if is_far_from_any(terms, used):
            return
        before = used.less(grown)
        if must_end(terms, used):
            self.used_up.append(subscriber_id)
        elif is_throttled(terms, used) and not is_throttled(terms, before):
            self.throttled.append(subscriber_id)
        self.crossed += [(subscriber_id, each) for each in crossings(terms, before, used)]


async def record_usage(
    transaction: Transaction, recorded: sessions.Recorded, *, clock: Clock, default_zone: str
) -> int:
    """Let balances grow by what accounting recorded, and have the sessions of used-up quotas end; how many are to.

    Runs in accounting's transaction, after it. An ended session proves its enforcement. `default_zone` holds where a
    subscriber has no home host.
    """
    now = clock.now()
    relevant = [delta for delta in recorded.deltas if delta.up_bytes or delta.down_bytes or delta.used_s or delta.opens]
    outcome = _Outcome()
    along = [batch_outcomes.proving(recorded.ended, now)] if recorded.ended else []
    near, stale = await grow_current(transaction, relevant, default_zone, along)
    for each in near:
        if period_at(each.terms, each.at).contains(now):
            outcome.judge(each.subscriber_id, each.terms, each.used, each.grown)
    if stale:
        others = [delta for delta in relevant if delta.subscriber_id in stale]
        await _grow_others(await transaction.connection(), others, default_zone, now, outcome)
    if outcome.is_nothing:
        return 0
    return await _follow(await transaction.connection(), outcome, relevant, now)


def _used(delta: sessions.UsageDelta) -> Used:
    return Used(delta.up_bytes, delta.down_bytes, delta.used_s)


def _sum(one: Used, other: Used) -> Used:
    return Used(one.up_bytes + other.up_bytes, one.down_bytes + other.down_bytes, one.time_s + other.time_s)


async def _grow_others(
    connection: psycopg.AsyncConnection,
    deltas: Sequence[sessions.UsageDelta],
    default_zone: str,
    now: datetime,
    outcome: _Outcome,
) -> None:
    """Balances that are missing, or grow in several periods: the terms first."""
    subscriber_ids = sorted({delta.subscriber_id for delta in deltas if delta.subscriber_id is not None})
    if not subscriber_ids:
        return
    plans = await batch.find_terms(connection, subscriber_ids, default_zone)
    grown = _grown(plans, deltas)
    balances = await _grow_or_make(connection, grown, plans)
    for key, growth in grown.items():
        balance = balances.get((key.subscriber_id, key.period.start))
        # Usage that arrives late for an earlier period ends nothing.
        if balance is not None and key.period.contains(now):
            terms = with_rolled(plans[key.subscriber_id].terms, balance.rolled_bytes)
            outcome.judge(key.subscriber_id, terms, balance.used, growth)


async def _grow_or_make(
    connection: psycopg.AsyncConnection, grown: dict[BalanceKey, Used], plans: Mapping[UUID, batch.PlanTerms]
) -> batch.Balances:
    balances = await batch.grow_balances(connection, grown)
    missing = [key for key in grown if (key.subscriber_id, key.period.start) not in balances]
    if missing:
        rolled = await _rolled(connection, missing, plans)
        balances |= await batch.make_balances(connection, rolled)
        raced = {key: grown[key] for key in missing if (key.subscriber_id, key.period.start) not in balances}
        balances |= await batch.grow_balances(connection, raced) if raced else {}
    return balances


async def _rolled(
    connection: psycopg.AsyncConnection, keys: Sequence[BalanceKey], plans: Mapping[UUID, batch.PlanTerms]
) -> dict[BalanceKey, int]:
    """What each has on top from the period before."""
    starts = [(key.subscriber_id, key.period.start) for key in keys if plans[key.subscriber_id].rolls_over]
    terms = {id_: plans[id_].terms for id_, _ in starts}
    found = await find_rolled(connection, starts, terms) if starts else {}
    return {key: found.get((key.subscriber_id, key.period.start), 0) for key in keys}


def _grown(plans: Mapping[UUID, batch.PlanTerms], deltas: Iterable[sessions.UsageDelta]) -> dict[BalanceKey, Used]:
    grown: dict[BalanceKey, Used] = {}
    for delta in deltas:
        if delta.subscriber_id is not None:
            key = BalanceKey(delta.subscriber_id, period_at(plans[delta.subscriber_id].terms, delta.quarter_start))
            grown[key] = _sum(grown.get(key, Used()), _used(delta))
    return grown


async def _follow(
    connection: psycopg.AsyncConnection, outcome: _Outcome, deltas: Sequence[sessions.UsageDelta], now: datetime
) -> int:
    """Seldom anything: end and throttle sessions, tell of thresholds. How many sessions are to end."""
    count = 0
    if outcome.used_up:
        count += await batch_outcomes.end_sessions_of(connection, outcome.used_up, now)
    if outcome.session_bytes and (spent := _spent_sessions(outcome.session_bytes, deltas)):
        count += await batch_outcomes.end_sessions(connection, spent, now)
    if outcome.throttled:
        await batch_outcomes.throttle(connection, outcome.throttled)
    if outcome.crossed:
        await batch_outcomes.tell_thresholds(connection, outcome.crossed)
    return count


def _spent_sessions(session_bytes: Mapping[UUID, int], deltas: Iterable[sessions.UsageDelta]) -> list[UUID]:
    """Sessions that have used what one session may."""
    spent = []
    for delta in deltas:
        most = session_bytes.get(delta.subscriber_id) if delta.subscriber_id else None
        if most is not None and delta.session_bytes >= most:
            spent.append(delta.session_id)
    return spent
