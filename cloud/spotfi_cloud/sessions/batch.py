"""The batched path of accounting into the database: a fixed number of statements, however many updates a batch has.

Nothing is locked to be read. A session is written on condition that its row is still the one the update was folded on:
PostgreSQL tells by `xmin`, the transaction that wrote a row last. Two processes cannot wait for each other: new rows are made
before others are updated (an insert waits for who updates the same key, an update never for a row it cannot see yet), each in
the order of the sessions' keys. Numbers travel as one array per column, which costs a third of JSON on either side. May be
called by `sessions.recording` only.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any
from uuid import UUID

import orjson

from spotfi_cloud.sessions.memory import KnownSession, Place, SessionKey, TouchedSession, UsageDelta
from spotfi_cloud.sessions.rules import SessionState
from spotfi_cloud.storage.batches import Call, Statement, Transaction, array

_READ_SQL = """
SELECT given.n, sessions.id, sessions.subscriber_id, sessions.xmin::text, known_up_bytes, known_down_bytes, gigawords,
    session_time_s, up_bytes, down_bytes, used_s, started_at, updated_at, ended_at, stopped, terminate_cause, login,
    refused_updates, calling_station_id, called_station_id, framed_ip, nas_address
FROM json_to_recordset($1) AS given (n integer, router_id uuid, acct_session_id text, username text)
JOIN sessions USING (router_id, acct_session_id, username)
"""

_READ = Statement(_READ_SQL)
_READ_LOCKING = Statement(f"{_READ_SQL} FOR NO KEY UPDATE OF sessions SKIP LOCKED")

_SAVE = Statement("""
WITH saved AS (
    UPDATE sessions SET known_up_bytes = known_up, known_down_bytes = known_down, session_time_s = time_s, up_bytes = up,
        down_bytes = down, used_s = given.used_s, updated_at = to_timestamp(updated_s),
        heard_at = greatest(heard_at, to_timestamp(heard_s)),
        gigawords = coalesce((rest->>'gigawords')::boolean, gigawords),
        started_at = coalesce((rest->>'started_at')::timestamptz, started_at),
        ended_at = CASE WHEN rest IS NULL THEN ended_at ELSE (rest->>'ended_at')::timestamptz END,
        stopped = coalesce((rest->>'stopped')::boolean, stopped), terminate_cause = coalesce(rest->>'cause', terminate_cause),
        login = coalesce(rest->>'login', login), refused_updates = coalesce((rest->>'refused')::bigint, refused_updates),
        calling_station_id = coalesce(rest->>'calling', calling_station_id),
        called_station_id = coalesce(rest->>'called', called_station_id),
        framed_ip = coalesce(rest->>'ip', framed_ip), nas_address = coalesce(rest->>'nas', nas_address)
    FROM unnest($1::uuid[], $2::xid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::float8[], $10::float8[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::jsonb[]) WITH ORDINALITY
        AS given (id, seen, known_up, known_down, time_s, up, down, used_s, updated_s, heard_s, quarter_s, grown_up,
            grown_down, grown_s, rest, n)
    WHERE sessions.id = given.id AND sessions.xmin = given.seen
    RETURNING n, sessions.xmin AS version, sessions.id, router_id, host_id, subscriber_id, quarter_s, grown_up, grown_down,
        grown_s),
grown AS (
    INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes, used_s)
    SELECT id, to_timestamp(quarter_s), router_id, host_id, subscriber_id, grown_up, grown_down, grown_s FROM saved
    WHERE grown_up > 0 OR grown_down > 0 OR grown_s > 0
    ON CONFLICT (session_id, quarter_start) DO UPDATE
    SET up_bytes = usage_ledger.up_bytes + excluded.up_bytes, down_bytes = usage_ledger.down_bytes + excluded.down_bytes,
        used_s = usage_ledger.used_s + excluded.used_s)
SELECT count(*), min(version::text), array_agg(n::integer) FROM saved
""")
"""`rest` is what seldom changes, NULL where nothing of it has: not to be sent, parsed and compared each time."""

_MAKE = Statement("""
INSERT INTO sessions (id, router_id, host_id, acct_session_id, username, subscriber_id, known_up_bytes, known_down_bytes,
    gigawords, session_time_s, up_bytes, down_bytes, used_s, started_at, updated_at, heard_at, ended_at, stopped,
    terminate_cause, login, refused_updates, calling_station_id, called_station_id, framed_ip, nas_address)
