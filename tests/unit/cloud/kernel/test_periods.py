"""Periods of a quota and of an invoice: whole numbers of quarters, without gap or overlap, in every time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.kernel.periods import Period, PeriodKind, current_period, month_of, quarter_of

ZONES = [
    "UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Asia/Tehran",
]  # fmt: skip
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES).map(ZoneInfo)
recurring = st.sampled_from([PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH])


@given(recurring, zones, instants)
def test_the_current_period_holds_the_instant(kind: PeriodKind, zone: ZoneInfo, instant: datetime) -> None:
    assert current_period(kind, zone, instant, since=instant).contains(instant)


@given(recurring, zones, instants)
def test_periods_follow_each_other_without_gap(kind: PeriodKind, zone: ZoneInfo, instant: datetime) -> None:
    period = current_period(kind, zone, instant, since=instant)
    assert period.end is not None
    assert current_period(kind, zone, period.end, since=instant).start == period.end


@given(recurring, zones, instants)
def test_edges_fall_on_quarters(kind: PeriodKind, zone: ZoneInfo, instant: datetime) -> None:
    period = current_period(kind, zone, instant, since=instant)
    assert quarter_of(period.start) == period.start
    assert period.end is not None
    assert quarter_of(period.end) == period.end


@given(instants, zones)
def test_once_begins_with_the_sign_up_and_never_ends(instant: datetime, zone: ZoneInfo) -> None:
    period = current_period(PeriodKind.ONCE, zone, instant + timedelta(days=900), since=instant)
    assert period.contains(instant)
    assert period.end is None


def test_a_month_is_the_calendar_month_of_the_zone() -> None:
    assert month_of("2026-10", ZoneInfo("Asia/Kathmandu")) == Period(
        datetime(2026, 9, 30, 18, 15, tzinfo=UTC), datetime(2026, 10, 31, 18, 15, tzinfo=UTC)
    )


def test_a_month_with_a_clock_change_is_an_hour_longer() -> None:
    october = month_of("2026-10", ZoneInfo("Europe/Berlin"))
    assert october.end is not None
    assert october.end - october.start == timedelta(days=31, hours=1)


@pytest.mark.parametrize("label", ["2026-13", "2026-00", "2026-1", "0000-01", "26-01", "2026-10-01", "", "2026-10\n"])
def test_other_texts_are_no_months(label: str) -> None:
    with pytest.raises(RejectedError, match="YYYY-MM"):
        month_of(label, ZoneInfo("UTC"))
