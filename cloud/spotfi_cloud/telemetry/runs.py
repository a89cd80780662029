"""Figures straight from the columns of many messages of a router at once: what makes rollups cheap. Pure.

Nearly every router sends samples in order, its counters only grow, and its interfaces stay what they are. Such messages make
one stretch of values per figure, and a bucket is a slice of it. Whatever is not so goes the long way over single samples
(`figures.gather`), which gives the same.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, islice
from operator import sub
from typing import Any

from spotfi_cloud.telemetry.figures import MAX_BYTES_PER_S, MAX_SILENCE_S, MIN_SPAN_MS, Figures, gather
from spotfi_cloud.telemetry.level_sums import AS_IT_IS, GAUGE_COLUMNS, Scale, add_constant, add_values
from spotfi_cloud.telemetry.messages import Message, expand, read_stored
from spotfi_cloud.telemetry.moments import COUNTERS, MAX_AGE_MS, read_moments
from spotfi_protocol.errors import ProtocolError

Stored = Sequence[tuple[datetime, bytes]]
"""Messages: date of the newest sample, payload; oldest first."""
_MICROSECOND = timedelta(microseconds=1)


class UnusualError(Exception):
    """These messages need a look at each sample."""


def gather_stored(
    stored: Stored, begin: datetime, end: datetime, step_s: int, lead_in: timedelta
) -> tuple[dict[int, Figures], int]:
    """Figures over [begin, end), by number of the bucket of `step_s` seconds; and how many messages were unreadable.

    Samples of `lead_in` before `begin` only start growths off.
    """
    span = _Span(begin, -(lead_in // _MICROSECOND), (end - begin) // _MICROSECOND, step_s)
    try:
        for stretch in _stretches(((at, read_stored(payload)) for at, payload in stored), span):
            stretch.add_up()
    except (UnusualError, ProtocolError, ArithmeticError, LookupError, TypeError, ValueError):
        known, unreadable = read_moments(stored)
        moments = [moment for moment in known if begin - lead_in <= moment.taken_at < end]
        return gather(moments, begin, step_s), unreadable
    return span.buckets, 0


class _Span:
    """What is asked for, in microseconds from `begin` on, and what has been found of it."""

    def __init__(self, begin: datetime, first_us: int, end_us: int, step_s: int) -> None:
        self.begin, self.first_us, self.end_us = begin, first_us, end_us
        self.step_us = step_s * 1_000_000
        self.longest_ms = max(MAX_SILENCE_S, step_s) * 1000
        self.buckets: dict[int, Figures] = {}

    def bucket(self, index: int) -> Figures:
        if (figures := self.buckets.get(index)) is None:
            figures = self.buckets[index] = Figures()
        return figures


def _stretches(messages: Iterable[tuple[datetime, Message]], span: _Span) -> Iterator["_Stretch"]:
    """Messages whose samples can be compared throughout, together. UnusualError where they are not in order."""
    stretch: _Stretch | None = None
    last_us: int | None = None
    for taken_at, message in messages:
        monos_ms, ats_us = _moments_of(taken_at, message, span)
        if last_us is not None and ats_us[0] <= last_us:
            raise UnusualError
        last_us = ats_us[-1]
        if stretch is None or not stretch.is_continued_by(message, monos_ms[0]):
            if stretch is not None:
                yield stretch
            stretch = _Stretch(span, message)
        stretch.append(message, monos_ms, ats_us)
    if stretch is not None:
        yield stretch


def _moments_of(taken_at: datetime, message: Message, span: _Span) -> tuple[Sequence[int], list[int]]:
    """By the boot's clock and from `begin` on; each to be compared with the one before it."""
    monos_ms = expand(message.levels["mono_ms"], message.count)
    for before_ms, mono_ms in zip(monos_ms, islice(monos_ms, 1, None), strict=False):
        if not MIN_SPAN_MS <= mono_ms - before_ms <= span.longest_ms:
            raise UnusualError
    newest_us, newest_ms = (taken_at - span.begin) // _MICROSECOND, monos_ms[-1]
    return monos_ms, [newest_us - 1000 * min(newest_ms - mono_ms, MAX_AGE_MS) for mono_ms in monos_ms]