SELECT id, router_id, host_id, acct_session_id, username,
    (SELECT subscribers.id FROM subscribers WHERE subscribers.username = account), known_up, known_down, gigawords, time_s,
    up, down, used_s, started_at, updated_at, heard_at, ended_at, stopped, cause, login, refused, calling, called, ip, nas
FROM json_to_recordset($1) AS given (
    id uuid, router_id uuid, host_id uuid, acct_session_id text, username text, account text, known_up bigint,
    known_down bigint, gigawords boolean, time_s bigint, up bigint, down bigint, used_s bigint,
    started_at timestamptz,
    updated_at timestamptz, heard_at timestamptz, ended_at timestamptz, stopped boolean, cause text, login text,
    refused bigint, calling text, called text, ip text, nas text)
ON CONFLICT (router_id, acct_session_id, username) DO NOTHING
RETURNING id, subscriber_id, xmin::text
""")

_GROW_LEDGER = Statement("""
INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes, used_s)
SELECT * FROM json_to_recordset($1) AS given (
    session_id uuid, quarter_start timestamptz, router_id uuid, host_id uuid, subscriber_id uuid, up_bytes bigint,
    down_bytes bigint, used_s bigint)
ON CONFLICT (session_id, quarter_start) DO UPDATE
SET up_bytes = usage_ledger.up_bytes + excluded.up_bytes, down_bytes = usage_ledger.down_bytes + excluded.down_bytes,
    used_s = usage_ledger.used_s + excluded.used_s
""")

_CLOSE_ROUTER = """
WITH open AS (
    SELECT id FROM sessions WHERE router_id = %(router_id)s AND ended_at IS NULL AND started_at < %(at)s
    ORDER BY router_id, acct_session_id, username FOR NO KEY UPDATE)
UPDATE sessions SET ended_at = %(at)s, terminate_cause = %(cause)s FROM open WHERE sessions.id = open.id
RETURNING sessions.id
"""


async def read_sessions(
    transaction: Transaction, keys: Sequence[SessionKey], *, lock: bool = False
) -> dict[SessionKey, KnownSession]:
    """The sessions of these keys that have rows; with `lock`, those that nobody else has locked, from then on ours."""
    given = [
        {"n": number, "router_id": UUID(int=router), "acct_session_id": session_id, "username": username}
        for number, (router, session_id, username) in enumerate(keys)
    ]
    (rows,) = await transaction.run([(_READ_LOCKING if lock else _READ, (orjson.dumps(given),))])
    return {keys[row[0]]: _known(row) for row in rows}


async def save_sessions(
    transaction: Transaction, touched: dict[SessionKey, TouchedSession]
) -> dict[SessionKey, KnownSession]:
    """Write what a batch makes of its sessions, and what their ledger rows grow by, in one round trip.

    The sessions as they are known from then on; those missing that another transaction has made or changed meanwhile.
    """
    ordered = sorted(touched)
    kept = [key for key in ordered if touched[key].known.version]
    made = [key for key in ordered if not touched[key].known.version]
    calls: list[Call] = []
    if made:
        calls.append((_MAKE, (orjson.dumps([_new_row(touched[key]) for key in made]),)))
    if kept:
        calls.append((_SAVE, _columns([touched[key] for key in kept])))
    results = await transaction.run(calls)
    written: dict[SessionKey, KnownSession] = {}
    if kept:
        for key, version in _saved(kept, results[-1][0]):
            written[key] = _after(touched[key], touched[key].known.subscriber_id, version)
    if made:
        rows = {session_id: (subscriber_id, version) for session_id, subscriber_id, version in results[0]}
        for key in made:
            if row := rows.get(touched[key].known.session_id):
                written[key] = _after(touched[key], *row)
    return written


def _saved(kept: list[SessionKey], row: tuple[Any, ...]) -> Iterator[tuple[SessionKey, str]]:
    """Those of the sessions that were saved, and the version they all have now: one transaction wrote them."""
    count, version, numbers = row
    saved = kept if count == len(kept) else [kept[number - 1] for number in numbers or ()]
    return zip(saved, repeat(version))


async def grow_ledger(transaction: Transaction, deltas: Iterable[UsageDelta]) -> None:
    """Grow the ledger rows that saving a session did not: those of new sessions, and of further quarters."""
    if rows := [_ledger_row(delta) for delta in deltas if delta.total_bytes or delta.used_s]:
        await transaction.run([(_GROW_LEDGER, (orjson.dumps(rows),))])


async def close_router(transaction: Transaction, router_id: UUID, at: datetime, cause: str) -> list[UUID]:
    """End the NAS's open sessions that began before `at`; their ids."""
    connection = await transaction.connection()
    cursor = await connection.execute(_CLOSE_ROUTER, {"router_id": router_id, "at": at, "cause": cause})
    return [row[0] for row in await cursor.fetchall()]


