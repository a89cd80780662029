"""The batched path of usage into quota balances, inside accounting's own transaction.

Balances are locked in key order and after the sessions, in every process. A balance that is missing is made from the ledger,
which then holds the batch already. May be called by `quotas.service` only.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.quotas.rollover import LastPeriod, RollOver
from spotfi_cloud.quotas.rules import BalanceKey
from spotfi_cloud.quotas.terms import Terms, Used

_PLAN = """
    plans.period, coalesce(hosts.timezone, %s), coalesce(subscribers.period_since, subscribers.created_at),
    plans.quota_up_bytes, plans.quota_down_bytes, plans.quota_s, plans.at_limit, plans.session_quota_bytes,
    plans.warn_at_percent::text, plans.rollover_percent > 0
"""

_TERMS = f"""
SELECT subscribers.id,
    coalesce(subscribers.own_quota_bytes, plans.quota_bytes)
        + CASE WHEN subscribers.granted_until IS NULL OR subscribers.granted_until > now() THEN granted_bytes ELSE 0 END,
    {_PLAN}
FROM subscribers JOIN plans ON plans.id = subscribers.plan_id LEFT JOIN hosts ON hosts.id = subscribers.host_id
WHERE subscribers.id = ANY(%s)
"""  # noqa: S608 - columns, no values

_LOCK_BALANCES = """
SELECT FROM json_to_recordset(%s) AS given (subscriber_id uuid, period_start timestamptz, period_end timestamptz)
JOIN quota_balances USING (subscriber_id, period_start)
WHERE quota_balances.period_end IS NOT DISTINCT FROM given.period_end
ORDER BY quota_balances.subscriber_id, quota_balances.period_start FOR NO KEY UPDATE OF quota_balances
"""

_GROW_BALANCES = """
UPDATE quota_balances SET used_bytes = used_bytes + given.up + given.down, used_up_bytes = used_up_bytes + given.up,
    used_s = used_s + given.time_s
FROM json_to_recordset(%s) AS given (
    subscriber_id uuid, period_start timestamptz, period_end timestamptz, up bigint, down bigint, time_s bigint)
WHERE quota_balances.subscriber_id = given.subscriber_id AND quota_balances.period_start = given.period_start
    AND quota_balances.period_end IS NOT DISTINCT FROM given.period_end
RETURNING quota_balances.subscriber_id, quota_balances.period_start, used_up_bytes, used_bytes - used_up_bytes, used_s,
    rolled_bytes
"""

_LOCK_SUBSCRIBERS = "SELECT FROM subscribers WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

_DROP_OVERLAPPING = """
DELETE FROM quota_balances USING json_to_recordset(%s) AS given (
    subscriber_id uuid, period_start timestamptz, period_end timestamptz)
WHERE quota_balances.subscriber_id = given.subscriber_id
    AND tstzrange(quota_balances.period_start, quota_balances.period_end)
        && tstzrange(given.period_start, given.period_end)
    AND (quota_balances.period_start, quota_balances.period_end)
        IS DISTINCT FROM (given.period_start, given.period_end)
"""

_MAKE_BALANCES = """
INSERT INTO quota_balances (subscriber_id, period_start, period_end, rolled_bytes, used_bytes, used_up_bytes, used_s)
SELECT given.subscriber_id, given.period_start, given.period_end, given.rolled, sums.total, sums.up, sums.time_s
FROM json_to_recordset(%s) AS given (
    subscriber_id uuid, period_start timestamptz, period_end timestamptz, rolled bigint)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(up_bytes + down_bytes), 0) AS total, coalesce(sum(up_bytes), 0) AS up,
        coalesce(sum(used_s), 0) AS time_s
    FROM usage_ledger
    WHERE usage_ledger.subscriber_id = given.subscriber_id AND quarter_start >= given.period_start
        AND (given.period_end IS NULL OR quarter_start < given.period_end)) AS sums
ORDER BY given.subscriber_id, given.period_start
ON CONFLICT (subscriber_id, period_start) DO NOTHING
RETURNING subscriber_id, period_start, used_up_bytes, used_bytes - used_up_bytes, used_s, rolled_bytes
"""

_ROLL_OVERS = """
SELECT given.subscriber_id, given.period_start, coalesce(subscribers.own_quota_bytes, plans.quota_bytes),
    plans.rollover_percent, plans.rollover_max_bytes, last.period_end, last.rolled_bytes, last.used_bytes
