"""Periods of quotas, and how patiently a session is told to end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.rules import period_at, retry_delay_s, session_timeout_s
from spotfi_cloud.quotas.terms import Terms, Used, is_used_up, left_of

SINCE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
zones = st.sampled_from(["UTC", "Europe/Vienna", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns"])
instants = st.datetimes(datetime(2026, 3, 5), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.sampled_from(PeriodKind), zones, instants)
def test_every_instant_since_the_sign_up_lies_in_its_period(kind: PeriodKind, zone: str, instant: datetime) -> None:
    period = period_at(Terms(1, kind, zone, SINCE), instant)
    assert period.contains(instant)
    assert period_at(Terms(1, kind, zone, SINCE), period.start) == period


@given(st.none() | st.integers(0, 1 << 60), st.integers(0, 1 << 61))
def test_what_is_left_and_what_was_used_make_the_quota(quota: int | None, used: int) -> None:
    terms = Terms(quota, PeriodKind.MONTH, "UTC", SINCE)
    left = left_of(terms, Used(0, used)).total_bytes
    assert left == (None if quota is None else max(0, quota - used))
    assert is_used_up(terms, Used(used)) == (quota is not None and used >= quota)


def test_a_session_lasts_no_longer_than_what_the_account_is_valid_for() -> None:
    hour_later = SINCE + timedelta(hours=1)

    def bound(
        timeout_s: int | None, until: datetime | None, left_s: int | None = None, session_s: int = 0
    ) -> int | None:
        return session_timeout_s(timeout_s, until, left_s, session_s=session_s, now=SINCE)

    assert bound(None, None) is None
    assert bound(600, hour_later) == 600
    assert bound(7200, hour_later) == bound(None, hour_later) == 3600
    assert bound(None, SINCE) == bound(None, None, 0) == 1, "0 would mean that there is no end"
    assert bound(7200, hour_later, 90) == 90
    assert bound(7200, hour_later, 90, 1000) == 1090, "as the NAS counts: from the session's beginning"


def test_a_nas_is_asked_again_ever_more_patiently() -> None:
    assert [retry_delay_s(attempt, through_agent=False) for attempt in range(1, 8)] == [2, 5, 15, 60, 300, 300, 300]
    assert [retry_delay_s(attempt, through_agent=True) for attempt in range(1, 5)] == [15, 60, 300, 300]
