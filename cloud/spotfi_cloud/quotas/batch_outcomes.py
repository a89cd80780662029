"""What follows from a batch of accounting, inside its transaction: sessions end or are throttled, thresholds are told of.

May be called by `quotas.service` only.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.quotas.rules import LIMITS_CHANGED, EnforcementState, Reason
from spotfi_cloud.quotas.terms import Crossing
from spotfi_cloud.storage.batches import Call, Statement, array
from spotfi_cloud.storage.notify import Channel

_OPEN_SESSIONS = "SELECT id, subscriber_id FROM sessions WHERE subscriber_id = ANY(%s) AND ended_at IS NULL"
_STILL_OPEN = "SELECT id, subscriber_id FROM sessions WHERE id = ANY(%s) AND ended_at IS NULL"
_THROTTLE = "INSERT INTO limit_changes (subscriber_id, reason) SELECT unnest(%s::uuid[]), 'quota'"
_TELL_THRESHOLDS = """
INSERT INTO events (kind, host_id, subject_id, data)
SELECT 'quota.threshold', subscribers.host_id, subscribers.id, given.data
FROM json_to_recordset(%s) AS given (subscriber_id uuid, data jsonb)
JOIN subscribers ON subscribers.id = given.subscriber_id
"""

_ENFORCE = """
INSERT INTO enforcements (id, session_id, subscriber_id, reason, state, attempts, answer, created_at, next_attempt_at)
SELECT given.id, given.session_id, given.subscriber_id, given.reason, given.state, 0, '', given.at, given.at
FROM json_to_recordset(%s) AS given (
    id uuid, session_id uuid, subscriber_id uuid, reason text, state text, at timestamptz)
ON CONFLICT DO NOTHING
RETURNING subscriber_id
"""

_NOTIFY = "SELECT pg_notify(%s, %s)"
_PROVE = Statement("""
UPDATE enforcements SET state = CASE action WHEN 'disconnect' THEN 'proved' ELSE 'lapsed' END,
    proved_at = CASE action WHEN 'disconnect' THEN $1::timestamptz END
WHERE session_id = ANY($2::uuid[])
    AND (state IN ('pending', 'sent', 'unreachable') OR action = 'disconnect' AND state IN ('acknowledged', 'refused'))
""")


def _json(rows: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()


async def end_sessions_of(connection: psycopg.AsyncConnection, subscriber_ids: list[UUID], at: datetime) -> int:
    """Enforcements for the open sessions of subscribers whose quota is used up, where there are none; how many."""
    cursor = await connection.execute(_OPEN_SESSIONS, (subscriber_ids,), prepare=True)
    return await _enforce(connection, await cursor.fetchall(), Reason.QUOTA, at)


async def end_sessions(connection: psycopg.AsyncConnection, session_ids: list[UUID], at: datetime) -> int:
    """The same for sessions that have used what one session may."""
    cursor = await connection.execute(_STILL_OPEN, (session_ids,), prepare=True)
    return await _enforce(connection, await cursor.fetchall(), Reason.SESSION_QUOTA, at)


async def _enforce(
    connection: psycopg.AsyncConnection, sessions: list[tuple[Any, ...]], reason: Reason, at: datetime
) -> int:
    if not sessions:
        return 0
    common = {"reason": reason, "state": EnforcementState.PENDING, "at": at}
    given = _json(
        {"id": new_id(), "session_id": session_id, "subscriber_id": subscriber_id, **common}
        for session_id, subscriber_id in sessions
    )
    made = await (await connection.execute(_ENFORCE, (given,), prepare=True)).fetchall()
    for subscriber_id in {row[0] for row in made}:
        await connection.execute(_NOTIFY, (Channel.ENFORCEMENT.value, str(subscriber_id)))
    return len(made)


async def throttle(connection: psycopg.AsyncConnection, subscriber_ids: list[UUID]) -> None:
    """Have the NASes of the subscribers' sessions, and of those that are just beginning, told the throttled speed."""
    await connection.execute(_THROTTLE, (subscriber_ids,), prepare=True)
    await connection.execute(_NOTIFY, (Channel.ENFORCEMENT.value, LIMITS_CHANGED))


async def tell_thresholds(connection: psycopg.AsyncConnection, crossed: Iterable[tuple[UUID, Crossing]]) -> None:
    """Events of thresholds that were passed."""
    given = _json({"subscriber_id": id_, "data": crossing._asdict()} for id_, crossing in crossed)
    await connection.execute(_TELL_THRESHOLDS, (given,), prepare=True)
    await connection.execute(_NOTIFY, (Channel.EVENTS.value, ""))


def proving(session_ids: list[UUID], at: datetime) -> Call:
    """The sessions have ended: their ends are proved, and their new limits matter no more."""
    return _PROVE, (at.isoformat().encode(), array(each.hex for each in session_ids))
