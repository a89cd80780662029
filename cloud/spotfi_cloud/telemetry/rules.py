"""A router's clocks to instants, which resolution shows a span, figures to the points of a series. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from spotfi_cloud.telemetry.figures import Figures, Moment, gather, growth

KEPT = timedelta(hours=48)
"""How long raw samples are kept; none is dated further back either."""
FIVE_MINUTES_KEPT = timedelta(days=30)
ROLLUPS_KEPT = timedelta(days=731)
"""Hours and days."""
RAW_RANGE = timedelta(hours=6)
"""Longest span that is drawn from raw samples where that is asked for, by a step shorter than rollups have."""
_USUAL_RAW_RANGE = timedelta(hours=2)
MAX_RANGE = ROLLUPS_KEPT
MAX_POINTS = 5000
_POINTS = 360
"""As many points as a series has about, where no step is asked for."""
_MAX_AHEAD = timedelta(minutes=5)
_DELIVERED = timedelta(seconds=150)
"""A sample's longest way to the cloud: two minutes in a batch, and some for the line."""
_SETTLING = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """The clocks of one message: what the router said, and when it arrived (aware, UTC)."""

    wall_ms: int
    mono_ms: int
    arrived_at: datetime


def date_sample(message: Reading, sample_mono_ms: int) -> datetime:
    """When a sample was taken, in UTC.

    From the router's wall clock where that is plausible (at most 48 h behind and 5 min ahead of the arrival), else as if
    the message had been sent when it arrived. Never later than 5 minutes after the arrival, never more than 96 h before.
    """
    age_ms = min(max(0, message.mono_ms - sample_mono_ms), KEPT // timedelta(milliseconds=1))
    return _sent_at(message) - timedelta(milliseconds=age_ms)


def _sent_at(message: Reading) -> datetime:
    arrived_ms = (message.arrived_at - _EPOCH) // timedelta(milliseconds=1)
    earliest_ms = arrived_ms - KEPT // timedelta(milliseconds=1)
    latest_ms = arrived_ms + _MAX_AHEAD // timedelta(milliseconds=1)
    if earliest_ms <= message.wall_ms <= latest_ms:
        return _EPOCH + timedelta(milliseconds=message.wall_ms)
    return message.arrived_at


class Resolution(IntEnum):
    """What samples are kept as, in seconds."""

    RAW = 1
    FIVE_MINUTES = 300
    HOUR = 3600
    DAY = 86_400


def floor(instant: datetime, step_s: int) -> datetime:
    """The beginning of the step (counted from 1970 UTC) it lies in."""
    return _EPOCH + (instant - _EPOCH) // timedelta(seconds=step_s) * timedelta(seconds=step_s)


def ended_before(now: datetime, resolution: Resolution) -> datetime:
    """What began before this instant, in whole spans, is over, and what routers sent of it in time has been rolled up."""
    return floor(now - _SETTLING, resolution)


def closed_before(now: datetime) -> datetime:
    """The end of the last five minutes that are over, and of which routers have sent what they send in time."""
    return floor(now - _DELIVERED, Resolution.FIVE_MINUTES)


def choose_resolution(begin: datetime, end: datetime, now: datetime, step_s: int | None) -> tuple[Resolution, int]:
    """What to draw [begin, end) from, and the step in seconds: the one asked for, or a coarser one where that is not kept."""
    span = end - begin
    is_fine = step_s is not None and step_s < Resolution.FIVE_MINUTES
    if span <= (RAW_RANGE if is_fine else _USUAL_RAW_RANGE) and begin >= now - KEPT:
        return Resolution.RAW, step_s or max(1, span // timedelta(seconds=_POINTS))
    if step_s is None:
        step_s = _usual_step(span)
    for resolution in (Resolution.DAY, Resolution.HOUR, Resolution.FIVE_MINUTES):
        if step_s >= resolution:
            break
    if resolution is Resolution.FIVE_MINUTES and begin < now - FIVE_MINUTES_KEPT:
        resolution = Resolution.HOUR
    return resolution, -(-max(step_s, resolution) // resolution) * resolution


def _usual_step(span: timedelta) -> int:
    if span <= timedelta(days=2):
        return Resolution.FIVE_MINUTES
    if span <= timedelta(days=15):
        return Resolution.HOUR
    return 2 * Resolution.HOUR if span <= timedelta(days=31) else Resolution.DAY


@dataclass(slots=True)
class Throughput:
    """Mean bits per second; None where no two samples tell."""

    rx_bps: float | None
    tx_bps: float | None


@dataclass(slots=True)
class RadioLevels:
    """Means, and the last channel."""

    channel: int | None
    noise_dbm: float | None
    clients: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of a series, [at, at + step). Means over the bucket; None where the router had no such reading."""

    at: datetime
    samples: int
    dropped: int
    cpu_percent: float | None
    loss_percent: float | None
    gauges: dict[str, float | None]
    least: dict[str, float]
    most: dict[str, float]
    interfaces: dict[str, Throughput]
    radios: dict[str, RadioLevels]


def make_series(moments: Iterable[Moment], begin: datetime, step_s: int) -> list[Point]:
    """The series of these moments (oldest first) from `begin` on. Buckets nothing was heard in are left out: gaps stay gaps."""
    buckets = gather(moments, begin, step_s)
    return [to_point(begin + index * timedelta(seconds=step_s), buckets[index]) for index in sorted(buckets)]


def add_up(rollups: Iterable[tuple[datetime, Figures]], step_s: int) -> dict[datetime, Figures]:
    """Rollups, oldest first, in longer steps."""
    steps: dict[datetime, Figures] = {}
    for at, figures in rollups:
        step = floor(at, step_s)
        if step in steps:
            steps[step].add(figures)
        else:
            steps[step] = figures
    return steps


def cpu_percent(moments: Sequence[Moment]) -> float | None:
    """Processor load in percent between the last two of these moments, oldest first; None where they do not tell."""
    if len(moments) < 2 or moments[-2].boot != moments[-1].boot:
        return None
    before, last = moments[-2:]
    busy, total = growth(before.cpu_busy_ms, last.cpu_busy_ms, before.cpu_total_ms, last.cpu_total_ms)
    return 100 * busy / total if total else None


def to_point(at: datetime, figures: Figures) -> Point:
    """Means of the sums."""
    levels = figures.levels
    gauges: dict[str, float | None] = {}
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for name, (count, total, lowest, highest) in levels.items():
        if " " in name:
            continue  # a radio's
        if count:
            gauges[name], least[name], most[name] = total / count, lowest, highest
        else:
            gauges[name] = None
    return Point(
        at=at,
        samples=figures.samples,
        dropped=figures.dropped,
        cpu_percent=_ratio(100 * figures.cpu[0], figures.cpu[1]),
        loss_percent=_ratio(100 * figures.segments[0], figures.segments[1]),
        gauges=gauges,
        least=least,
        most=most,
        interfaces={
            name: Throughput(8000 * rx / rx_ms if rx_ms else None, 8000 * tx / tx_ms if tx_ms else None)
            for name, (rx, rx_ms, tx, tx_ms) in figures.interfaces.items()
        },
        radios={
            name: RadioLevels(channel, _mean(levels, f"noise_dbm {name}"), _mean(levels, f"clients {name}"))
            for name, channel in figures.channels.items()
        },
    )


def _mean(levels: dict[str, list[float]], name: str) -> float | None:
    count, total = levels.get(name, (0, 0))[:2]
    return _ratio(total, count)


def _ratio(amount: float, weight: float) -> float | None:
    return amount / weight if weight else None
