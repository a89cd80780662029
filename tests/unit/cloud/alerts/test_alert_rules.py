"""Alerts are raised and cleared with patience: never twice, not by flapping, not by a clock that jumps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.alerts.rules import (
    DEFAULTS,
    LONGEST_GAP_S,
    AlertKind,
    Condition,
    Level,
    Phase,
    Rule,
    Severity,
    Turn,
    level_of,
    lost_share,
    step,
)

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
RULE = Rule(Severity.WARNING, 90, 80, 600, 300)
LEVELS = st.sampled_from(Level)


def play(rule: Rule, looks: list[tuple[float, Level]]) -> list[tuple[float, Turn]]:
    """What is told, and when, of looks so many seconds after one another."""
    known: Condition | None = None
    at, told = 0.0, []
    for gap_s, level in looks:
        at += gap_s
        known, turn = step(known, level, rule, NOW + timedelta(seconds=at))
        known = None if known.phase is Phase.OK else known
        told += [(at, turn)] if turn else []
    return told


@pytest.mark.parametrize(
    ("value", "level"), [(90, Level.BAD), (89.9, Level.BETWEEN), (80, Level.BETWEEN), (79, Level.GOOD)]
)
def test_between_the_thresholds_it_is_neither_bad_nor_good(value: float, level: Level) -> None:
    assert level_of(RULE, value) is level


def test_no_figure_proves_neither_and_a_rule_that_is_off_ends_it() -> None:
    assert level_of(RULE, None) is Level.UNKNOWN
    assert level_of(Rule(Severity.INFO, 90, 80, 0, 0, enabled=False), 99) is Level.GONE
    assert level_of(DEFAULTS[AlertKind.ROUTER_OFFLINE], 1.0) is Level.BAD
    assert level_of(DEFAULTS[AlertKind.ROUTER_OFFLINE], 0.0) is Level.GOOD


def test_it_is_raised_after_ten_minutes_and_cleared_after_five() -> None:
    bad, good = [(15.0, Level.BAD)] * 60, [(15.0, Level.GOOD)] * 60
    assert play(RULE, bad + good) == [(615, Turn.RAISED), (900 + 315, Turn.CLEARED)]


def test_flapping_is_damped() -> None:
    flapping = [(15.0, Level.BAD), (15.0, Level.GOOD)] * 200
    assert play(RULE, flapping) == []
    raised = [(15.0, Level.BAD)] * 42
    assert play(RULE, raised + flapping) == [(615, Turn.RAISED)]


def test_a_gap_or_a_clock_that_jumps_ahead_proves_little() -> None:
    assert play(RULE, [(0, Level.BAD), (86_400, Level.BAD)]) == []


def test_what_is_gone_is_over_at_once() -> None:
    raised = [(60.0, Level.BAD)] * 12
    assert play(RULE, [*raised, (1, Level.GONE)])[-1] == (721, Turn.CLEARED)
    assert play(RULE, [*raised, (10_000, Level.UNKNOWN)]) == [(660, Turn.RAISED)]


@given(
    st.builds(Rule, st.just(Severity.INFO), st.just(1.0), st.just(1.0), st.integers(0, 900), st.integers(0, 900)),
    st.lists(st.tuples(st.floats(-90_000, 90_000), LEVELS), max_size=80),
)
def test_raised_and_cleared_take_turns_whatever_the_clock_does(rule: Rule, looks: list[tuple[float, Level]]) -> None:
    turns = [turn for _, turn in play(rule, looks)]
    assert turns == ([Turn.RAISED, Turn.CLEARED] * len(turns))[: len(turns)]


@given(st.lists(st.tuples(st.floats(0.1, 200), LEVELS), max_size=120))
def test_nothing_is_raised_before_its_time(looks: list[tuple[float, Level]]) -> None:
    """Before each raising it was bad at every look, for the duration at least; before each clearing good, or gone."""
    times = [sum(gap for gap, _ in looks[: i + 1]) for i in range(len(looks))]
    for at, turn in play(RULE, looks):
        end = times.index(at)
        if turn is Turn.CLEARED and looks[end][1] is Level.GONE:
            continue
        wanted, duration_s = (Level.BAD, 600) if turn is Turn.RAISED else (Level.GOOD, 300)
        begin = end
        while begin and looks[begin - 1][1] is wanted:
            begin -= 1
        seen_s = sum(min(gap, LONGEST_GAP_S) for gap, _ in looks[begin + 1 : end + 1])
        assert looks[end][1] is wanted
        assert seen_s >= duration_s - 1e-6


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 500))
def test_an_outage_takes_many_routers_of_several_hosts_or_all(online: int, lost: int, hosts: int) -> None:
    share = lost_share(online, lost, hosts)
    assert 0 <= share <= 100
    if lost < 10 or (online and hosts < 2):
        assert share == 0
    elif not online:
        assert share == 100
