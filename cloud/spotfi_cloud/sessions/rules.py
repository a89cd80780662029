"""How an accounting update changes a session. Pure: folds cumulative counters into growth that is counted once.

A NAS reports cumulative counters, and its reports get lost, repeated, reordered and restarted. What is counted:

- A report older than what is known, by Acct-Session-Time or by its login token, adds nothing.
- One that is as old or cannot be ordered adds what it has above the known counters, direction by direction.
- A newer one adds its growth. Where a counter fell, the NAS counted past 2**32 without gigawords (RFC 2869 §5.1), or its
  counters started again from zero.
- Session time grows in the same way: what a report is ahead of the furthest one, and a new login's from zero.
- Growth that no link could carry is refused and leaves the counters as they were.

Sources: RFC 2866 (accounting), RFC 2869 §5.1–5.3 (gigawords, Event-Timestamp).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from uuid import UUID

WRAP_BYTES = 1 << 32
_WRAP_FROM_BYTES = 1 << 31
_MAXIMUM_BYTES_PER_S = 100 * 10**9 // 8
_GRACE_S = 60.0
_MAXIMUM_STEP_BYTES = 1 << 50
"""No single report adds more, whatever session time it claims: sums stay far from 64 bits."""
_MAXIMUM_STEP_S = 366 * 86_400
"""No session's time grows by more from one report to the next: such a report is refused, or all later ones were too old."""
_FUTURE = timedelta(minutes=5)
_PAST = timedelta(days=30)


class EventKind(StrEnum):
    """Acct-Status-Type, as far as it concerns one session."""

    START = "start"
    INTERIM = "interim"
    STOP = "stop"


@dataclass(slots=True)
class AccountingEvent:
    """One accounting update of one session, in canonical direction (up = from the guest). Not changed once made."""

    kind: EventKind
    router_id: UUID
    host_id: UUID
    acct_session_id: str
    username: str
    event_at: datetime
    arrived_at: datetime
    up_bytes: int | None = None
    """Cumulative, 64-bit; None where the NAS reported no counters."""
    down_bytes: int | None = None
    gigawords: bool = False
    """Whether the report carried gigawords, even 0: such a NAS never wraps at 2**32."""
    session_time_s: int | None = None
    login: str = ""
    """Our token from the Accept, echoed as Class; newer logins sort higher. Empty where it is not ours."""
    calling_station_id: str = ""
    called_station_id: str = ""
    framed_ip: str = ""
    nas_address: str = ""
    """Where the packet came from."""
    terminate_cause: str = ""
    account: str = ""
    """Whose account it is, where that is not `username`: a device's MAC address in our notation."""


@dataclass(slots=True)
class SessionState:
    """What is known of a session and decides what the next report adds. Not changed once made."""

    known_up_bytes: int = 0
    known_down_bytes: int = 0
    gigawords: bool = False
    session_time_s: int = 0
    up_bytes: int = 0
    down_bytes: int = 0
    used_s: int = 0
    started_at: datetime | None = None
    updated_at: datetime | None = None
    ended_at: datetime | None = None
    stopped: bool = False
    """The NAS itself said Stop; a session ended without one reopens when the NAS speaks of it again."""
    terminate_cause: str = ""
    login: str = ""
    refused_updates: int = 0


@dataclass(slots=True)
class Growth:
    """What one event added to its session's totals."""

    up_bytes: int = 0
    down_bytes: int = 0
    used_s: int = 0
    """Of session time."""
    refused: bool = False

    @property
    def total_bytes(self) -> int:
        return self.up_bytes + self.down_bytes


class _Order(Enum):
    """Where an event stands relative to what is known."""

    STRAY = "of an earlier login"
    LATE = "older"
    LEVEL = "as old, or cannot be told"
    NEWER = "newer"
    RESTARTED = "of a new login under the same id"


def event_time(arrived_at: datetime, event_timestamp: datetime | None, delay_s: int | None) -> datetime:
    """When it happened: a plausible Event-Timestamp (30 days back to 5 minutes ahead), else arrival less Acct-Delay-Time.

    Never later than the arrival.
    """
    if event_timestamp is None and not delay_s:
        return arrived_at
    if event_timestamp is not None and arrived_at - _PAST <= event_timestamp <= arrived_at + _FUTURE:
        return min(event_timestamp, arrived_at)
    delay = timedelta(seconds=delay_s or 0)
    return arrived_at - delay if delay <= _PAST else arrived_at


def fold(state: SessionState, event: AccountingEvent) -> tuple[SessionState, Growth]:
    """The session after the event, and what the event added to it. The given state stays as it was."""
    order = _order(state, event)
    growth = _growth(state, event, order)
    after = _copied(state)
    if growth.refused:
        after.refused_updates += 1
    elif order not in (_Order.STRAY, _Order.LATE):
        _advance(after, event, order, growth)
    _live(after, event, order)
    return after, growth


def _copied(state: SessionState) -> SessionState:
    """Field by field: for each packet, and a tenth of what `copy` or `replace` takes."""
    return SessionState(
        state.known_up_bytes,
        state.known_down_bytes,
        state.gigawords,
        state.session_time_s,
        state.up_bytes,
        state.down_bytes,
        state.used_s,
        state.started_at,
        state.updated_at,
        state.ended_at,
        state.stopped,
        state.terminate_cause,
        state.login,
        state.refused_updates,
    )


