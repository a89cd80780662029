"""The route: primary first, fallback in time, back when it holds, and never all routers in one moment."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_agent.link.endpoint import Endpoint, Transport, websocket_endpoint
from spotfi_agent.link.route import Pace, Route

PRIMARY, FALLBACK = Transport.MQTT, Transport.WEBSOCKET
HANG_S = 8.0
PACE = Pace()


def try_until(route: Route, now_s: float, wanted: Transport, attempt_s: float) -> float:
    """Attempts fail, each after so long, until the wanted transport is tried; when that is."""
    while True:
        transport, wait_s = route.choose(now_s)
        now_s += wait_s
        if transport is wanted:
            return now_s
        now_s += attempt_s
        route.failed(now_s)


@given(st.integers(), st.sampled_from([0.0, 3.0, HANG_S]))
def test_the_fallback_gets_its_turn_within_a_minute_of_the_start(seed: int, attempt_s: float) -> None:
    route = Route(PACE, random.Random(seed), 0.0)
    assert route.choose(0.0) == (PRIMARY, 0.0)
    assert PACE.fallback_after_s <= try_until(route, 0.0, FALLBACK, attempt_s) < 50


@given(st.integers(), st.sampled_from([0.0, HANG_S]), st.sampled_from([0.0, 40.0]))
def test_and_within_a_minute_of_a_loss(seed: int, attempt_s: float, noticed_after_s: float) -> None:
    route = Route(PACE, random.Random(seed), 0.0)
    route.connected(PRIMARY, 0.0)
    route.lost(1000.0 + noticed_after_s, 1000.0)
    assert try_until(route, 1000.0 + noticed_after_s, FALLBACK, attempt_s) < 1056


@given(st.integers())
def test_with_both_blocked_both_are_tried_for_ever(seed: int) -> None:
    route, now_s, tried = Route(PACE, random.Random(seed), 0.0), 0.0, []
    for _ in range(60):
        transport, wait_s = route.choose(now_s)
        assert wait_s <= PACE.backoff_most_s
        now_s += wait_s + 1
        tried.append(transport)
        route.failed(now_s)
    assert {*tried[-2:]} == {PRIMARY, FALLBACK}


def test_a_fleet_does_not_come_back_in_one_moment() -> None:
    waits = []
    for seed in range(1000):
        route = Route(PACE, random.Random(seed), 0.0)
        for _ in range(16):
            route.choose(3600.0)
            route.failed(3600.0)
        waits.append(route.choose(3600.0)[1])
    for tenth in range(10):
        low, high = PACE.backoff_most_s * tenth / 10, PACE.backoff_most_s * (tenth + 1) / 10
        assert 50 < sum(low <= wait < high for wait in waits) < 160


def on_fallback(seed: int = 1) -> Route:
    route = Route(PACE, random.Random(seed), 0.0)
    try_until(route, 0.0, FALLBACK, 1.0)
    route.connected(FALLBACK, 30.0)
    return route


def test_it_goes_back_at_once_and_falls_back_at_once_when_that_fails() -> None:
    route = on_fallback()
    first_wait_s = route.probe_wait_s()
    route.go_back()
    assert route.choose(100.0) == (PRIMARY, 0)
    route.failed(101.0)
    assert route.choose(101.0) == (FALLBACK, 0)
    assert route.probe_wait_s() > 1.5 * first_wait_s


def test_a_return_that_does_not_hold_leads_back_to_the_fallback() -> None:
    route = on_fallback()
    route.go_back()
    route.choose(100.0)
    route.connected(PRIMARY, 101.0)
    route.lost(2.0, 103.0)
    assert route.choose(103.0)[0] is FALLBACK


def test_a_return_that_holds_is_home_again() -> None:
    route = on_fallback()
    route.go_back()
    route.connected(PRIMARY, 101.0)
    route.lost(500.0, 601.0)
    transport, wait_s = route.choose(601.0)
    assert transport is PRIMARY
    assert wait_s <= PACE.backoff_first_s


def test_a_lost_fallback_is_tried_again_first() -> None:
    route = on_fallback()
    route.lost(100.0, 130.0)
    assert route.choose(130.0)[0] is FALLBACK
    route.failed(131.0)
    assert route.choose(131.0)[0] is PRIMARY


@settings(max_examples=20)
@given(st.integers())
def test_a_refusal_slows_down_to_minutes(seed: int) -> None:
    route = Route(PACE, random.Random(seed), 0.0)
    waits = []
    for _ in range(8):
        route.refused()
        waits.append(route.choose(0.0)[1])
    assert 15 <= waits[0] <= 30
    assert all(PACE.revoked_retry_s / 2 <= wait <= PACE.revoked_retry_s for wait in waits[5:])
    route.connected(PRIMARY, 0.0)
    assert not route.is_refused


def test_a_revocation_is_slow_from_the_start() -> None:
    route = Route(PACE, random.Random(1), 0.0)
    route.revoked()
    route.refused()
    assert route.choose(0.0)[1] >= PACE.revoked_retry_s / 2


def test_a_connection_that_breaks_at_once_is_not_hammered() -> None:
    route, waits = Route(PACE, random.Random(3), 0.0), []
    for _ in range(40):
        route.connected(PRIMARY, 0.0)
        route.lost(0.1, 0.1)
        waits.append(route.choose(0.1)[1])
    assert max(waits) > PACE.backoff_most_s / 2


def test_the_fallbacks_address() -> None:
    assert websocket_endpoint("wss://a.example:8443/mqtt") == Endpoint(FALLBACK, "a.example", 8443, "/mqtt")
    assert websocket_endpoint("wss://a.example") == Endpoint(FALLBACK, "a.example", 443, "/")
    for url in ("https://a.example/mqtt", "wss://", "ws://a.example", ""):
        with pytest.raises(ValueError, match="not a wss"):
            websocket_endpoint(url)
