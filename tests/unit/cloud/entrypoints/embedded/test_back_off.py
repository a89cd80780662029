"""A program that keeps crashing is started ever more rarely; one that was well for a minute starts afresh."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.embedded.back_off import FIRST_S, LONGEST_S, STEADY_S, BackOff


def test_waits_double_up_to_half_a_minute() -> None:
    back_off = BackOff()
    assert [back_off.after(1) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_minute_of_life_starts_afresh() -> None:
    back_off = BackOff()
    for _ in range(5):
        back_off.after(0)
    assert [back_off.after(60), back_off.after(1), back_off.after(1)] == [0.5, 1, 2]


@given(st.lists(st.floats(0, 1000)))
def test_every_wait_is_within_bounds_and_grows_only_by_doubling(lives_s: list[float]) -> None:
    back_off = BackOff()
    waits = [back_off.after(lived_s) for lived_s in lives_s]
    assert all(FIRST_S <= wait <= LONGEST_S for wait in waits)
    for (_, before), (lived_s, now) in pairwise(zip(lives_s, waits, strict=True)):
        assert now == (FIRST_S if lived_s >= STEADY_S else min(2 * before, LONGEST_S))
