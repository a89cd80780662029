"""The batched path of accounting into the database: a fixed number of statements, however many updates a batch has.

Rows are locked in the order of the sessions' keys, whoever locks them, so that two processes cannot wait for each other;
`FOR NO KEY UPDATE`, because a foreign key on a session must not wait for its accounting. Values travel as one JSON array per
statement: one parameter, one plan, no quoting by hand. What need not be waited for is only sent: the caller's pipeline carries
it. May be called by `sessions.service` only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import tuple_row

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.sessions.rules import AccountingEvent, SessionState


class SessionKey(NamedTuple):
    """What tells sessions apart: two NAS may use one session id, and one NAS may use it again for another guest."""

    router_id: UUID
    acct_session_id: str
    username: str


@dataclass(slots=True)
class KnownSession:
    """A session: its row, locked for the transaction, or one to be made."""

    session_id: UUID
    subscriber_id: UUID | None
    state: SessionState
    is_new: bool
    last: AccountingEvent
    """The update of the batch that arrived last."""


@dataclass(slots=True)
class UsageDelta:
    """Bytes to add to one ledger row: (session, quarter of an hour)."""

    session_id: UUID
    quarter_start: datetime
    router_id: UUID
    host_id: UUID
    subscriber_id: UUID | None
    up_bytes: int = 0
    down_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        return self.up_bytes + self.down_bytes


_SUBSCRIBERS = "SELECT username, id FROM subscribers WHERE username = ANY(%s)"

_LOCK_ROWS = """
SELECT given.n, sessions.id, sessions.subscriber_id, known_up_bytes, known_down_bytes, gigawords, session_time_s,
    up_bytes, down_bytes, started_at, updated_at, ended_at, stopped, terminate_cause, login, refused_updates
FROM json_to_recordset(%s) AS given (n integer, router_id uuid, acct_session_id text, username text)
CROSS JOIN LATERAL (
    SELECT * FROM sessions WHERE sessions.router_id = given.router_id
        AND sessions.acct_session_id = given.acct_session_id AND sessions.username = given.username
    OFFSET 0 FOR NO KEY UPDATE) AS sessions
"""
"""One after the other in the order given (OFFSET 0 sees to it), which is that of the keys."""

_MAKE_ROWS = """
INSERT INTO sessions (id, router_id, host_id, acct_session_id, username, subscriber_id, known_up_bytes, known_down_bytes,
    gigawords, session_time_s, up_bytes, down_bytes, started_at, updated_at, heard_at, ended_at, stopped, terminate_cause,
    login, refused_updates, calling_station_id, called_station_id, framed_ip, nas_address)
SELECT id, router_id, host_id, acct_session_id, username, subscriber_id, known_up, known_down, gigawords, time_s, up, down,
    started_at, updated_at, heard_at, ended_at, stopped, cause, login, refused, calling, called, ip, nas
FROM json_to_recordset(%s) AS given (
    id uuid, router_id uuid, host_id uuid, acct_session_id text, username text, subscriber_id uuid, known_up bigint,
    known_down bigint, gigawords boolean, time_s bigint, up bigint, down bigint, started_at timestamptz,
    updated_at timestamptz, heard_at timestamptz, ended_at timestamptz, stopped boolean, cause text, login text,
    refused bigint, calling text, called text, ip text, nas text)
"""

_SAVE_ROWS = """
UPDATE sessions SET known_up_bytes = given.known_up, known_down_bytes = given.known_down, gigawords = given.gigawords,
    session_time_s = given.time_s, up_bytes = given.up, down_bytes = given.down, started_at = given.started_at,
    updated_at = given.updated_at, heard_at = greatest(sessions.heard_at, given.heard_at), ended_at = given.ended_at,
    stopped = given.stopped, terminate_cause = given.cause, login = given.login, refused_updates = given.refused,
    calling_station_id = coalesce(nullif(given.calling, ''), calling_station_id),
    called_station_id = coalesce(nullif(given.called, ''), called_station_id),
    framed_ip = coalesce(nullif(given.ip, ''), framed_ip), nas_address = coalesce(nullif(given.nas, ''), nas_address)
FROM json_to_recordset(%s) AS given (
    id uuid, known_up bigint, known_down bigint, gigawords boolean, time_s bigint, up bigint, down bigint,
    started_at timestamptz, updated_at timestamptz, heard_at timestamptz, ended_at timestamptz, stopped boolean,
    cause text, login text, refused bigint, calling text, called text, ip text, nas text)
WHERE sessions.id = given.id
"""

_GROW_LEDGER = """
INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes)
SELECT * FROM json_to_recordset(%s) AS given (
    session_id uuid, quarter_start timestamptz, router_id uuid, host_id uuid, subscriber_id uuid, up_bytes bigint,
    down_bytes bigint)
ON CONFLICT (session_id, quarter_start) DO UPDATE
SET up_bytes = usage_ledger.up_bytes + excluded.up_bytes, down_bytes = usage_ledger.down_bytes + excluded.down_bytes
"""

_CLOSE_ROUTER = """
WITH open AS (
    SELECT id FROM sessions WHERE router_id = %(router_id)s AND ended_at IS NULL AND started_at < %(at)s
    ORDER BY router_id, acct_session_id, username FOR NO KEY UPDATE)
