"""Rollups add up to what the samples say, in whatever steps; a span is drawn from what is kept of it."""

from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.telemetry.figures import Figures, Moment, gather
from spotfi_cloud.telemetry.rules import Resolution, add_up, choose_resolution

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.integers(1, 290), st.integers(0, 10**9), st.sampled_from("aab")), min_size=1, max_size=40)


def moments_of(steps: list[tuple[int, int, str]]) -> list[Moment]:
    at_s, counter, moments = 0, 0, []
    for pause_s, growth, boot in steps:
        at_s, counter = at_s + pause_s, counter + growth
        moments.append(
            Moment(
                BEGIN + timedelta(seconds=at_s),
                boot,
                at_s * 1000,
                cpu_busy_ms=at_s,
                cpu_total_ms=at_s * 10,
                gauges={"load_1": float(growth), "temperature_c": None},
                interfaces={"wan": (counter, 0)},
                radios={"ap": (6, -90, pause_s)},
            )
        )
    return moments


@given(STEPS)
def test_five_minutes_add_up_to_the_same_hours_as_the_samples(steps: list[tuple[int, int, str]]) -> None:
    moments = moments_of(steps)
    stored = [
        (BEGIN + index * timedelta(minutes=5), Figures.from_json(orjson.loads(orjson.dumps(figures.to_json()))))
        for index, figures in sorted(gather(moments, BEGIN, 300).items())
    ]
    sums = add_up(stored, 86_400)
    (whole,) = gather(moments, BEGIN, 86_400).values()
    (total,) = sums.values()
    assert total.samples == whole.samples == len(steps)
    assert total.cpu == whole.cpu
    assert total.interfaces == whole.interfaces
    assert total.channels == {"ap": 6}
    for name in ("load_1", "clients ap", "temperature_c"):
        assert total.levels[name] == whole.levels[name]


NOW = BEGIN + timedelta(days=400)


def test_a_span_is_drawn_from_what_is_kept_of_it() -> None:
    def chosen(span: timedelta, step_s: int | None = None, ago: timedelta = timedelta()) -> tuple[Resolution, int]:
        return choose_resolution(NOW - ago - span, NOW - ago, NOW, step_s)

    hour, day = timedelta(hours=1), timedelta(days=1)
    assert chosen(hour) == (Resolution.RAW, 10)
    assert chosen(hour, 60) == (Resolution.RAW, 60)
    assert chosen(6 * hour, 60) == (Resolution.RAW, 60)
    assert chosen(6 * hour) == (Resolution.FIVE_MINUTES, 300)
    assert chosen(hour, 60, ago=3 * day) == (Resolution.FIVE_MINUTES, 300)
    assert chosen(hour, 60, ago=40 * day) == (Resolution.HOUR, 3600)
    assert chosen(day) == (Resolution.FIVE_MINUTES, 300)
    assert chosen(day, 450) == (Resolution.FIVE_MINUTES, 600)
    assert chosen(7 * day) == (Resolution.HOUR, 3600)
    assert chosen(365 * day) == (Resolution.DAY, 86_400)