def _known(row: tuple[Any, ...]) -> KnownSession:
    _, session_id, subscriber_id, version, *state = row
    return KnownSession(session_id, subscriber_id, SessionState(*state[:14]), Place(*state[14:]), version)


def _after(touched: TouchedSession, subscriber_id: UUID | None, version: str) -> KnownSession:
    return KnownSession(touched.known.session_id, subscriber_id, touched.state, touched.place, version)


def _columns(sessions: Iterable[TouchedSession]) -> list[bytes]:
    """One array for each column of `_SAVE`."""
    return [array(map(str, column)) for column in zip(*map(_saved_row, sessions), strict=True)]


def _saved_row(session: TouchedSession) -> tuple[Any, ...]:
    known, state, first = session.known, session.state, session.deltas[0]
    updated_at, arrived_at = state.updated_at or session.last.event_at, session.last.arrived_at
    heard_s = arrived_at.timestamp()
    return (
        known.session_id.hex,
        known.version,
        state.known_up_bytes,
        state.known_down_bytes,
        state.session_time_s,
        state.up_bytes,
        state.down_bytes,
        state.used_s,
        heard_s if updated_at is arrived_at else updated_at.timestamp(),
        heard_s,
        int(first.quarter_start.timestamp()),
        first.up_bytes,
        first.down_bytes,
        first.used_s,
        _rest(session) if _rest_has_changed(session) else "NULL",
    )


def _rest_has_changed(session: TouchedSession) -> bool:
    before, after = session.known.state, session.state
    return (
        session.place is not session.known.place
        or before.ended_at != after.ended_at
        or before.gigawords != after.gigawords
        or before.login != after.login
        or before.started_at != after.started_at
        or before.refused_updates != after.refused_updates
        or (before.stopped, before.terminate_cause) != (after.stopped, after.terminate_cause)
    )


def _rest(session: TouchedSession) -> str:
    """As an element of an array in text form."""
    text = orjson.dumps(_rest_of_row(session)).decode()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rest_of_row(session: TouchedSession) -> dict[str, Any]:
    state, place = session.state, session.place
    return {
        "gigawords": state.gigawords,
        "started_at": state.started_at,
        "ended_at": state.ended_at,
        "stopped": state.stopped,
        "cause": state.terminate_cause,
        "login": state.login,
        "refused": state.refused_updates,
        "calling": place.calling_station_id,
        "called": place.called_station_id,
        "ip": place.framed_ip,
        "nas": place.nas_address,
    }


def _new_row(session: TouchedSession) -> dict[str, Any]:
    state, last = session.state, session.last
    return {
        **_rest_of_row(session),
        "id": session.known.session_id,
        "router_id": last.router_id,
        "host_id": last.host_id,
        "acct_session_id": last.acct_session_id,
        "username": last.username,
        "account": last.account or last.username,
        "known_up": state.known_up_bytes,
        "known_down": state.known_down_bytes,
        "time_s": state.session_time_s,
        "up": state.up_bytes,
        "down": state.down_bytes,
        "used_s": state.used_s,
        "updated_at": state.updated_at,
        "heard_at": last.arrived_at,
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
        "used_s": delta.used_s,
    }