def _order(state: SessionState, event: AccountingEvent) -> _Order:
    another_login = bool(state.login and event.login)
    if another_login and event.login < state.login:
        return _Order.STRAY
    newer_login = another_login and event.login > state.login
    if event.session_time_s is None:
        return _Order.RESTARTED if newer_login and event.kind is EventKind.START else _Order.LEVEL
    if event.session_time_s < state.session_time_s:
        return _Order.RESTARTED if newer_login else _Order.LATE
    newer = event.session_time_s > state.session_time_s and not _overtaken(state, event)
    return _Order.NEWER if newer else _Order.LEVEL


def _overtaken(state: SessionState, event: AccountingEvent) -> bool:
    """Whether a report without a session time, which cannot be ordered by it, was later and knew more."""
    if state.updated_at is None or event.event_at >= state.updated_at:
        return False
    return (event.up_bytes or 0) < state.known_up_bytes or (event.down_bytes or 0) < state.known_down_bytes


def _growth(state: SessionState, event: AccountingEvent, order: _Order) -> Growth:
    if order in (_Order.STRAY, _Order.LATE):
        return Growth()
    used_s = _grown_s(state, event, order)
    if used_s > _MAXIMUM_STEP_S:
        return Growth(refused=True)
    if event.up_bytes is None or event.down_bytes is None:
        return Growth(used_s=used_s)
    up, down = event.up_bytes, event.down_bytes
    if order is _Order.RESTARTED:
        grown = Growth(up, down)
    elif order is _Order.LEVEL:
        grown = Growth(max(0, up - state.known_up_bytes), max(0, down - state.known_down_bytes))
    else:
        grown = _newer_growth(state, up, down, gigawords=event.gigawords)
    if grown.total_bytes > _possible_bytes(state, event, order):
        return Growth(refused=True)
    grown.used_s = used_s
    return grown


def _grown_s(state: SessionState, event: AccountingEvent, order: _Order) -> int:
    """Session time since the furthest report; of a new login, all of it."""
    known_s = 0 if order is _Order.RESTARTED else state.session_time_s
    return max(0, (event.session_time_s or 0) - known_s)


def _newer_growth(state: SessionState, up: int, down: int, *, gigawords: bool) -> Growth:
    grown_up, grown_down = up - state.known_up_bytes, down - state.known_down_bytes
    if grown_up >= 0 and grown_down >= 0:
        return Growth(grown_up, grown_down)
    narrow = not (gigawords or state.gigawords)
    if narrow and grown_up < 0 <= grown_down and state.known_up_bytes >= _WRAP_FROM_BYTES:
        return Growth(grown_up + WRAP_BYTES, grown_down)
    if narrow and grown_down < 0 <= grown_up and state.known_down_bytes >= _WRAP_FROM_BYTES:
        return Growth(grown_up, grown_down + WRAP_BYTES)
    return Growth(up, down)


def _possible_bytes(state: SessionState, event: AccountingEvent, order: _Order) -> float:
    """What 100 Gbit/s carry since the last report, with a minute's grace for clocks that disagree; 1 PiB at most."""
    if event.session_time_s is None or order is _Order.LEVEL:
        since = state.updated_at or event.event_at
        elapsed_s = max(0.0, (event.event_at - since).total_seconds())
    elif order is _Order.RESTARTED:
        elapsed_s = event.session_time_s
    else:
        elapsed_s = event.session_time_s - state.session_time_s
    return min(_MAXIMUM_STEP_BYTES, _MAXIMUM_BYTES_PER_S * (elapsed_s + _GRACE_S))


def _advance(state: SessionState, event: AccountingEvent, order: _Order, growth: Growth) -> None:
    """Take the counters over from an accepted report."""
    if order is _Order.RESTARTED:
        state.known_up_bytes = state.known_down_bytes = state.session_time_s = 0
        state.gigawords = False
    if event.up_bytes is not None and event.down_bytes is not None:
        level = order is _Order.LEVEL
        state.known_up_bytes = max(state.known_up_bytes, event.up_bytes) if level else event.up_bytes
        state.known_down_bytes = max(state.known_down_bytes, event.down_bytes) if level else event.down_bytes
    state.gigawords = state.gigawords or event.gigawords
    state.session_time_s = max(state.session_time_s, event.session_time_s or 0)
    state.up_bytes += growth.up_bytes
    state.down_bytes += growth.down_bytes
    state.used_s += growth.used_s
    state.login = max(state.login, event.login)


def _live(state: SessionState, event: AccountingEvent, order: _Order) -> None:
    """Note when the session started, was last heard of, and ended."""
    if state.started_at is None:
        state.started_at = event.event_at - timedelta(seconds=event.session_time_s or 0)
    if state.updated_at is None or event.event_at > state.updated_at:
        state.updated_at = event.event_at
    if order is _Order.STRAY:
        return
    if order is _Order.RESTARTED:
        _reopen(state)
    if event.kind is EventKind.STOP:
        if not state.stopped:
            state.ended_at, state.stopped, state.terminate_cause = event.event_at, True, event.terminate_cause
    elif _speaks_again(state, event, order):
        _reopen(state)


def _reopen(state: SessionState) -> None:
    state.ended_at, state.stopped, state.terminate_cause = None, False, ""


def _speaks_again(state: SessionState, event: AccountingEvent, order: _Order) -> bool:
    ended_unsaid = state.ended_at is not None and not state.stopped
    return ended_unsaid and order is _Order.NEWER and event.event_at > (state.ended_at or event.event_at)
