"""From what a router sent to what the figures need of it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from spotfi_cloud.telemetry.figures import Moment
from spotfi_cloud.telemetry.messages import Body, Message, expand, read_stored
from spotfi_cloud.telemetry.rules import KEPT
from spotfi_protocol.errors import ProtocolError

COUNTERS = ("cpu_busy_ms", "cpu_total_ms", "segments_sent", "segments_resent")
KIB = {f"{name}_kib": f"{name}_bytes" for name in ("memory_total", "memory_available", "disk_total", "disk_used")}
TENTHS = ("temperature_c", "latency_ms")
PLAIN = ("wan_up", "dhcp_leases", "conntrack_used", "conntrack_most")
LOADS = ("load_1", "load_5", "load_15")
GAUGES = ("uptime_s", *KIB.values(), *TENTHS, *PLAIN)
_ALL_GAUGES = (*GAUGES, *LOADS)
MAX_AGE_MS = KEPT // timedelta(milliseconds=1)


def read_moments(batches: Iterable[tuple[datetime, bytes]]) -> tuple[list[Moment], int]:
    """The samples of stored messages (date of the newest sample, payload), oldest first, and how many were unreadable.

    Ingest stores none that is; but what a disk has spoilt must not hold up everybody's rollups.
    """
    moments: list[Moment] = []
    unreadable = 0
    for taken_at, payload in batches:
        try:
            moments += list(moments_of(taken_at, read_stored(payload)))
        except (ProtocolError, ArithmeticError, LookupError, TypeError, ValueError):
            unreadable += 1
    moments.sort(key=lambda moment: (moment.taken_at, moment.mono_ms))
    return moments, unreadable


def moments_of(taken_at: datetime, message: Message) -> Iterator[Moment]:
    """The samples of a message, in its order."""
    count, levels = message.count, message.levels
    monos_ms = expand(levels["mono_ms"], count)
    counters = zip(*(expand(levels.get(name), count) for name in COUNTERS), strict=True)
    gauges = _gauges_of(levels, monos_ms, count)
    interfaces = _tables_of(message.body["interfaces"], slice(0, 2), count)
    radios = _tables_of(message.body.get("radios", {}), slice(0, 3), count)
    newest_ms = max(monos_ms)
    for place, (mono_ms, (busy_ms, total_ms, sent, resent)) in enumerate(zip(monos_ms, counters, strict=True)):
        age_ms = min(newest_ms - mono_ms, MAX_AGE_MS)
        yield Moment(
            taken_at - timedelta(milliseconds=age_ms),
            message.stamp.boot_id,
            mono_ms,
            busy_ms,
            total_ms,
            sent,
            resent,
            gauges[place],
            interfaces[place],
            radios[place],
            0 if place else message.dropped,
        )


def _gauges_of(levels: Body, monos_ms: Sequence[int], count: int) -> list[dict[str, Any]]:
    """One dict per sample, with every gauge; None for what the router has not."""
    lags_s = expand(levels["lag_s"], count)
    columns: list[Sequence[Any]] = [[mono_ms // 1000 - lag for mono_ms, lag in zip(monos_ms, lags_s, strict=True)]]
    columns += [_scaled(levels.get(name), count, 1024) for name in KIB]
    columns += [_parts(levels.get(name), count, 10) for name in TENTHS]
    columns += [expand(levels.get(name), count) for name in PLAIN]
    loads = [_parts(levels.get(name), count, 100) for name in LOADS]
    columns += loads
    return [dict(zip(_ALL_GAUGES, row, strict=True)) for row in zip(*columns, strict=True)]


def _scaled(column: Any, count: int, unit: int) -> Sequence[Any]:
    return [None if value is None else value * unit for value in expand(column, count)]


def _parts(column: Any, count: int, parts: int) -> Sequence[Any]:
    return [None if value is None else value / parts for value in expand(column, count)]


def _tables_of(tables: Body, chosen: slice, count: int) -> list[dict[str, Any]]:
    """By name a tuple of the chosen columns' values, one dict per sample; a name is left out where all are None."""
    rows = [
        list(zip(*(expand(column, count) for column in columns[chosen]), strict=True)) for columns in tables.values()
    ]
    if not rows:
        return [{} for _ in range(count)]
    moments = [dict(zip(tables, row, strict=True)) for row in zip(*rows, strict=True)]
    return [
        {name: row for name, row in moment.items() if any(value is not None for value in row)}
        if any(None in row for row in moment.values())
        else moment
        for moment in moments
    ]
