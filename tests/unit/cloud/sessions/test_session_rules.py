"""What an accounting report adds to a session, over arbitrary histories and for the cases that have names."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.periods import quarter_of
from spotfi_cloud.sessions.rules import (
    WRAP_BYTES,
    AccountingEvent,
    EventKind,
    SessionState,
    event_time,
    fold,
)

START = datetime(2026, 10, 31, 22, 50, tzinfo=UTC)
LOGIN = "sf0001"


def report(
    time_s: int | None, up: int | None, down: int | None = 0, *, kind: EventKind = EventKind.INTERIM, login: str = LOGIN
) -> AccountingEvent:
    at = START + timedelta(seconds=time_s or 0)
    return AccountingEvent(
        kind=kind,
        router_id=UUID(int=1),
        host_id=UUID(int=2),
        acct_session_id="a1",
        username="guest",
        event_at=at,
        arrived_at=at,
        up_bytes=up,
        down_bytes=down,
        session_time_s=time_s,
        login=login,
    )


@dataclass
class Books:
    """A session and its ledger, as the service keeps them."""

    state: SessionState
    ledger: Counter[datetime]
    time: Counter[datetime] = field(default_factory=Counter)

    def take(self, event: AccountingEvent) -> int:
        self.state, growth = fold(self.state, event)
        self.ledger[quarter_of(event.event_at)] += growth.total_bytes
        self.time[quarter_of(event.event_at)] += growth.used_s
        assert growth.used_s >= 0
        assert growth.up_bytes >= 0
        assert growth.down_bytes >= 0
        return growth.total_bytes

    @property
    def total(self) -> int:
        return self.state.up_bytes + self.state.down_bytes


def books(*events: AccountingEvent) -> Books:
    kept = Books(SessionState(), Counter())
    for event in events:
        kept.take(event)
    return kept


steps = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 10**9), st.integers(0, 10**9)),
    min_size=1,
    max_size=12,
)


def growing_history(moves: list[tuple[int, int, int]]) -> list[AccountingEvent]:
    time_s = up = down = 0
    history = []
    for took_s, more_up, more_down in moves:
        time_s, up, down = time_s + took_s, up + more_up, down + more_down
        history.append(report(time_s, up, down))
    return history


@given(steps, st.data())
def test_lost_repeated_and_reordered_reports_count_what_was_reported(
    moves: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """Whatever subset arrives, in whatever order and however often, the total is the furthest report's."""
    history = growing_history(moves)
    arrivals = data.draw(st.lists(st.sampled_from(history), min_size=1, max_size=30))

    kept = books(*arrivals)

    furthest = max(arrivals, key=lambda event: event.session_time_s or 0)
    assert (kept.state.up_bytes, kept.state.down_bytes) == (furthest.up_bytes, furthest.down_bytes)
    assert kept.state.used_s == sum(kept.time.values()) == furthest.session_time_s
    assert sum(kept.ledger.values()) == kept.total