UPDATE sessions SET ended_at = %(at)s, terminate_cause = %(cause)s FROM open WHERE sessions.id = open.id
RETURNING sessions.id
"""


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def key_of(event: AccountingEvent) -> SessionKey:
    return SessionKey(event.router_id, event.acct_session_id, event.username)


async def lock_sessions(
    connection: psycopg.AsyncConnection, latest: dict[SessionKey, AccountingEvent], starting: set[SessionKey]
) -> dict[SessionKey, KnownSession]:
    """These sessions, their rows locked; those that are missing are made by `save_sessions`.

    One round trip, or two where a session is new that is not among those `starting`.
    """
    keys = sorted(latest)
    given = [
        {"n": number, "router_id": key.router_id, "acct_session_id": key.acct_session_id, "username": key.username}
        for number, key in enumerate(keys)
    ]
    locking = connection.cursor(binary=True, row_factory=tuple_row)
    await locking.execute(_LOCK_ROWS, (_json(given),), prepare=True)
    names = {_account(latest[key]) for key in starting}
    subscribers = await _find_subscribers(connection, names) if names else {}
    known = {keys[row[0]]: _known(row, latest[keys[row[0]]]) for row in await locking.fetchall()}
    missing = [key for key in keys if key not in known]
    if unasked := {_account(latest[key]) for key in missing} - names:
        subscribers |= await _find_subscribers(connection, unasked)
    for key in missing:
        subscriber_id = subscribers.get(_account(latest[key]))
        known[key] = KnownSession(new_id(), subscriber_id, SessionState(), is_new=True, last=latest[key])
    return known


def _account(event: AccountingEvent) -> str:
    return event.account or event.username


async def _find_subscribers(connection: psycopg.AsyncConnection, names: set[str]) -> dict[str, UUID]:
    cursor = connection.cursor(binary=True, row_factory=tuple_row)
    await cursor.execute(_SUBSCRIBERS, (list(names),), prepare=True)
    return dict(await cursor.fetchall())


async def save_sessions(
    connection: psycopg.AsyncConnection, sessions: dict[SessionKey, KnownSession], deltas: Iterable[UsageDelta]
) -> None:
    """Write the folded sessions, which must be locked, make the new ones, and grow their ledger rows.

    UniqueViolation where another process has made one of them meanwhile: the batch is to be worked off again.
    """
    if changed := [_session_row(session) for session in sessions.values() if not session.is_new]:
        await connection.execute(_SAVE_ROWS, (_json(changed),), prepare=True)
    if made := [_new_row(key, session) for key, session in sessions.items() if session.is_new]:
        await connection.execute(_MAKE_ROWS, (_json(made),), prepare=True)
    if growing := [_ledger_row(delta) for delta in deltas if delta.total_bytes]:
        await connection.execute(_GROW_LEDGER, (_json(growing),), prepare=True)


async def close_router(connection: psycopg.AsyncConnection, router_id: UUID, at: datetime, cause: str) -> list[UUID]:
    """End the NAS's open sessions that began before `at`; their ids."""
    values = {"router_id": router_id, "at": at, "cause": cause}
    cursor = await connection.execute(_CLOSE_ROUTER, values)
    return [row[0] for row in await cursor.fetchall()]


def _known(row: tuple[Any, ...], last: AccountingEvent) -> KnownSession:
    _, session_id, subscriber_id, known_up, known_down, gigawords, time_s, up, down, *life, login, refused = row
    started_at, updated_at, ended_at, stopped, cause = life
    state = SessionState(
        known_up,
        known_down,
        gigawords,
        time_s,
        up,
        down,
        started_at,
        updated_at,
        ended_at,
        stopped,
        cause,
        login,
        refused,
    )
    return KnownSession(session_id, subscriber_id, state, is_new=False, last=last)


def _new_row(key: SessionKey, session: KnownSession) -> dict[str, Any]:
    row = _session_row(session)
    row["router_id"], row["acct_session_id"], row["username"] = key
    row["host_id"], row["subscriber_id"] = session.last.host_id, session.subscriber_id
    return row


def _session_row(session: KnownSession) -> dict[str, Any]:
    state, last = session.state, session.last
    return {
        "id": session.session_id,
        "known_up": state.known_up_bytes,
        "known_down": state.known_down_bytes,
        "gigawords": state.gigawords,
        "time_s": state.session_time_s,
        "up": state.up_bytes,
        "down": state.down_bytes,
        "started_at": state.started_at,
        "updated_at": state.updated_at,
        "heard_at": last.arrived_at,
        "ended_at": state.ended_at,
        "stopped": state.stopped,
        "cause": state.terminate_cause,
        "login": state.login,
        "refused": state.refused_updates,
        "calling": last.calling_station_id,
        "called": last.called_station_id,
        "ip": last.framed_ip,
        "nas": last.nas_address,
    }


def _ledger_row(delta: UsageDelta) -> dict[str, Any]:
    return {
        "session_id": delta.session_id,
        "quarter_start": delta.quarter_start,
        "router_id": delta.router_id,
        "host_id": delta.host_id,
        "subscriber_id": delta.subscriber_id,
        "up_bytes": delta.up_bytes,
        "down_bytes": delta.down_bytes,
    }