class _Stretch:
    """Messages of one boot without a gap between them, of the same interfaces and radios."""

    def __init__(self, span: _Span, first: Message) -> None:
        self._span = span
        self._first = first
        self._messages: list[Message] = []
        self._counts: list[int] = []
        self._monos_ms: list[int] = []
        self._ats_us: list[int] = []

    def is_continued_by(self, message: Message, mono_ms: int) -> bool:
        if message.stamp.boot_id != self._first.stamp.boot_id:
            return False
        if not MIN_SPAN_MS <= mono_ms - self._monos_ms[-1] <= self._span.longest_ms:
            return False
        for tables in ("interfaces", "radios"):
            if message.body.get(tables, {}).keys() != self._first.body.get(tables, {}).keys():
                raise UnusualError
        return True

    def append(self, message: Message, monos_ms: Sequence[int], ats_us: Sequence[int]) -> None:
        if message.dropped and self._span.first_us <= ats_us[0] < self._span.end_us and ats_us[0] >= 0:
            self._span.bucket(ats_us[0] // self._span.step_us).dropped += message.dropped
        self._messages.append(message)
        self._counts.append(message.count)
        self._monos_ms += monos_ms
        self._ats_us += ats_us

    def add_up(self) -> None:
        """Into the span's buckets."""
        slices = list(self._slices())
        if slices:
            self._add_gauges(slices)
            self._add_growths(slices)
            self._add_interfaces(slices)
            self._add_radios(slices)

    def _slices(self) -> Iterator["_Slice"]:
        ats_us, span = self._ats_us, self._span
        first, last = bisect_left(ats_us, span.first_us), bisect_left(ats_us, span.end_us)
        start = bisect_left(ats_us, 0, first, last)
        while start < last:
            index = ats_us[start] // span.step_us
            stop = bisect_left(ats_us, (index + 1) * span.step_us, start, last)
            figures = span.bucket(index)
            figures.samples += stop - start
            yield _Slice(figures, start, stop, start if start > first else start + 1)
            start = stop

    def _add_gauges(self, slices: Sequence["_Slice"]) -> None:
        lags_s = self._values([message.levels["lag_s"] for message in self._messages])
        uptimes_s = [mono_ms // 1000 - lag_s for mono_ms, lag_s in zip(self._monos_ms, lags_s, strict=True)]
        for each in slices:
            add_values(each.figures.levels, "uptime_s", uptimes_s[each.start : each.stop], AS_IT_IS)
        for column, name, scale in GAUGE_COLUMNS:
            self._add_levels(slices, name, [message.levels.get(column) for message in self._messages], scale)

    def _add_levels(self, slices: Sequence["_Slice"], name: str, columns: list[Any], scale: Scale = AS_IT_IS) -> None:
        first = columns[0]
        if type(first) is not list and columns.count(first) == len(columns):
            for each in slices:
                add_constant(each.figures.levels, name, first, each.stop - each.start, scale)
            return
        values = self._values(columns)
        has_gaps = None in values
        for each in slices:
            chosen = values[each.start : each.stop]
            if has_gaps:
                chosen = [value for value in chosen if value is not None]
            add_values(each.figures.levels, name, chosen, scale)

    def _values(self, columns: Iterable[Any]) -> list[Any]:
        """Of every sample."""
        values: list[Any] = []
        for column, count in zip(columns, self._counts, strict=True):
            if type(column) is not list:
                values += (column,) * count
            elif None in column:
                values += expand(column, count)
            else:
                values += accumulate(column)
        return values

    def _steps(self, name: str) -> list[int] | None:
        """By how much a counter has grown with each sample, the first of them left out; None where the router has none."""
        columns = [message.levels.get(name) for message in self._messages]
        if columns.count(None) == len(columns):
            return None
        values = self._values(columns)
        return [0, *map(sub, values[1:], values)]

    def _add_growths(self, slices: Sequence["_Slice"]) -> None:
        busy_ms, total_ms, sent, resent = map(self._steps, COUNTERS)
        for each in slices:
            for sums, parts, wholes in ((each.figures.cpu, busy_ms, total_ms), (each.figures.segments, resent, sent)):
                if parts is not None and wholes is not None:
                    _add_parts(sums, parts[each.grown_from : each.stop], wholes[each.grown_from : each.stop])

    def _add_interfaces(self, slices: Sequence["_Slice"]) -> None:
        monos_ms = self._monos_ms
        most = MAX_BYTES_PER_S * min(map(sub, monos_ms[1:], monos_ms), default=0) / 1000
        for name in self._first.body["interfaces"]:
            tables = [message.body["interfaces"][name] for message in self._messages]
            received = self._counter(columns[0] for columns in tables)
            sent = self._counter(columns[1] for columns in tables)
            for each in slices:
                sums = each.figures.interfaces.setdefault(name, [0, 0, 0, 0])
                if each.grown_from < each.stop:
                    before, last = each.grown_from - 1, each.stop - 1
                    grown = received[last] - received[before], sent[last] - sent[before]
                    if max(grown) > most:
                        raise UnusualError
                    span_ms = monos_ms[last] - monos_ms[before]
                    sums[0] += grown[0]
                    sums[1] += span_ms
                    sums[2] += grown[1]
                    sums[3] += span_ms

    def _counter(self, columns: Iterable[Any]) -> list[int]:
        """Values that never go back."""
        values = self._values(columns)
        if None in values or min(map(sub, values[1:], values), default=0) < 0:
            raise UnusualError
        return values

    def _add_radios(self, slices: Sequence["_Slice"]) -> None:
        for name in self._first.body.get("radios", {}):
            tables = [message.body["radios"][name] for message in self._messages]
            channels, noises_dbm, clients = ([columns[place] for columns in tables] for place in range(3))
            if all(columns == [None, None, None] for columns in tables):
                continue
            if any(map(_is_patchy, (channels, noises_dbm, clients))):
                raise UnusualError
            values = self._values(channels)
            for each in slices:
                each.figures.channels[name] = values[each.stop - 1]
            self._add_levels(slices, f"noise_dbm {name}", noises_dbm)
            self._add_levels(slices, f"clients {name}", clients)


class _Slice:
    """A bucket's samples of a stretch, from `start` to before `stop`; from `grown_from` on each has one to be compared with."""

    __slots__ = ("figures", "grown_from", "start", "stop")

    def __init__(self, figures: Figures, start: int, stop: int, grown_from: int) -> None:
        self.figures, self.start, self.stop, self.grown_from = figures, start, stop, grown_from


def _is_patchy(columns: Sequence[Any]) -> bool:
    """Whether some samples have a value and some have none."""
    return any(type(column) is list and None in column for column in columns) or 0 < columns.count(None) < len(columns)


def _add_parts(sums: list[float], parts: Sequence[int], wholes: Sequence[int]) -> None:
    for part, whole in zip(parts, wholes, strict=True):
        if 0 <= part <= whole:
            sums[0] += part
            sums[1] += whole