@given(st.lists(steps, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_restarted_counters_count_every_life_and_late_copies_add_nothing(
    lives: list[list[tuple[int, int, int]]], chance: random.Random
) -> None:
    """Counters that start again from zero while the session goes on: all that flowed is counted, copies are not."""
    kept = Books(SessionState(), Counter())
    past: list[AccountingEvent] = []
    flowed = time_s = known_up = known_down = 0
    for life in lives:
        up = down = 0
        for took_s, more_up, more_down in life:
            time_s, up, down = time_s + took_s, up + more_up, down + more_down
            # A restart shows only in counters that fell; one that outgrew the old ones unseen reads as growth.
            fell = up < known_up or down < known_down
            flowed += up + down if fell else up + down - known_up - known_down
            known_up, known_down = up, down
            past.append(replace(report(time_s, up, down), gigawords=True))
            kept.take(past[-1])
            assert kept.take(chance.choice(past)) == 0
    assert kept.total == flowed
    assert sum(kept.ledger.values()) == kept.total


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, WRAP_BYTES // 2)), min_size=1, max_size=40),
    st.booleans(),
)
def test_counters_past_32_bits_without_gigawords_are_counted_through(
    moves: list[tuple[int, int]], upwards: bool
) -> None:
    kept = Books(SessionState(), Counter())
    time_s = flowed = 0
    for took_s, more in moves:
        time_s, flowed = time_s + took_s, flowed + more
        low = flowed % WRAP_BYTES
        kept.take(report(time_s, low if upwards else 0, 0 if upwards else low))
    assert kept.total == flowed


@given(steps, st.lists(st.sampled_from(list(EventKind)), min_size=1, max_size=12), st.data())
def test_any_mixture_of_kinds_never_exceeds_what_flowed(
    moves: list[tuple[int, int, int]], kinds: list[EventKind], data: st.DataObject
) -> None:
    history = [
        replace(event, kind=kinds[index % len(kinds)], session_time_s=data.draw(st.sampled_from([None, time])))
        for index, event in enumerate(growing_history(moves))
        for time in [event.session_time_s]
    ]
    arrivals = data.draw(st.lists(st.sampled_from(history), max_size=30))
    last = history[-1]

    kept = books(*arrivals)

    assert kept.state.up_bytes <= (last.up_bytes or 0)
    assert kept.state.down_bytes <= (last.down_bytes or 0)
    assert sum(kept.ledger.values()) == kept.total


@given(st.lists(steps, min_size=1, max_size=4), st.data())
def test_time_is_the_furthest_report_of_each_login_under_one_session_id(
    logins: list[list[tuple[int, int, int]]], data: st.DataObject
) -> None:
    """A NAS that uses a session's id again for the next login: copies and stragglers of earlier ones add nothing."""
    kept, total_s = books(), 0
    past: list[AccountingEvent] = []
    for number, moves in enumerate(logins):
        history = [replace(event, login=f"sf{number:04}") for event in growing_history(moves)]
        # As NASes do: a login's first report comes before any other of it.
        first, rest = history[0], data.draw(st.lists(st.sampled_from(history), max_size=8))
        arrivals = [replace(first, kind=EventKind.START, session_time_s=0, up_bytes=0, down_bytes=0), *rest]
        for event in arrivals:
            kept.take(event)
            if past:
                before = kept.state.used_s
                kept.take(data.draw(st.sampled_from(past)))
                assert kept.state.used_s == before
        past += arrivals
        total_s += max(event.session_time_s or 0 for event in arrivals)
    assert kept.state.used_s == sum(kept.time.values()) == total_s


def test_a_session_time_beyond_a_year_is_refused_and_the_next_report_counts() -> None:
    kept = books(report(60, 10), replace(report(60, 10), session_time_s=(1 << 32) - 1), report(120, 20))
    assert (kept.total, kept.state.used_s, kept.state.refused_updates) == (20, 120, 1)


def test_time_without_counters_counts() -> None:
    assert books(report(60, None, None), report(90, None, None)).state.used_s == 90


def test_an_update_after_the_stop_counts_and_the_session_stays_ended() -> None:
    stop = report(100, 1000, kind=EventKind.STOP)
    kept = books(report(0, None, None, kind=EventKind.START), stop, report(130, 1200))
    assert kept.total == 1200
    assert kept.state.ended_at == stop.event_at


def test_a_start_after_the_stop_changes_nothing() -> None:
    kept = books(report(100, 1000, kind=EventKind.STOP), report(0, None, None, kind=EventKind.START))
    assert kept.total == 1000
    assert kept.state.stopped


def test_a_lost_start_is_made_up_for_by_the_first_update() -> None:
    kept = books(report(600, 5000, 7))
    assert kept.total == 5007
    assert kept.state.started_at == START


def test_a_stop_without_counters_keeps_what_was_counted() -> None:
    kept = books(report(60, 500, 5), report(None, None, None, kind=EventKind.STOP))
    assert kept.total == 505
    assert kept.state.stopped


def test_a_jump_no_link_could_carry_is_refused_and_the_next_report_counts() -> None:
    kept = books(report(60, 1000), replace(report(120, 1 << 62), gigawords=True), report(180, 3000))
    assert kept.total == 3000
    assert kept.state.refused_updates == 1


def test_no_session_time_makes_an_absurd_counter_credible() -> None:
    kept = books(replace(report(0, (1 << 64) - 1), session_time_s=(1 << 32) - 1, event_at=START, gigawords=True))
    assert kept.total == 0
    assert kept.state.refused_updates == 1


def test_the_same_session_id_with_a_newer_login_counts_from_zero_and_opens_again() -> None:
    first = report(900, 7000, login="sf0001", kind=EventKind.STOP)
    second = replace(report(60, 50, login="sf0002"), event_at=START + timedelta(hours=2))
    kept = books(first, second, first, report(700, 6000, login="sf0001"))
    assert kept.total == 7050
    assert kept.state.ended_at is None


def test_a_session_ended_without_a_stop_opens_again_when_the_nas_speaks_of_it() -> None:
    ended = replace(books(report(60, 10)).state, ended_at=START + timedelta(seconds=90), terminate_cause="x")
    reopened, _ = fold(ended, report(120, 20))
    assert reopened.ended_at is None
    late, _ = fold(ended, report(80, 15))
    assert late.ended_at is not None


def test_event_time_believes_a_plausible_timestamp_and_else_the_delay() -> None:
    hour_ago = START - timedelta(hours=1)
    assert event_time(START, hour_ago, None) == hour_ago
    assert event_time(START, START + timedelta(minutes=2), None) == START
    assert event_time(START, datetime(1970, 1, 1, tzinfo=UTC), 30) == START - timedelta(seconds=30)
    assert event_time(START, None, None) == START
    assert event_time(START, None, 2**32 - 1) == START
