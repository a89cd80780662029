"""Accounts for a batch of logins in one statement. May be called by `access.service` only."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson
import psycopg

from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.quotas.terms import Terms, Used
from spotfi_cloud.storage.batches import Statement, run_together, text_array

_ACCOUNTS = Statement("""
SELECT subscribers.id, subscribers.username, subscribers.password_sealed, subscribers.disabled_at IS NOT NULL AS disabled,
    hosts.suspended_at IS NOT NULL AS host_suspended, coalesce(hosts.timezone, $3) AS zone,
    coalesce(subscribers.period_since, subscribers.created_at) AS since,
    coalesce(subscribers.own_quota_bytes, plans.quota_bytes) + CASE
        WHEN subscribers.granted_until IS NULL OR subscribers.granted_until > $2::timestamptz THEN granted_bytes ELSE 0
    END AS quota_bytes,
    plans.period, plans.quota_up_bytes, plans.quota_down_bytes, plans.quota_s, plans.at_limit, plans.session_quota_bytes,
    plans.rollover_percent > 0 AS rolls_over, plans.throttle_up_bps, plans.throttle_down_bps,
    plans.session_timeout_s, plans.idle_timeout_s,
    coalesce(subscribers.own_rate_up_bps, plans.rate_up_bps), coalesce(subscribers.own_rate_down_bps, plans.rate_down_bps),
    coalesce(subscribers.own_max_sessions, plans.max_sessions) AS max_sessions, plans.interim_interval_s,
    subscribers.valid_from, subscribers.valid_until, subscribers.valid_for_s, quota_balances.period_start,
    quota_balances.period_end, quota_balances.used_up_bytes, used_bytes - used_up_bytes, quota_balances.used_s,
    quota_balances.rolled_bytes, live.devices, live.heard
FROM subscribers
JOIN plans ON plans.id = subscribers.plan_id
LEFT JOIN hosts ON hosts.id = subscribers.host_id
LEFT JOIN quota_balances ON quota_balances.subscriber_id = subscribers.id AND quota_balances.period_start <= $2
    AND (quota_balances.period_end IS NULL OR quota_balances.period_end > $2)
LEFT JOIN LATERAL (
    SELECT array_agg(calling_station_id) AS devices, array_agg(heard_at) AS heard FROM sessions
    WHERE sessions.subscriber_id = subscribers.id AND sessions.ended_at IS NULL
        AND coalesce(subscribers.own_max_sessions, plans.max_sessions) IS NOT NULL
) AS live ON true
WHERE subscribers.username = ANY($1::text[])
""")

_LEDGER_SUM = """
SELECT coalesce(sum(up_bytes), 0)::bigint, coalesce(sum(down_bytes), 0)::bigint, coalesce(sum(used_s), 0)::bigint
FROM usage_ledger
WHERE subscriber_id = %s AND quarter_start >= %s AND (%s::timestamptz IS NULL OR quarter_start < %s)
"""


_USED_UP = """
SELECT subscriber_id, min(quarter_start) FROM (
    SELECT subscriber_id, quarter_start, given.total, given.up, given.down, given.time_s,
        sum(sum(up_bytes)) OVER running AS up_bytes, sum(sum(down_bytes)) OVER running AS down_bytes,
        sum(sum(used_s)) OVER running AS used_s
    FROM json_to_recordset(%s) AS given (
        subscriber_id uuid, total bigint, up bigint, down bigint, time_s bigint, period_start timestamptz,
        period_end timestamptz)
    JOIN usage_ledger USING (subscriber_id)
    WHERE quarter_start >= given.period_start AND (given.period_end IS NULL OR quarter_start < given.period_end)
    GROUP BY subscriber_id, quarter_start, given.total, given.up, given.down, given.time_s
    WINDOW running AS (PARTITION BY subscriber_id ORDER BY quarter_start)
) AS sums
WHERE up_bytes + down_bytes >= total OR up_bytes >= up OR down_bytes >= down OR used_s >= time_s
GROUP BY subscriber_id
"""


class AccountRow(NamedTuple):
    """One row of `find_accounts`, field for column."""

    id: UUID
    username: str
    password_sealed: bytes
    disabled: bool
    host_suspended: bool
    zone: str
    since: datetime
    quota_bytes: int | None
    period: str
    quota_up_bytes: int | None
    quota_down_bytes: int | None
    quota_s: int | None
    at_limit: str
    session_quota_bytes: int | None
    rolls_over: bool
    throttle_up_bps: int | None
    throttle_down_bps: int | None
    session_timeout_s: int | None
    idle_timeout_s: int | None
    rate_up_bps: int | None
    rate_down_bps: int | None
    max_sessions: int | None
    interim_interval_s: int
    valid_from: datetime | None
    valid_until: datetime | None
    valid_for_s: int | None
    period_start: datetime | None
    period_end: datetime | None
    used_up_bytes: int | None
    used_down_bytes: int | None
    used_s: int | None
    rolled_bytes: int | None
    devices: list[str] | None
    heard: list[datetime] | None


async def find_accounts(
    connection: psycopg.AsyncConnection, usernames: list[str], now: datetime, default_zone: str
) -> list[AccountRow]:
    values = text_array(usernames), now.isoformat().encode(), default_zone.encode()
    (rows,) = await run_together(connection, [(_ACCOUNTS, values)])
    return [AccountRow(*row) for row in rows]


async def sum_ledger(connection: psycopg.AsyncConnection, subscriber_id: UUID, period: Period) -> Used:
    """What was used in the period."""
    values = (subscriber_id, period.start, period.end, period.end)
    row = await (await connection.execute(_LEDGER_SUM, values, prepare=True)).fetchone()
    return Used() if row is None else Used(*row)


async def find_used_up_at(
    connection: psycopg.AsyncConnection, terms: Mapping[UUID, tuple[Terms, Period]]
) -> dict[UUID, datetime]:
    """The quarter of an hour in which each subscriber's usage of the period passed a quota; missing where it did not."""
    given = orjson.dumps(
        [
            {
                "subscriber_id": id_,
                "total": each.quota_bytes,
                "up": each.up_bytes,
                "down": each.down_bytes,
                "time_s": each.time_s,
                "period_start": period.start,
                "period_end": period.end,
            }
            for id_, (each, period) in terms.items()
        ]
    )
    cursor = await connection.execute(_USED_UP, (given.decode(),), prepare=True)
    return dict(await cursor.fetchall())
