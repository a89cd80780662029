"""A router boots in 1970 until NTP answers: its samples are dated all the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.telemetry.rules import KEPT, Reading, date_sample

ARRIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARRIVED_MS = int(ARRIVED.timestamp() * 1000)
counts = st.integers(0, (1 << 63) - 1)


def test_a_right_clock_is_believed_also_after_an_outage() -> None:
    hour_ago = Reading(ARRIVED_MS - 3_600_000, 900_000, ARRIVED)
    assert date_sample(hour_ago, 870_000) == ARRIVED - timedelta(hours=1, seconds=30)


def test_a_clock_in_1970_gives_way_to_the_arrival() -> None:
    assert date_sample(Reading(12_345, 900_000, ARRIVED), 840_000) == ARRIVED - timedelta(minutes=1)


def test_a_clock_far_ahead_gives_way_to_the_arrival() -> None:
    assert date_sample(Reading(ARRIVED_MS + 3_600_000, 5, ARRIVED), 5) == ARRIVED


@given(counts, counts, counts)
def test_any_reading_gives_a_date_within_bounds(wall_ms: int, mono_ms: int, sample_mono_ms: int) -> None:
    taken_at = date_sample(Reading(wall_ms, mono_ms, ARRIVED), sample_mono_ms)
    assert ARRIVED - 2 * KEPT <= taken_at <= ARRIVED + timedelta(minutes=5)


@given(st.integers(-(10**9), 10**12), st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=2, max_size=5))
def test_samples_of_a_message_keep_their_distances(skew_ms: int, mono_ms: int, ages_ms: list[int]) -> None:
    reading = Reading(max(0, ARRIVED_MS - skew_ms), mono_ms + 10**8, ARRIVED)
    dates = [date_sample(reading, reading.mono_ms - age_ms) for age_ms in ages_ms]
    for age_ms, taken_at in zip(ages_ms, dates, strict=True):
        assert taken_at - dates[0] == timedelta(milliseconds=ages_ms[0] - age_ms)