FROM json_to_recordset(%s) AS given (subscriber_id uuid, period_start timestamptz)
JOIN subscribers ON subscribers.id = given.subscriber_id
JOIN plans ON plans.id = subscribers.plan_id
LEFT JOIN LATERAL (
    SELECT period_end, rolled_bytes, used_bytes FROM quota_balances
    WHERE quota_balances.subscriber_id = given.subscriber_id AND period_end <= given.period_start
        AND period_end > coalesce(subscribers.period_since, subscribers.created_at)
    ORDER BY period_start DESC LIMIT 1) AS last ON true
WHERE coalesce(subscribers.own_quota_bytes, plans.quota_bytes) IS NOT NULL
"""
"""The latest period before, of the same plan, in which anything was used."""


class PlanTerms(NamedTuple):
    """A subscriber's terms, without what rolled over; and whether anything may roll over."""

    terms: Terms
    rolls_over: bool


class Balance(NamedTuple):
    """What was used in a period, and what it has on top from the one before."""

    used: Used
    rolled_bytes: int


Balances = dict[tuple[UUID, datetime], Balance]
"""By subscriber and start of the period."""


PERIOD_KINDS = {kind.value: kind for kind in PeriodKind}
_AT_LIMIT = {each.value: each for each in AtLimit}


def _json(rows: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()


@lru_cache(maxsize=1024)
def _percents(text: str) -> tuple[int, ...]:
    """Of an array in text form. One entry per plan at most."""
    return tuple(int(each) for each in text.strip("{}").split(",") if each)


def read_terms(quota_bytes: int | None, plan: tuple[Any, ...]) -> Terms:
    """Terms out of the columns of `_PLAN`, but for the last one."""
    kind, zone, since, up_bytes, down_bytes, time_s, at_limit, session_bytes, percents = plan
    return Terms(
        quota_bytes,
        PERIOD_KINDS[kind],
        zone,
        since,
        up_bytes,
        down_bytes,
        time_s,
        _AT_LIMIT[at_limit],
        session_bytes,
        percents if isinstance(percents, tuple) else _percents(percents),
    )


async def find_terms(
    connection: psycopg.AsyncConnection, subscriber_ids: list[UUID], default_zone: str
) -> dict[UUID, PlanTerms]:
    cursor = await connection.execute(_TERMS, (default_zone, subscriber_ids), prepare=True)
    return {row[0]: PlanTerms(read_terms(row[1], row[2:-1]), row[-1]) for row in await cursor.fetchall()}


async def grow_balances(connection: psycopg.AsyncConnection, grown: dict[BalanceKey, Used]) -> Balances:
    """Add to the balances there are; what they hold now. One round trip."""
    given = _json(
        {
            "subscriber_id": key.subscriber_id,
            "period_start": key.period.start,
            "period_end": key.period.end,
            "up": used.up_bytes,
            "down": used.down_bytes,
            "time_s": used.time_s,
        }
        for key, used in grown.items()
    )
    growing = connection.cursor()
    async with connection.pipeline():
        await connection.execute(_LOCK_BALANCES, (given,), prepare=True)
        await growing.execute(_GROW_BALANCES, (given,), prepare=True)
    return _balances(await growing.fetchall())


async def make_balances(connection: psycopg.AsyncConnection, rolled: dict[BalanceKey, int]) -> Balances:
    """Balances from the ledger, which holds the batch already, with what rolled over to each; one that another process has made
    meanwhile is missing. Those of other periods over the same time, left from earlier terms, go."""
    given = _json(
        {
            "subscriber_id": key.subscriber_id,
            "period_start": key.period.start,
            "period_end": key.period.end,
            "rolled": rolled_bytes,
        }
        for key, rolled_bytes in rolled.items()
    )
    making = connection.cursor()
    async with connection.pipeline():
        await connection.execute(_LOCK_SUBSCRIBERS, ([key.subscriber_id for key in rolled],), prepare=True)
        await connection.execute(_DROP_OVERLAPPING, (given,), prepare=True)
        await making.execute(_MAKE_BALANCES, (given,), prepare=True)
    return _balances(await making.fetchall())


def _balances(rows: Iterable[tuple[Any, ...]]) -> Balances:
    return {(row[0], row[1]): Balance(Used(int(row[2]), int(row[3]), int(row[4])), row[5]) for row in rows}


async def find_last_periods(
    connection: psycopg.AsyncConnection, starts: Iterable[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], LastPeriod]:
    """For each (subscriber, start of a period) what the periods before leave; those without a quota are missing."""
    given = _json({"subscriber_id": id_, "period_start": start} for id_, start in starts)
    cursor = await connection.execute(_ROLL_OVERS, (given,), prepare=True)
    return {
        (row[0], row[1]): LastPeriod(RollOver(row[2], row[3], row[4]), row[5], row[6] or 0, row[7] or 0)
        for row in await cursor.fetchall()
    }
