"""What is left of each quota, when one is passed, and the thresholds on the way, over arbitrary growth."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.quotas.terms import (
    Crossing,
    Measure,
    Terms,
    Used,
    binding_left,
    crossings,
    is_far_from_any,
    is_throttled,
    is_used_up,
    left_of,
    must_end,
    slower,
    used_up,
    with_rolled,
)

SINCE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
limits = st.none() | st.integers(1, 10**6)
amounts = st.builds(Used, *[st.integers(0, 10**6)] * 3)
percents = st.lists(st.integers(1, 100), max_size=5).map(lambda each: tuple(sorted(set(each))))


def terms(*quotas: int | None, at_limit: AtLimit = AtLimit.END, warn: tuple[int, ...] = ()) -> Terms:
    total, up, down, time_s = (*quotas, None, None, None, None)[:4]
    return Terms(total, PeriodKind.MONTH, "UTC", SINCE, up, down, time_s, at_limit, None, warn)


@given(limits, limits, limits, limits, amounts)
def test_a_quota_is_used_up_where_nothing_is_left_of_any_of_its_parts(
    total: int | None, up: int | None, down: int | None, time_s: int | None, used: Used
) -> None:
    given_terms = terms(total, up, down, time_s)
    left = left_of(given_terms, used)
    assert all(each is None or each >= 0 for each in left)
    assert [each is None for each in left] == [each is None for each in (total, up, down, time_s)]
    assert is_used_up(given_terms, used) == (0 in left)


@given(limits, limits, st.lists(amounts, max_size=12), percents)
def test_each_threshold_is_crossed_once_however_usage_grows(
    total: int | None, time_s: int | None, steps: list[Used], warn: tuple[int, ...]
) -> None:
    given_terms = terms(total, None, None, time_s, warn=warn)
    used, seen = Used(), []
    for step in steps:
        before, used = used, Used(*(one + other for one, other in zip(used, step, strict=True)))
        assert used.less(step) == before
        seen += [(each.measure, each.percent) for each in crossings(given_terms, before, used)]
    reached = [
        (measure, percent)
        for measure, quota, amount in ((Measure.VOLUME, total, used.total_bytes), (Measure.TIME, time_s, used.time_s))
        if quota is not None
        for percent in warn
        if amount * 100 >= quota * percent
    ]
    assert sorted(seen) == sorted(reached)
    assert is_far_from_any(given_terms, used) == (not reached and not (not warn and is_used_up(given_terms, used)))


def test_a_crossing_says_what_was_passed() -> None:
    found = crossings(terms(1000, warn=(80, 100)), Used(up_bytes=700), Used(up_bytes=700, down_bytes=400))
    assert found == [Crossing(Measure.VOLUME, 80, 1000, 1100), Crossing(Measure.VOLUME, 100, 1000, 1100)]


def test_what_happens_at_the_limit_is_the_plans_affair() -> None:
    used = Used(up_bytes=5)
    ending, throttling, going_on = (terms(None, 5, at_limit=each) for each in AtLimit)
    assert used_up(ending, used) is Measure.UP
    assert [must_end(each, used) for each in (ending, throttling, going_on)] == [True, False, False]
    assert [is_throttled(each, used) for each in (ending, throttling, going_on)] == [False, True, False]
    assert binding_left(ending, used).up_bytes == 0
    assert binding_left(throttling, used).up_bytes is None, "the NAS must not end what is only to be slower"


def test_the_throttled_speed_is_never_above_the_plans() -> None:
    assert (slower(None, 64), slower(32, 64), slower(128, 64), slower(128, None)) == (64, 32, 64, 128)


def test_what_rolled_over_is_on_top_of_a_quota_and_of_nothing_else() -> None:
    assert with_rolled(terms(10), 5).quota_bytes == 15
    assert with_rolled(terms(None, 10), 5) == terms(None, 10)
