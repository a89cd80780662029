"""How long plans are valid, and how renewals follow each other."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.subscribers.rules import Grant, Term, Validity, counts_from, earlier, first_term, renewed_term

ZONES = st.sampled_from(["UTC", "Europe/Vienna", "Asia/Kathmandu", "Australia/Lord_Howe"])
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
VALIDITIES = st.one_of(
    st.builds(Validity, st.integers(60, 10_000_000), st.none(), ZONES),
    st.builds(Validity, st.none(), st.integers(1, 24), ZONES),
)
LATE = st.timedeltas(timedelta(0), timedelta(days=3000))


@given(VALIDITIES, STARTS, LATE)
def test_a_renewal_holds_now_and_begins_where_a_term_ended(
    validity: Validity, start: datetime, late: timedelta
) -> None:
    before = first_term(start, validity)
    assert before.end is not None
    now = before.end + late
    after = renewed_term(before, validity, now)
    assert after.end is not None
    assert before.end <= after.start <= now < after.end
    assert after.start == validity.end(start, after.renewals)
    assert after.chain_start == start


@given(VALIDITIES, STARTS, st.integers(1, 30))
def test_renewals_in_time_neither_lose_nor_give_away_a_day(validity: Validity, start: datetime, times: int) -> None:
    term = first_term(start, validity)
    for _ in range(times):
        assert term.end is not None
        following = renewed_term(term, validity, term.end)
        assert following.start == term.end
        term = following
    assert term.end == validity.end(start, times + 1)


def test_a_month_sold_on_the_31st_is_renewed_on_the_31st_where_there_is_one() -> None:
    validity = Validity(None, 1, "Europe/Vienna")
    term = first_term(datetime(2027, 1, 31, 11, tzinfo=UTC), validity)
    days = []
    for _ in range(4):
        assert term.end is not None
        days.append((term.end.month, term.end.day))
        term = renewed_term(term, validity, term.end)
    assert days == [(2, 28), (3, 31), (4, 30), (5, 31)]


def test_an_end_moved_by_hand_begins_a_chain_of_its_own() -> None:
    start = datetime(2027, 1, 31, tzinfo=UTC)
    moved = Term(start, start, 0, datetime(2027, 3, 5, tzinfo=UTC))
    after = renewed_term(moved, Validity(None, 1, "UTC"), datetime(2027, 3, 5, 1, tzinfo=UTC))
    assert (after.start, after.chain_start, after.renewals) == (moved.end, moved.end, 0)
    assert after.end == datetime(2027, 4, 5, tzinfo=UTC)


def test_a_quota_for_once_counts_from_each_renewal_and_months_in_the_chains_rhythm() -> None:
    term = Term(datetime(2027, 2, 28, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC), 1, None)
    assert counts_from(PeriodKind.ONCE, term) == term.start
    assert counts_from(PeriodKind.MONTH_FROM_START, term) == term.chain_start


def test_the_earlier_end_counts_and_none_is_never() -> None:
    one, other = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
    assert earlier(one, other) == earlier(other, one) == earlier(None, one) == one
    assert earlier(None, None) is None


def test_top_ups_of_a_period_add_up_and_end_with_it() -> None:
    now = datetime(2027, 1, 15, tzinfo=UTC)
    end = datetime(2027, 2, 1, tzinfo=UTC)
    twice = Grant(0, None).plus(100, end, now).plus(50, end, now)
    assert twice == Grant(150, end)
    assert twice.plus(10, None, end) == Grant(10, None)
    assert Grant(10, None).plus(5, end, now) == Grant(15, None)
