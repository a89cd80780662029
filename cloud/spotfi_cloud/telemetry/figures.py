"""What is known of a router over a span of time, in a form that adds up: spans of seconds to minutes, hours and days. Pure.

Routers send counters, so a lost sample loses no bytes: the next one still carries the sum. A growth exists only between two
samples of one boot with no counter going back; across a reboot, a reset or a long silence there is none. Everything is kept
as sums (count, sum, least and most of a level; amount and weight of a growth), never as means.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

MAX_SILENCE_S = 300
"""Longest time between two samples that still gives a growth, unless a bucket is longer."""
MIN_SPAN_MS = 100
MAX_BYTES_PER_S = 50e9
"""No router port is faster (400GBASE, IEEE 802.3bs); a counter that says so has jumped."""

Level = list[float]
"""[count, sum, least, most]"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A sample as the figures need it."""

    taken_at: datetime
    boot: object
    mono_ms: int
    cpu_busy_ms: int | None = None
    cpu_total_ms: int | None = None
    segments_sent: int | None = None
    segments_resent: int | None = None
    gauges: dict[str, float | None] = field(default_factory=dict)
    interfaces: dict[str, tuple[int, int]] = field(default_factory=dict)
    """name → (rx_bytes, tx_bytes)"""
    radios: dict[str, tuple[int | None, int | None, int | None]] = field(default_factory=dict)
    """name → (channel, noise_dbm, clients)"""
    dropped: int = 0


@dataclass(slots=True)
class Figures:
    """Sums over a span."""

    samples: int = 0
    dropped: int = 0
    levels: dict[str, Level] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=lambda: [0, 0])
    """[busy, total] milliseconds"""
    segments: list[float] = field(default_factory=lambda: [0, 0])
    """[sent again, sent]"""
    interfaces: dict[str, list[float]] = field(default_factory=dict)
    """name → [rx_bytes, over ms, tx_bytes, over ms]"""
    channels: dict[str, int | None] = field(default_factory=dict)
    """Of each radio the last one seen; its noise and clients are levels."""

    def add_moment(self, moment: Moment) -> None:
        """What a sample shows by itself."""
        self.samples += 1
        self.dropped += moment.dropped
        for name, value in moment.gauges.items():
            self._add_level(name, value)
        for name in moment.interfaces:
            self.interfaces.setdefault(name, [0, 0, 0, 0])
        for name, (channel, noise_dbm, clients) in moment.radios.items():
            self.channels[name] = channel
            self._add_level(f"noise_dbm {name}", noise_dbm)
            self._add_level(f"clients {name}", clients)

    def add_growth(self, before: Moment, moment: Moment) -> None:
        """What happened between two samples of a boot."""
        _add(self.cpu, growth(before.cpu_busy_ms, moment.cpu_busy_ms, before.cpu_total_ms, moment.cpu_total_ms))
        resent = growth(before.segments_resent, moment.segments_resent, before.segments_sent, moment.segments_sent)
        _add(self.segments, resent)
        span_ms = moment.mono_ms - before.mono_ms
        most = MAX_BYTES_PER_S * span_ms / 1000
        for name, (rx_bytes, tx_bytes) in moment.interfaces.items():
            then = before.interfaces.get(name)
            if then is None or rx_bytes < then[0] or tx_bytes < then[1]:
                continue  # new, or its counters started afresh: nothing to compare with
            sums = self.interfaces[name]
            if (grown := rx_bytes - then[0]) <= most:
                sums[0] += grown
                sums[1] += span_ms
            if (grown := tx_bytes - then[1]) <= most:
                sums[2] += grown
                sums[3] += span_ms

    def add(self, other: Self) -> None:
        """Another span, later than what is in here."""
        self.samples += other.samples
        self.dropped += other.dropped
        _add(self.cpu, other.cpu)
        _add(self.segments, other.segments)
        for name, level in other.levels.items():
            mine = self.levels.get(name)
            if mine is None or not mine[0]:
                self.levels[name] = level.copy()
            elif level[0]:
                mine[0] += level[0]
                mine[1] += level[1]
                if level[2] < mine[2]:  # noqa: PLR1730 - a call costs more, and this is most of a long series
                    mine[2] = level[2]
                if level[3] > mine[3]:  # noqa: PLR1730 - as above
                    mine[3] = level[3]
        for name, sums in other.interfaces.items():
            known = self.interfaces.get(name)
            if known is None:
                self.interfaces[name] = sums.copy()
            else:
                known[0] += sums[0]
                known[1] += sums[1]
                known[2] += sums[2]
                known[3] += sums[3]
        self.channels.update(other.channels)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "samples": self.samples,
            "dropped": self.dropped,
            "levels": self.levels,
            "cpu": self.cpu,
            "segments": self.segments,
            "interfaces": self.interfaces,
            "channels": self.channels,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(**body)

    def _add_level(self, name: str, value: float | None) -> None:
        level = self.levels.get(name)
        if value is None:
            if level is None:
                self.levels[name] = [0, 0, 0, 0]
        elif level is None or not level[0]:
            self.levels[name] = [1, value, value, value]
        else:
            level[0] += 1
            level[1] += value
            if value < level[2]:
                level[2] = value
            elif value > level[3]:
                level[3] = value


def _add(sums: list[float], more: Sequence[float]) -> None:
    for place, amount in enumerate(more):
        sums[place] += amount


def growth(part_before: int | None, part: int | None, whole_before: int | None, whole: int | None) -> tuple[int, int]:
    """By how much a part and its whole have grown; (0, 0) where they do not tell."""
    if part_before is None or part is None or whole_before is None or whole is None:
        return 0, 0
    grown, of = part - part_before, whole - whole_before
    return (grown, of) if 0 <= grown <= of else (0, 0)


def is_continued(before: Moment, moment: Moment, max_silence_s: int = MAX_SILENCE_S) -> bool:
    """Whether the second sample may be compared with the first."""
    span_ms = moment.mono_ms - before.mono_ms
    return before.boot == moment.boot and MIN_SPAN_MS <= span_ms <= max_silence_s * 1000


def gather(moments: Iterable[Moment], begin: datetime, step_s: int) -> dict[int, Figures]:
    """Figures of these moments (oldest first) from `begin` on, by number of the bucket of `step_s` seconds.

    Moments before `begin` only start growths off; a growth belongs to the bucket of its later sample.
    """
    max_silence_s = max(MAX_SILENCE_S, step_s)
    step = timedelta(seconds=step_s)
    buckets: dict[int, Figures] = {}
    before: Moment | None = None
    for moment in moments:
        index = (moment.taken_at - begin) // step
        if index >= 0:
            if (figures := buckets.get(index)) is None:
                figures = buckets[index] = Figures()
            figures.add_moment(moment)
            if before is not None and is_continued(before, moment, max_silence_s):
                figures.add_growth(before, moment)
        before = moment
    return buckets
