"""The batched path of usage into quota balances, inside accounting's own transaction.

Balances are locked in key order and after the sessions, in every process. A balance that is missing is made from the ledger,
which then holds the batch already. May be called by `quotas.service` only.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.rules import BalanceKey, EnforcementState, Reason, Terms
from spotfi_cloud.storage.notify import Channel

_TERMS = """
SELECT subscribers.id,
    coalesce(subscribers.own_quota_bytes, plans.quota_bytes)
        + CASE WHEN subscribers.granted_until IS NULL OR subscribers.granted_until > now() THEN granted_bytes ELSE 0 END,
    plans.period, coalesce(hosts.timezone, %s), coalesce(subscribers.period_since, subscribers.created_at)
FROM subscribers JOIN plans ON plans.id = subscribers.plan_id LEFT JOIN hosts ON hosts.id = subscribers.host_id
WHERE subscribers.id = ANY(%s)
"""

_GROW_CURRENT = """
UPDATE quota_balances SET used_bytes = used_bytes + given.bytes
FROM (
    SELECT subscriber_id, to_timestamp(at_s) AS at, bytes
    FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS arrays (subscriber_id, at_s, bytes)) AS given
JOIN subscribers ON subscribers.id = given.subscriber_id
JOIN plans ON plans.id = subscribers.plan_id
LEFT JOIN hosts ON hosts.id = subscribers.host_id
WHERE quota_balances.subscriber_id = given.subscriber_id AND quota_balances.period_start <= given.at
    AND (quota_balances.period_end IS NULL OR quota_balances.period_end > given.at)
RETURNING given.subscriber_id, quota_balances.period_start, quota_balances.period_end, used_bytes,
    coalesce(subscribers.own_quota_bytes, plans.quota_bytes)
        + CASE WHEN subscribers.granted_until IS NULL OR subscribers.granted_until > given.at THEN granted_bytes ELSE 0 END,
    plans.period, coalesce(hosts.timezone, %s), coalesce(subscribers.period_since, subscribers.created_at)
"""

_LOCK_BALANCES = """
SELECT FROM json_to_recordset(%s) AS given (subscriber_id uuid, period_start timestamptz, period_end timestamptz)
JOIN quota_balances USING (subscriber_id, period_start)
WHERE quota_balances.period_end IS NOT DISTINCT FROM given.period_end
ORDER BY quota_balances.subscriber_id, quota_balances.period_start FOR NO KEY UPDATE OF quota_balances
"""

_GROW_BALANCES = """
UPDATE quota_balances SET used_bytes = used_bytes + given.bytes
FROM json_to_recordset(%s) AS given (
    subscriber_id uuid, period_start timestamptz, period_end timestamptz, bytes bigint)
WHERE quota_balances.subscriber_id = given.subscriber_id AND quota_balances.period_start = given.period_start
    AND quota_balances.period_end IS NOT DISTINCT FROM given.period_end
RETURNING quota_balances.subscriber_id, quota_balances.period_start, used_bytes
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
INSERT INTO quota_balances (subscriber_id, period_start, period_end, used_bytes)
SELECT given.subscriber_id, given.period_start, given.period_end, coalesce((
    SELECT sum(up_bytes + down_bytes) FROM usage_ledger
    WHERE usage_ledger.subscriber_id = given.subscriber_id AND quarter_start >= given.period_start
        AND (given.period_end IS NULL OR quarter_start < given.period_end)), 0)
FROM json_to_recordset(%s) AS given (subscriber_id uuid, period_start timestamptz, period_end timestamptz)
ORDER BY given.subscriber_id, given.period_start
ON CONFLICT (subscriber_id, period_start) DO NOTHING
RETURNING subscriber_id, period_start, used_bytes
"""

_OPEN_SESSIONS = "SELECT id, subscriber_id FROM sessions WHERE subscriber_id = ANY(%s) AND ended_at IS NULL"

_ENFORCE = """
INSERT INTO enforcements (id, session_id, subscriber_id, reason, state, attempts, answer, created_at, next_attempt_at)
SELECT given.id, given.session_id, given.subscriber_id, given.reason, given.state, 0, '', given.at, given.at
FROM json_to_recordset(%s) AS given (
    id uuid, session_id uuid, subscriber_id uuid, reason text, state text, at timestamptz)
ON CONFLICT DO NOTHING
RETURNING subscriber_id
"""

_PROVE = """
UPDATE enforcements SET state = CASE action WHEN 'disconnect' THEN 'proved' ELSE 'lapsed' END,
    proved_at = CASE action WHEN 'disconnect' THEN %s::timestamptz END
WHERE session_id = ANY(%s)
    AND (state IN ('pending', 'sent', 'unreachable') OR action = 'disconnect' AND state IN ('acknowledged', 'refused'))
"""


class GrownBalance(NamedTuple):
    """A balance after it grew, and its subscriber's terms, which may be of other periods than this one."""

    subscriber_id: UUID
    period_start: datetime
    period_end: datetime | None
    used_bytes: int
    terms: Terms


