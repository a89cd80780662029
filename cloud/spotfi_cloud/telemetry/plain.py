"""A quick look at the columns of a telemetry message: can they be taken as they are? Pure; trusts nothing.

Nearly every message passes: numbers without gaps, of a size routers count to, samples in order. What does not pass is not
refused for that: it is unpacked in full (`spotfi_protocol.batch`), which decides. Whatever passes here, `unpack` takes too.
"""

from itertools import accumulate, chain
from typing import Any, Final

from spotfi_protocol.batch import MAX_SAMPLES
from spotfi_protocol.client_rows import MAX_CLIENTS
from spotfi_protocol.columns import MAX_NAME, MAX_TABLES

Body = dict[str, Any]

_COUNTER_BELOW: Final = 1 << 55
"""Bound of one step of an interface's counter: 120 of them stay below 2^63."""
_LEVEL_BELOW: Final = 1 << 46
"""The same for levels: 120 of them stay below the 2^53 KiB that memory may have."""
_LOADS: Final = frozenset(("load_1", "load_5", "load_15"))
_UNSIGNED: Final = _LOADS | {
    "mono_ms",
    "cpu_busy_ms",
    "cpu_total_ms",
    "segments_sent",
    "segments_resent",
    "dhcp_leases",
    "conntrack_used",
    "conntrack_most",
    "memory_total_kib",
    "memory_available_kib",
    "disk_total_kib",
    "disk_used_kib",
    "wan_up",
}
_SIGNED: Final = frozenset(("lag_s", "temperature_c", "latency_ms"))
_TEXTS: Final = frozenset(("wan_device", "wan_address"))
_INTERFACE_COLUMNS: Final = 5
_RADIO_COLUMNS: Final = 3
_CLIENT_COLUMNS: Final = 6
_NOISE: Final = 1


def is_plain(body: Body) -> bool:
    """Whether these are columns as nearly all routers send them: complete, within bounds, oldest sample first."""
    count, levels, interfaces = body.get("count"), body.get("levels"), body.get("interfaces")
    if type(count) is not int or not 0 < count <= MAX_SAMPLES or type(levels) is not dict:
        return False
    radios, clients = body.get("radios", {}), body.get("clients", [])
    return (
        _are_levels(levels, count)
        and _are_interfaces(interfaces, count)
        and _are_radios(radios, count)
        and _are_readings(clients, count)
    )


def _are_levels(levels: Body, count: int) -> bool:
    loads = 0
    for name, column in levels.items():
        if name in _UNSIGNED:
            fits = _is_column(column, count, 0)
            loads += name in _LOADS
        elif name in _SIGNED:
            fits = _is_column(column, count, -_LEVEL_BELOW * MAX_SAMPLES)
        else:
            fits = name in _TEXTS and type(column) is str and len(column) <= MAX_NAME and "\0" not in column
        if not fits:
            return False
    return loads in {0, len(_LOADS)} and _is_in_order(levels.get("mono_ms"), levels.get("lag_s"), count)


def _is_column(column: Any, count: int, least: int) -> bool:
    if type(column) is int:
        return max(least, -_LEVEL_BELOW) <= column < _LEVEL_BELOW
    if type(column) is not list or len(column) != count or set(map(type, column)) != {int}:
        return False
    lowest: int = min(column)
    if lowest <= -_LEVEL_BELOW or max(column) >= _LEVEL_BELOW:
        return False
    return lowest >= 0 or bool(min(accumulate(column)) >= least)


def _is_in_order(mono_ms: Any, lag_s: Any, count: int) -> bool:
    """Of columns that are such, or None: no sample before the one in front of it, every uptime from 0 on."""
    if mono_ms is None or lag_s is None or (type(mono_ms) is list and min(mono_ms) < 0):
        return False
    moments_ms = accumulate(mono_ms) if type(mono_ms) is list else (mono_ms,) * count
    lags_s = accumulate(lag_s) if type(lag_s) is list else (lag_s,) * count
    return all(moment_ms // 1000 >= lag for moment_ms, lag in zip(moments_ms, lags_s, strict=True))


def _are_interfaces(interfaces: Any, count: int) -> bool:
    if type(interfaces) is not dict or len(interfaces) > MAX_TABLES:
        return False
    whole: list[int] = []
    lists: list[list[int]] = []
    for name, columns in interfaces.items():
        if type(columns) is not list or len(columns) != _INTERFACE_COLUMNS or len(name) > MAX_NAME or "\0" in name:
            return False
        for column in columns:
            if type(column) is list:
                if len(column) != count:
                    return False
                lists.append(column)
            else:
                whole.append(column)
    numbers = [*whole, *chain.from_iterable(lists)]
    if not numbers:
        return True
    return set(map(type, numbers)) == {int} and min(numbers) >= 0 and max(numbers) < _COUNTER_BELOW


def _are_radios(radios: Any, count: int) -> bool:
    if type(radios) is not dict or len(radios) > MAX_TABLES:
        return False
    for name, columns in radios.items():
        if type(columns) is not list or len(columns) != _RADIO_COLUMNS or len(name) > MAX_NAME or "\0" in name:
            return False
        for place, column in enumerate(columns):
            least = -_LEVEL_BELOW * MAX_SAMPLES if place == _NOISE else 0
            if column is not None and not _is_column(column, count, least):
                return False
    return True


def _are_readings(readings: Any, count: int) -> bool:
    """One reading of single clients at most, as at the usual interval."""
    if readings == []:
        return True
    if type(readings) is not list or len(readings) != 1 or type(readings[0]) is not list or len(readings[0]) != 2:
        return False
    at, by_interface = readings[0]
    if type(at) is not int or not 0 <= at < count or type(by_interface) is not dict:
        return False
    lists = list(by_interface.values())
    if set(map(type, lists)) - {list} or any(len(name) > MAX_NAME or "\0" in name for name in by_interface):
        return False
    rows = list(chain.from_iterable(lists))
    return not rows or (len(rows) <= MAX_CLIENTS and _are_clients(rows))


def _are_clients(rows: list[Any]) -> bool:
    if set(map(type, rows)) != {list} or set(map(len, rows)) != {_CLIENT_COLUMNS}:
        return False
    addresses, signals_dbm, *counts = zip(*rows, strict=True)
    if set(map(type, addresses)) != {str} or max(map(len, addresses)) > MAX_NAME or "\0" in "".join(addresses):
        return False
    numbers = list(chain.from_iterable(counts))
    if set(map(type, numbers)) | set(map(type, signals_dbm)) != {int}:
        return False
    return bool(min(numbers) >= 0 and max(numbers) < _COUNTER_BELOW and max(map(abs, signals_dbm)) < _LEVEL_BELOW)
