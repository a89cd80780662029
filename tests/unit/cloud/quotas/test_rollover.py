"""What rolls over to the next period: never negative, bounded, month after month, also where months went by unused."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.rollover import LastPeriod, RollOver, rolled_into
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Terms

SINCE = datetime(2026, 1, 31, 18, tzinfo=UTC)
amounts = st.integers(0, 1 << 40)
rules = st.builds(RollOver, st.integers(1, 1 << 40), st.integers(0, 100), st.none() | amounts)
repeating = st.sampled_from([kind for kind in PeriodKind if kind is not PeriodKind.ONCE])


@given(rules, st.lists(amounts, max_size=24))
def test_month_after_month_it_stays_within_its_bounds(rule: RollOver, months: list[int]) -> None:
    rolled = 0
    for used in months:
        unused = max(0, rule.quota_bytes + rolled - used)
        rolled = rule.after(rolled, used)
        assert 0 <= rolled <= (rule.quota_bytes if rule.max_bytes is None else rule.max_bytes)
        assert rolled <= unused, "nothing comes of nothing"


@given(rules, repeating, st.integers(0, 40), amounts)
def test_skipped_periods_are_as_if_each_had_been_looked_at(
    rule: RollOver, kind: PeriodKind, skipped: int, used: int
) -> None:
    terms = Terms(rule.quota_bytes, kind, "Europe/Vienna", SINCE)
    first = period_at(terms, SINCE)
    rolled, period = rule.after(0, used), period_at(terms, first.end or SINCE)
    for _ in range(skipped):
        rolled, period = rule.after(rolled, 0), period_at(terms, period.end or SINCE)
    assert rolled_into(terms, period.start, LastPeriod(rule, first.end, 0, used)) == rolled


@given(rules, repeating)
def test_who_never_used_anything_saves_from_the_plans_first_period_on(rule: RollOver, kind: PeriodKind) -> None:
    terms = Terms(rule.quota_bytes, kind, "UTC", SINCE)
    first = period_at(terms, SINCE)
    second = period_at(terms, first.end or SINCE)
    nothing_used = LastPeriod(rule, None)
    assert rolled_into(terms, first.start, nothing_used) == 0
    assert rolled_into(terms, second.start, nothing_used) == rule.after(0, 0)


def test_a_quota_for_once_has_nothing_to_roll_over_to() -> None:
    terms = Terms(10, PeriodKind.ONCE, "UTC", SINCE)
    assert rolled_into(terms, period_at(terms, SINCE).start, LastPeriod(RollOver(10, 100, None), None)) == 0
