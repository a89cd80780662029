"""Counters to rates, samples to series, a router's clocks to instants. Pure.

Routers send counters, so a lost sample loses no bytes: the next one still carries the sum. A rate exists only between two
samples of one boot with neither counter going back; across a reboot, a reset or a long silence there is none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

KEPT = timedelta(hours=48)
"""How long raw samples are kept; none is dated further back either."""
MAX_SILENCE_S = 300
"""Longest time between two samples that still gives a rate, unless a bucket of the series is longer."""
_MAX_AHEAD = timedelta(minutes=5)
_MIN_SPAN_MS = 100
_MAX_BPS = 400e9
"""No router port is faster (400GBASE, IEEE 802.3bs); a counter that says so has jumped."""
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


@dataclass(frozen=True, slots=True)
class Moment:
    """A stored sample as the series needs it. `interfaces`: name → (rx_bytes, tx_bytes)."""

    taken_at: datetime
    boot: object
    mono_ms: int
    cpu_busy_ms: int | None = None
    cpu_total_ms: int | None = None
    gauges: dict[str, float | None] = field(default_factory=dict)
    interfaces: dict[str, tuple[int, int]] = field(default_factory=dict)
    dropped: int = 0


@dataclass(slots=True)
class _Sum:
    """Adds up what a mean is made of."""

    amount: float = 0.0
    weight: float = 0.0

    def add(self, amount: float, weight: float) -> None:
        self.amount += amount
        self.weight += weight

    def mean(self) -> float | None:
        return self.amount / self.weight if self.weight > 0 else None


@dataclass(slots=True)
class _Bucket:
    gauges: dict[str, _Sum] = field(default_factory=dict)
    cpu: _Sum = field(default_factory=_Sum)
    interfaces: dict[str, tuple[_Sum, _Sum]] = field(default_factory=dict)
    samples: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Throughput:
    """Mean bits per second; None where no two samples tell."""

    rx_bps: float | None
    tx_bps: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of a series, [at, at + step). Means over the bucket; None where the router had no such reading."""

    at: datetime
    samples: int
    dropped: int
    cpu_percent: float | None
    gauges: dict[str, float | None]
    interfaces: dict[str, Throughput]


def make_series(moments: Sequence[Moment], begin: datetime, step_s: int) -> list[Point]:
    """The series of these moments (oldest first) from `begin` on, in buckets of `step_s` seconds.

    Moments before `begin` only start rates off. Buckets nothing was heard in are left out: gaps stay gaps.
    """
    max_silence_s = max(MAX_SILENCE_S, step_s)
    buckets: dict[int, _Bucket] = {}
    previous: Moment | None = None
    for moment in moments:
        index = (moment.taken_at - begin) // timedelta(seconds=step_s)
        if index >= 0:
            bucket = buckets.setdefault(index, _Bucket())
            _add_gauges(bucket, moment)
            if previous is not None and _is_continued(previous, moment, max_silence_s):
                _add_rates(bucket, previous, moment)
        previous = moment
    return [_to_point(begin + index * timedelta(seconds=step_s), bucket) for index, bucket in sorted(buckets.items())]


def _is_continued(previous: Moment, moment: Moment, max_silence_s: int) -> bool:
    span_ms = moment.mono_ms - previous.mono_ms
    return previous.boot == moment.boot and _MIN_SPAN_MS <= span_ms <= max_silence_s * 1000


def _add_gauges(bucket: _Bucket, moment: Moment) -> None:
    bucket.samples += 1
    bucket.dropped += moment.dropped
    for name, value in moment.gauges.items():
        total = bucket.gauges.setdefault(name, _Sum())
        if value is not None:
            total.add(value, 1)
    for name in moment.interfaces:
        bucket.interfaces.setdefault(name, (_Sum(), _Sum()))


def _add_rates(bucket: _Bucket, previous: Moment, moment: Moment) -> None:
    busy, total = cpu_growth(previous, moment)
    bucket.cpu.add(busy, total)
    span_s = (moment.mono_ms - previous.mono_ms) / 1000
    for name, counters in moment.interfaces.items():
        before = previous.interfaces.get(name)
        if before is None or any(now < then for now, then in zip(counters, before, strict=True)):
            continue  # new, or its counters started afresh: nothing to compare with
        for total_bits, now, then in zip(bucket.interfaces[name], counters, before, strict=True):
            bits = 8 * (now - then)
            if bits <= _MAX_BPS * span_s:
                total_bits.add(bits, span_s)


def cpu_growth(previous: Moment, moment: Moment) -> tuple[int, int]:
    """Busy and total processor milliseconds between two moments; (0, 0) where they do not tell."""
    if previous.cpu_busy_ms is None or previous.cpu_total_ms is None:
        return 0, 0
    if moment.cpu_busy_ms is None or moment.cpu_total_ms is None:
        return 0, 0
    busy, total = moment.cpu_busy_ms - previous.cpu_busy_ms, moment.cpu_total_ms - previous.cpu_total_ms
    return (busy, total) if 0 <= busy <= total else (0, 0)


def cpu_percent(moments: Iterable[Moment]) -> float | None:
    """Processor load in percent between the last two of these moments, oldest first; None where they do not tell."""
    last_two = tuple(moments)[-2:]
    if len(last_two) < 2 or last_two[0].boot != last_two[1].boot:
        return None
    busy, total = cpu_growth(*last_two)
    return 100 * busy / total if total else None


def _to_point(at: datetime, bucket: _Bucket) -> Point:
    busy = bucket.cpu.mean()
    return Point(
        at=at,
        samples=bucket.samples,
        dropped=bucket.dropped,
        cpu_percent=None if busy is None else 100 * busy,
        gauges={name: total.mean() for name, total in bucket.gauges.items()},
        interfaces={name: Throughput(rx.mean(), tx.mean()) for name, (rx, tx) in bucket.interfaces.items()},
    )
