"""Periods of a quota and of an invoice: whole numbers of quarters, without gap or overlap, in every time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.kernel.periods import Period, PeriodKind, current_period, month_of, months_after, quarter_of

ZONES = [
    "UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Asia/Tehran",
]  # fmt: skip
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES).map(ZoneInfo)
recurring = st.sampled_from([kind for kind in PeriodKind if kind is not PeriodKind.ONCE])
starts = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(recurring, zones, instants, starts)
def test_the_current_period_holds_the_instant(
    kind: PeriodKind, zone: ZoneInfo, instant: datetime, since: datetime
) -> None:
    assert current_period(kind, zone, instant, since=since).contains(instant)


@given(recurring, zones, instants, starts)
def test_periods_follow_each_other_without_gap(
    kind: PeriodKind, zone: ZoneInfo, instant: datetime, since: datetime
) -> None:
    period = current_period(kind, zone, instant, since=since)
    assert period.end is not None
    assert current_period(kind, zone, period.end, since=since).start == period.end


@given(recurring, zones, instants, starts)
def test_edges_fall_on_quarters(kind: PeriodKind, zone: ZoneInfo, instant: datetime, since: datetime) -> None:
    period = current_period(kind, zone, instant, since=since)
    assert quarter_of(period.start) == period.start
    assert period.end is not None
    assert quarter_of(period.end) == period.end


@given(instants, zones)
def test_once_begins_with_the_sign_up_and_never_ends(instant: datetime, zone: ZoneInfo) -> None:
    period = current_period(PeriodKind.ONCE, zone, instant + timedelta(days=900), since=instant)
    assert period.contains(instant)
    assert period.end is None


def starts_of_months(since: datetime, zone: str, count: int) -> list[tuple[int, int, int]]:
    """Local (month, day, hour) of the first periods of a month from the start."""
    found, instant = [], since
    for _ in range(count):
        period = current_period(PeriodKind.MONTH_FROM_START, ZoneInfo(zone), instant, since=since)
        assert period.end is not None
        local = period.start.astimezone(ZoneInfo(zone))
        found.append((local.month, local.day, local.hour))
        instant = period.end
    return found


def test_a_month_from_the_31st_ends_with_shorter_months_and_returns_to_the_31st() -> None:
    since = datetime(2027, 1, 31, 9, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    days = [(1, 31, 9), (2, 28, 9), (3, 31, 9), (4, 30, 9), (5, 31, 9)]
    assert starts_of_months(since, "Europe/Vienna", 5) == days
    leap = datetime(2028, 1, 31, 9, 0, tzinfo=UTC)
    assert starts_of_months(leap, "UTC", 2) == [(1, 31, 9), (2, 29, 9)]


def test_a_day_from_the_start_keeps_its_hour_across_a_clock_change() -> None:
    zone = ZoneInfo("Europe/Vienna")
    since = datetime(2026, 10, 1, 14, 30, tzinfo=zone)
    shift = datetime(2026, 10, 25, 12, tzinfo=zone)
    period = current_period(PeriodKind.DAY_FROM_START, zone, shift, since=since)
    assert period.end is not None
    assert period.start.astimezone(zone).hour == period.end.astimezone(zone).hour == 14
    assert period.end - period.start == timedelta(hours=25)


@given(starts, zones, st.integers(-500, 500))
def test_months_after_keeps_day_and_hour_or_ends_with_the_month(start: datetime, zone: ZoneInfo, months: int) -> None:
    there = months_after(start, months, zone)
    before, after = start.astimezone(zone), there.astimezone(zone)
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) in {months, months + 1}
    assert after.day == before.day or (after + timedelta(days=1, hours=1)).day <= 2


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