Balances = dict[tuple[UUID, datetime], int]
"""Bytes used, by subscriber and start of the period."""


_PERIOD_KINDS = {kind.value: kind for kind in PeriodKind}
_as_number = attrgetter("int")
"""Sorts ids as the database does, without a call for each comparison."""


def _json(rows: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()


async def find_terms(
    connection: psycopg.AsyncConnection, subscriber_ids: list[UUID], default_zone: str
) -> dict[UUID, Terms]:
    cursor = await connection.execute(_TERMS, (default_zone, subscriber_ids), prepare=True)
    return {row[0]: Terms(row[1], PeriodKind(row[2]), row[3], row[4]) for row in await cursor.fetchall()}


async def grow_current(
    connection: psycopg.AsyncConnection, grown: dict[UUID, tuple[datetime, int]], default_zone: str
) -> list[GrownBalance]:
    """Add to whatever balance of each subscriber holds the quarter of an hour; with the terms that hold now. One round trip.

    Every balance that holds the quarter grows, also one left from earlier terms: it then still equals the ledger's sum.
    """
    ids = sorted(grown, key=_as_number)
    values = (
        "{" + ",".join([subscriber_id.hex for subscriber_id in ids]) + "}",
        "{" + ",".join([str(int(grown[subscriber_id][0].timestamp())) for subscriber_id in ids]) + "}",
        "{" + ",".join([str(grown[subscriber_id][1]) for subscriber_id in ids]) + "}",
        default_zone,
    )
    growing = connection.cursor(binary=True)
    await growing.execute(_GROW_CURRENT, values, prepare=True)
    return [
        GrownBalance(row[0], row[1], row[2], row[3], Terms(row[4], _PERIOD_KINDS[row[5]], row[6], row[7]))
        for row in await growing.fetchall()
    ]


async def grow_balances(connection: psycopg.AsyncConnection, grown: dict[BalanceKey, int]) -> Balances:
    """Add to balances, whose ledger rows have grown already; what they hold now. One round trip, three where some are new."""
    balances = await _grow(connection, grown)
    missing = [key for key in grown if (key.subscriber_id, key.period.start) not in balances]
    if missing:
        balances |= await _make(connection, missing)
        raced = {key: grown[key] for key in missing if (key.subscriber_id, key.period.start) not in balances}
        balances |= await _grow(connection, raced) if raced else {}
    return balances


async def _grow(connection: psycopg.AsyncConnection, grown: dict[BalanceKey, int]) -> Balances:
    given = _json(
        {
            "subscriber_id": key.subscriber_id,
            "period_start": key.period.start,
            "period_end": key.period.end,
            "bytes": total,
        }
        for key, total in grown.items()
    )
    growing = connection.cursor()
    async with connection.pipeline():
        await connection.execute(_LOCK_BALANCES, (given,), prepare=True)
        await growing.execute(_GROW_BALANCES, (given,), prepare=True)
    return {(row[0], row[1]): row[2] for row in await growing.fetchall()}


async def _make(connection: psycopg.AsyncConnection, keys: list[BalanceKey]) -> Balances:
    """Balances from the ledger. Those of other periods over the same time, left from earlier terms, go."""
    given = _json(
        {"subscriber_id": key.subscriber_id, "period_start": key.period.start, "period_end": key.period.end}
        for key in keys
    )
    making = connection.cursor()
    async with connection.pipeline():
        await connection.execute(_LOCK_SUBSCRIBERS, ([key.subscriber_id for key in keys],), prepare=True)
        await connection.execute(_DROP_OVERLAPPING, (given,), prepare=True)
        await making.execute(_MAKE_BALANCES, (given,), prepare=True)
    return {(row[0], row[1]): row[2] for row in await making.fetchall()}


async def enforce_quota(connection: psycopg.AsyncConnection, subscriber_ids: list[UUID], at: datetime) -> int:
    """Enforcements for the subscribers' open sessions that have none, announced on commit; how many."""
    open_sessions = await (await connection.execute(_OPEN_SESSIONS, (subscriber_ids,), prepare=True)).fetchall()
    if not open_sessions:
        return 0
    common = {"reason": Reason.QUOTA, "state": EnforcementState.PENDING, "at": at}
    given = _json(
        {"id": new_id(), "session_id": session_id, "subscriber_id": subscriber_id, **common}
        for session_id, subscriber_id in open_sessions
    )
    made = await (await connection.execute(_ENFORCE, (given,), prepare=True)).fetchall()
    for subscriber_id in {row[0] for row in made}:
        await connection.execute("SELECT pg_notify(%s, %s)", (Channel.ENFORCEMENT.value, str(subscriber_id)))
    return len(made)


async def prove(connection: psycopg.AsyncConnection, session_ids: list[UUID], at: datetime) -> None:
    """The sessions have ended: their ends are proved, and their new limits matter no more."""
    await connection.execute(_PROVE, (at, session_ids), prepare=True)
