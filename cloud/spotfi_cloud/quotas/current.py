"""The balances of now grow by what a batch of accounting recorded, and what of that anybody needs to look at.

Almost every batch leaves every quota far from its lowest threshold, so the database tells them apart: of those that are far
nothing comes back but the period. May be called by `quotas.service` only.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.batch import PERIOD_KINDS, read_terms
from spotfi_cloud.quotas.rules import ANY_SINCE, period_of
from spotfi_cloud.quotas.terms import Terms, Used
from spotfi_cloud.sessions.service import UsageDelta
from spotfi_cloud.storage.batches import Call, Rows, Statement, Transaction, array

_AMOUNTS = 11
_CALENDAR = ", ".join(f"'{kind.value}'" for kind in PeriodKind if not kind.runs_from_start)
_SURELY_BELOW = "coalesce({used}::float8 * 100.0001 < {quota}::float8 * coalesce(warn_at_percent[1], 100), true)"
"""Beyond the reach of rounding; who is not surely below is looked at exactly. No quota: true."""
_QUOTA_BYTES = """coalesce(subscribers.own_quota_bytes, plans.quota_bytes) + rolled_bytes + CASE
    WHEN subscribers.granted_until IS NULL OR subscribers.granted_until > given.at THEN granted_bytes ELSE 0 END"""
_FAR = " AND ".join(
    (
        "session_quota_bytes IS NULL",
        _SURELY_BELOW.format(used="used_bytes", quota=f"({_QUOTA_BYTES})"),
        _SURELY_BELOW.format(used="used_up_bytes", quota="quota_up_bytes"),
        _SURELY_BELOW.format(used="(used_bytes - used_up_bytes)", quota="quota_down_bytes"),
        _SURELY_BELOW.format(used="used_s", quota="quota_s"),
    )
)

_GROW = Statement(f"""
UPDATE quota_balances SET used_bytes = used_bytes + given.up + given.down, used_up_bytes = used_up_bytes + given.up,
    used_s = used_s + given.time_s
FROM (
    SELECT subscriber_id, at_s, to_timestamp(at_s) AS at, up, down, time_s
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS arrays (subscriber_id, at_s, up, down, time_s)) AS given
JOIN subscribers ON subscribers.id = given.subscriber_id
JOIN plans ON plans.id = subscribers.plan_id
LEFT JOIN hosts ON hosts.id = subscribers.host_id
WHERE quota_balances.subscriber_id = given.subscriber_id AND quota_balances.period_start <= given.at
    AND (quota_balances.period_end IS NULL OR quota_balances.period_end > given.at)
RETURNING uuid_send(given.subscriber_id), at_s, plans.period, coalesce(hosts.timezone, $6),
    CASE WHEN plans.period NOT IN ({_CALENDAR}) THEN coalesce(subscribers.period_since, subscribers.created_at) END,
    quota_balances.period_start, quota_balances.period_end, plans.at_limit,
    CASE WHEN {_FAR} THEN NULL ELSE ARRAY[
        used_up_bytes, used_bytes - used_up_bytes, used_s, given.up, given.down, given.time_s,
        {_QUOTA_BYTES}, quota_up_bytes, quota_down_bytes, quota_s, session_quota_bytes] || warn_at_percent END
""")  # noqa: S608 - columns and names of periods, no values


class NearBalance(NamedTuple):
    """A balance that may have reached something, its terms, and what it grew by just now."""

    subscriber_id: UUID
    at: datetime
    """The quarter of an hour it grew in."""
    used: Used
    grown: Used
    terms: Terms


async def grow_current(
    transaction: Transaction, deltas: Iterable[UsageDelta], default_zone: str, along: Sequence[Call] = ()
) -> tuple[list[NearBalance], set[UUID]]:
    """Add to whatever balance of each subscriber holds the quarter of an hour. One round trip,
    which takes the statements `along`, too.

    The balances to look at; and the subscribers whose balance is missing, is of another period than their terms now have, or
    who used several quarters. Every balance that holds the quarter grows, also one left from earlier terms: it then still
    equals the ledger's sum.
    """
    grown, several = _by_subscriber(deltas)
    calls = list(along)
    if grown:
        columns = zip(*(grown[subscriber] for subscriber in sorted(grown)), strict=True)  # in order: others wait for us
        calls.append((_GROW, (*(array(map(str, column)) for column in columns), default_zone.encode())))
    results = await transaction.run(calls)
    current = _of_their_terms(results[-1]) if grown else []
    stale = {UUID(hex=each) for each in several}
    if len(current) < len(grown):
        stale |= {UUID(hex=each) for each in grown.keys() - {row[0].hex() for row in current}}
    return [_near(row) for row in current if row[-1] is not None], stale


_Growth = tuple[str, int, int, int, int]
"""Subscriber in hexadecimal, which sorts as the database sorts ids; start of the quarter; bytes up, down; seconds."""


def _by_subscriber(deltas: Iterable[UsageDelta]) -> tuple[dict[str, _Growth], set[str]]:
    """Growth of the subscribers who used one quarter of an hour, as almost all do; and the others."""
    grown: dict[str, _Growth] = {}
    several: set[str] = set()
    for each in deltas:
        if each.subscriber_id is None:
            continue
        subscriber, at_s = each.subscriber_id.hex, int(each.quarter_start.timestamp())
        known = grown.get(subscriber)
        if known is None:
            grown[subscriber] = (subscriber, at_s, each.up_bytes, each.down_bytes, each.used_s)
        elif known[1] == at_s:
            _, _, up, down, used_s = known
            grown[subscriber] = (subscriber, at_s, up + each.up_bytes, down + each.down_bytes, used_s + each.used_s)
        else:
            several.add(subscriber)
    for subscriber in several:
        del grown[subscriber]
    return grown, several


def _of_their_terms(rows: Rows) -> Rows:
    """Those whose balance is of the period that holds the quarter by the terms of now. Almost all are of the same one."""
    found: Rows = []
    last: tuple[Any, ...] = ()
    fits = False
    for row in rows:
        if (those := row[1:7]) != last:
            at_s, kind, zone, since, start, end = last = those
            period = period_of(PERIOD_KINDS[kind], zone, since, _instant(at_s))
            fits = start == period.start and end == period.end
        if fits:
            found.append(row)
    return found


@lru_cache(maxsize=1024)
def _instant(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def _near(row: tuple[Any, ...]) -> NearBalance:
    subscriber_id, at_s, kind, zone, since, _, _, at_limit, amounts = row
    up, down, time_s, grown_up, grown_down, grown_s, quota_bytes, *quotas, session_bytes = amounts[:_AMOUNTS]
    plan = (kind, zone, since or ANY_SINCE, *quotas, at_limit, session_bytes, tuple(amounts[_AMOUNTS:]))
    used, grown = Used(up, down, time_s), Used(grown_up, grown_down, grown_s)
    return NearBalance(UUID(bytes=subscriber_id), _instant(at_s), used, grown, read_terms(quota_bytes, plan))
