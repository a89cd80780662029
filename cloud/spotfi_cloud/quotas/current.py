"""The balances of now grow by what a batch of accounting recorded, and what of that anybody needs to look at.

Almost every batch leaves every quota far from its lowest threshold, so the database tells them apart: those that are far come
back as one row for each period they are in, the others as a row each. May be called by `quotas.service` only.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.batch import PERIOD_KINDS, read_terms
from spotfi_cloud.quotas.rules import ANY_SINCE, period_of
from spotfi_cloud.quotas.terms import Terms, Used
from spotfi_cloud.sessions.service import UsageDelta
from spotfi_cloud.storage.batches import Call, Statement, Transaction, array

_ID_BYTES = 16
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
WITH grown AS (
    UPDATE quota_balances SET used_bytes = used_bytes + given.up + given.down, used_up_bytes = used_up_bytes + given.up,
        used_s = used_s + given.time_s
    FROM (
        SELECT subscriber_id, min(at_s) AS at_s, to_timestamp(min(at_s)) AS at, sum(up)::bigint AS up,
            sum(down)::bigint AS down, sum(time_s)::bigint AS time_s
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS arrays (subscriber_id, at_s, up, down, time_s)
        GROUP BY subscriber_id HAVING min(at_s) = max(at_s) ORDER BY subscriber_id) AS given
    JOIN subscribers ON subscribers.id = given.subscriber_id
    JOIN plans ON plans.id = subscribers.plan_id
    LEFT JOIN hosts ON hosts.id = subscribers.host_id
    WHERE quota_balances.subscriber_id = given.subscriber_id AND quota_balances.period_start <= given.at
        AND (quota_balances.period_end IS NULL OR quota_balances.period_end > given.at)
    RETURNING given.subscriber_id, plans.period, coalesce(hosts.timezone, $6) AS zone,
        CASE WHEN plans.period NOT IN ({_CALENDAR}) THEN coalesce(subscribers.period_since, subscribers.created_at) END
            AS since,
        quota_balances.period_start, quota_balances.period_end, given.at_s, used_up_bytes, used_bytes, used_s, given.up,
        given.down, given.time_s,
        {_QUOTA_BYTES} AS quota_bytes, plans.quota_up_bytes, plans.quota_down_bytes, plans.quota_s, plans.at_limit,
        plans.session_quota_bytes, plans.warn_at_percent, {_FAR} AS is_far)
SELECT string_agg(uuid_send(subscriber_id), ''), period, zone, since, period_start, period_end, at_s,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', NULL::bigint, NULL::text
FROM grown WHERE is_far GROUP BY period, zone, since, period_start, period_end, at_s
UNION ALL
SELECT uuid_send(subscriber_id), period, zone, since, period_start, period_end, at_s,
    used_up_bytes, used_bytes - used_up_bytes, used_s, up, down, time_s, quota_bytes, quota_up_bytes, quota_down_bytes,
    quota_s, at_limit, session_quota_bytes, warn_at_percent::text
FROM grown WHERE NOT is_far
""")  # noqa: S608 - columns and names of periods, no values
"""A subscriber who used several quarters of an hour at once is left out."""


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
    rows = [
        (each.subscriber_id.hex, int(each.quarter_start.timestamp()), each.up_bytes, each.down_bytes, each.used_s)
        for each in deltas
        if each.subscriber_id is not None
    ]
    if not rows:
        await transaction.run(along)
        return [], set()
    ids, *amounts = zip(*rows, strict=True)
    values = (array(ids), *(array(map(str, column)) for column in amounts), default_zone.encode())
    *_, found = await transaction.run([*along, (_GROW, values)])
    current = [row for row in found if _is_of_its_terms(row)]
    known = b"".join(row[0] for row in current)
    given = set(ids)
    stale = set() if len(known) == len(given) * _ID_BYTES else {UUID(hex=each) for each in given} - set(_ids(known))
    return [_near(row) for row in current if row[-1] is not None], stale


def _is_of_its_terms(row: tuple[Any, ...]) -> bool:
    _, kind, zone, since, start, end, at_s, *_ = row
    period = period_of(PERIOD_KINDS[kind], zone, since, _instant(at_s))
    return (start, end) == (period.start, period.end)


@lru_cache(maxsize=1024)
def _instant(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def _ids(octets: bytes) -> Iterator[UUID]:
    return (UUID(bytes=octets[at : at + _ID_BYTES]) for at in range(0, len(octets), _ID_BYTES))


def _near(row: tuple[Any, ...]) -> NearBalance:
    (
        subscriber_id,
        kind,
        zone,
        since,
        _,
        _,
        at_s,
        up,
        down,
        time_s,
        grown_up,
        grown_down,
        grown_s,
        quota_bytes,
        *plan,
    ) = row
    terms = read_terms(quota_bytes, (kind, zone, since or ANY_SINCE, *plan))
    used, grown = Used(up, down, time_s), Used(grown_up, grown_down, grown_s)
    return NearBalance(UUID(bytes=subscriber_id), _instant(at_s), used, grown, terms)
