"""Guessing codes is slow; typing one wrong is not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.subscribers.guessing import Tries, after_wrong, device_wait, router_wait

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
ZERO = timedelta(0)


def wrong(times: int) -> Tries | None:
    tries = None
    for _ in range(times):
        tries = after_wrong(tries, NOW)
    return tries


def test_five_wrong_codes_are_free_and_then_each_makes_the_wait_longer() -> None:
    waits = [device_wait(wrong(times), NOW).total_seconds() for times in (0, 1, 4, 5, 6, 7, 1000)]
    assert waits == [0, 0, 0, 2, 4, 8, 900]
    assert device_wait(wrong(1000), NOW + timedelta(hours=1)) == ZERO


def test_a_router_takes_a_crowd_of_wrong_codes_and_then_one_every_two_seconds() -> None:
    assert router_wait(wrong(120), NOW) == ZERO
    assert router_wait(wrong(121), NOW) == timedelta(seconds=2)
    assert router_wait(wrong(121), NOW + timedelta(seconds=2)) == ZERO


@given(st.lists(st.timedeltas(ZERO, timedelta(seconds=30)), max_size=400))
def test_no_flood_gets_more_tries_out_of_a_router_than_its_rate(pauses: list[timedelta]) -> None:
    now, tries, taken = NOW, None, 0
    for pause in pauses:
        now += pause
        if router_wait(tries, now) == ZERO:
            tries, taken = after_wrong(tries, now), taken + 1
    assert taken <= 121 + (now - NOW) / timedelta(seconds=2)
