"""Throughput comes from counters: never negative, never absurd, and a lost sample loses no bytes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.telemetry.figures import Moment
from spotfi_cloud.telemetry.rules import cpu_percent, make_series

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)


def moment(at_s: float, rx_bytes: int = 0, *, boot: str = "a", tx_bytes: int = 0, busy_ms: int = 0) -> Moment:
    return Moment(
        taken_at=BEGIN + timedelta(seconds=at_s),
        boot=boot,
        mono_ms=int(at_s * 1000) + 5_000_000,
        cpu_busy_ms=busy_ms,
        cpu_total_ms=int(at_s * 1000) + 10_000_000,
        gauges={"memory_available_bytes": at_s},
        interfaces={"wan": (rx_bytes, tx_bytes)},
    )


def rates(moments: list[Moment], step_s: int = 10) -> list[float | None]:
    return [point.interfaces["wan"].rx_bps for point in make_series(moments, BEGIN, step_s)]


def test_bits_per_second_between_two_samples() -> None:
    assert rates([moment(0, 1000), moment(10, 11_000)]) == [None, 8000.0]


def test_a_sample_before_the_range_starts_the_first_rate() -> None:
    assert rates([moment(-5, 0), moment(5, 10_000)]) == [8000.0]


def test_a_lost_sample_loses_no_bytes() -> None:
    assert rates([moment(0, 0), moment(10, 5000), moment(40, 20_000)]) == [None, 4000.0, 4000.0]


def test_a_reboot_and_a_reset_give_no_rate() -> None:
    assert rates([moment(0, 10**9), moment(10, 500, boot="b")]) == [None, None]
    assert rates([moment(0, 10**9), moment(10, 500), moment(20, 10_500)]) == [None, None, 8000.0]


def test_a_jump_no_port_can_carry_gives_no_rate() -> None:
    assert rates([moment(0, 0), moment(10, 2**62)]) == [None, None]


def test_gaps_stay_gaps() -> None:
    points = make_series([moment(0), moment(10), moment(1000)], BEGIN, 10)
    assert [(point.at - BEGIN).total_seconds() for point in points] == [0, 10, 1000]
    assert points[-1].interfaces["wan"].rx_bps is None


def test_a_new_interface_starts_without_rate() -> None:
    bare = Moment(BEGIN, "a", 5_000_000)
    assert rates([bare, moment(10, 99)], 60) == [None]


def test_processor_load_and_means_of_a_bucket() -> None:
    (point,) = make_series([moment(0, busy_ms=0), moment(10, busy_ms=2500), moment(20, busy_ms=10_000)], BEGIN, 60)
    assert point.cpu_percent == pytest.approx(50)
    assert point.gauges["memory_available_bytes"] == pytest.approx(10)
    assert point.samples == 3


def test_processor_load_of_the_latest_sample() -> None:
    assert cpu_percent([moment(0, busy_ms=0), moment(10, busy_ms=1000)]) == pytest.approx(10)
    assert cpu_percent([moment(10)]) is None
    assert cpu_percent([moment(0), moment(10, boot="b")]) is None


samples = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, (1 << 63) - 1), st.sampled_from("ab")), min_size=1, max_size=40
)


@given(samples, st.integers(1, 1000))
def test_no_counters_give_a_negative_or_absurd_rate(steps: list[tuple[int, int, str]], step_s: int) -> None:
    at_s, moments = 0, []
    for pause_s, counter, boot in steps:
        at_s += pause_s
        moments.append(moment(at_s, counter, boot=boot))
    for rate in rates(moments, step_s):
        assert rate is None or 0 <= rate <= 400e9


@given(st.lists(st.tuples(st.integers(1, 250), st.integers(0, 10**9)), min_size=1, max_size=30), st.integers(1, 300))
def test_the_series_adds_up_to_the_counters(steps: list[tuple[int, int]], step_s: int) -> None:
    at_s, counter, moments = 0, 0, [moment(0, 0)]
    for pause_s, growth in steps:
        at_s, counter = at_s + pause_s, counter + growth
        moments.append(moment(at_s, counter))
    (point,) = make_series(moments, BEGIN, at_s + 1)
    assert (point.interfaces["wan"].rx_bps or 0) * at_s / 8 == pytest.approx(counter)
