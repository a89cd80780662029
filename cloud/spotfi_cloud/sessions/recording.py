"""What a batch of accounting does to sessions and ledger. Part of `sessions.service`, through which it is called."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.periods import quarter_of
from spotfi_cloud.sessions import batch
from spotfi_cloud.sessions.late import note_late
from spotfi_cloud.sessions.memory import (
    KnownSession,
    Place,
    SessionKey,
    SessionMemory,
    TouchedSession,
    UsageDelta,
    key_of,
)
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind, SessionState, fold
from spotfi_cloud.storage.batches import Transaction


@dataclass(frozen=True, slots=True)
class NasRestart:
    """Accounting-On or -Off: the NAS has no sessions any more that began before `at`."""

    router_id: UUID
    at: datetime
    cause: str


@dataclass(slots=True)
class Recorded:
    """What a batch of accounting did."""

    deltas: list[UsageDelta] = field(default_factory=list)
    """One per session and quarter that was touched, those of 0 bytes included."""
    ended: list[UUID] = field(default_factory=list)
    refused_updates: int = 0
    written: dict[SessionKey, KnownSession] = field(default_factory=dict)
    """For `SessionMemory.keep`, once it is committed."""


class OvertakenError(ConflictError):
    """Another process has changed a session of the batch since it was read: roll back and record the batch again."""


async def record_accounting(
    transaction: Transaction, events: Sequence[AccountingEvent | NasRestart], memory: SessionMemory
) -> Recorded:
    """Fold updates, in the order of their arrival, into sessions and ledger; a fixed number of statements per batch.

    Runs in the caller's transaction. Safe to repeat: what is known adds nothing. OvertakenError asks
    for that.
    """
    recorded = Recorded()
    for is_restart, run in groupby(events, lambda event: isinstance(event, NasRestart)):
        if is_restart:
            for restart in run:
                assert isinstance(restart, NasRestart)
                ended = await batch.close_router(transaction, restart.router_id, restart.at, restart.cause)
                recorded.ended.extend(ended)
                recorded.written.clear()  # rows of this transaction's own: their version does not tell that they changed
        else:
            updates = [event for event in run if isinstance(event, AccountingEvent)]
            await _record_updates(transaction, updates, memory, recorded)
    return recorded


async def _record_updates(
    transaction: Transaction, events: list[AccountingEvent], memory: SessionMemory, recorded: Recorded
) -> None:
    touched = await _open_sessions(transaction, events, memory, recorded)
    _fold_all(touched, events)
    written = await batch.save_sessions(transaction, touched)
    if overtaken := touched.keys() - written.keys():
        memory.doubt(overtaken)
        touched |= (anew := await _read_anew(transaction, sorted(overtaken), events))
        written |= await batch.save_sessions(transaction, anew)
    recorded.written |= written
    await _grow_ledger(transaction, touched, written)
    deltas = [delta for session in touched.values() for delta in session.deltas]
    await note_late(transaction, deltas, events[0].arrived_at)
    recorded.deltas += deltas
    for session in touched.values():
        recorded.refused_updates += session.state.refused_updates - session.known.state.refused_updates
        if session.ended:
            recorded.ended.append(session.known.session_id)


async def _read_anew(
    transaction: Transaction, keys: list[SessionKey], events: list[AccountingEvent]
) -> dict[SessionKey, TouchedSession]:
    """The same for sessions that somebody else has changed since they were known.

    Others are locked by now, so whoever is at work on these must not be waited for: OvertakenError.
    """
    found = await batch.read_sessions(transaction, keys, lock=True)
    if len(found) < len(keys):
        msg = "Another process is at work on some of these sessions."
        raise OvertakenError(msg)
    theirs = [event for event in events if key_of(event) in found]
    touched: dict[SessionKey, TouchedSession] = {}
    for event in theirs:
        known = found[key_of(event)]
        touched[key_of(event)] = TouchedSession(known, known.state, known.place, event)
    _fold_all(touched, theirs)
    return touched


async def _open_sessions(
    transaction: Transaction, events: list[AccountingEvent], memory: SessionMemory, recorded: Recorded
) -> dict[SessionKey, TouchedSession]:
    """Each session that is touched, as it is known or as its row says; new ones where there is none."""
    touched: dict[SessionKey, TouchedSession] = {}
    unknown: dict[SessionKey, AccountingEvent] = {}
    for event in events:
        key = key_of(event)
        if key in touched or key in unknown:
            continue
        known = recorded.written.get(key) or memory.find(key)
        if known is not None:
            touched[key] = TouchedSession(known, known.state, known.place, event)
        elif event.kind is EventKind.START and not memory.is_doubtful(key):
            touched[key] = _new_session(event)
        else:
            unknown[key] = event
    found = await batch.read_sessions(transaction, list(unknown)) if unknown else {}
    for key, event in unknown.items():
        known = found.get(key)
        touched[key] = _new_session(event) if known is None else TouchedSession(known, known.state, known.place, event)
    return touched


def _new_session(event: AccountingEvent) -> TouchedSession:
    known = KnownSession(new_id(), None, SessionState(), Place(), version="")
    return TouchedSession(known, known.state, known.place, event)


def _fold_all(touched: dict[SessionKey, TouchedSession], events: list[AccountingEvent]) -> None:
    for event in events:
        session = touched[key_of(event)]
        before = session.state
        state, growth = fold(before, event)
        session.state = state
        session.place = _moved(session.place, event)
        session.last = event
        if state.ended_at is not None and before.ended_at is None:
            session.ended = True
        delta = _delta(session, event)
        delta.up_bytes += growth.up_bytes
        delta.down_bytes += growth.down_bytes
        delta.used_s += growth.used_s
        delta.session_bytes = state.known_up_bytes + state.known_down_bytes


def _moved(place: Place, event: AccountingEvent) -> Place:
    """The same object where nothing has changed: then there is nothing to write."""
    told = (event.calling_station_id, event.called_station_id, event.framed_ip, event.nas_address)
    return place if told == place else Place(*(new or old for new, old in zip(told, place, strict=True)))


def _delta(session: TouchedSession, event: AccountingEvent) -> UsageDelta:
    """The delta of the event's session and quarter, made where it is missing."""
    quarter_start, known = quarter_of(event.event_at), session.known
    for delta in session.deltas:
        if delta.quarter_start == quarter_start:
            return delta
    opens = not known.version
    delta = UsageDelta(known.session_id, quarter_start, event.router_id, event.host_id, known.subscriber_id, opens)
    session.deltas.append(delta)
    return delta


async def _grow_ledger(
    transaction: Transaction,
    touched: dict[SessionKey, TouchedSession],
    written: dict[SessionKey, KnownSession],
) -> None:
    """The ledger rows that did not grow with their sessions; whose sessions the new ones are is known by now."""
    further: list[UsageDelta] = []
    for key, session in touched.items():
        if session.known.version:
            further += session.deltas[1:]
        else:
            for delta in session.deltas:
                delta.subscriber_id = written[key].subscriber_id
            further += session.deltas
    await batch.grow_ledger(transaction, further)
