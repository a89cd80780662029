"""Which figures of a sample make which columns. Pure; `unpack` trusts nothing.

What is absent from every sample of a batch is left out. The uptime travels as its distance from the monotonic clock, which
hardly ever changes.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from spotfi_protocol.client_rows import pack_clients, unpack_readings
from spotfi_protocol.columns import (
    pack_numbers,
    pack_tables,
    pack_texts,
    unpack_counts,
    unpack_numbers,
    unpack_tables,
    unpack_texts,
)
from spotfi_protocol.fields import Fields, reject
from spotfi_protocol.samples import InterfaceCounters, Radio, Sample

MAX_SAMPLES = 120
"""Most samples in one batch: two minutes of live view."""
_MAX_LEVELS = 64
_KIB = 1024
_MOST_KIB = 1 << 53

_COUNTS: Final = (
    "cpu_busy_ms",
    "cpu_total_ms",
    "segments_sent",
    "segments_resent",
    "dhcp_leases",
    "conntrack_used",
    "conntrack_most",
)
_MEMORIES: Final = {
    f"{name}_kib": f"{name}_bytes" for name in ("memory_total", "memory_available", "disk_total", "disk_used")
}
_TENTHS: Final = ("temperature_c", "latency_ms")
_LOADS: Final = ("load_1", "load_5", "load_15")
_TEXTS: Final = ("wan_device", "wan_address")
_INTERFACE: Final = ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "up")
_RADIO: Final = ("channel", "noise_dbm", "clients")


def pack(samples: Sequence[Sample]) -> dict[str, Any]:
    """The samples, oldest first, as an object of columns."""
    if not samples:
        return {"count": 0}
    levels = {name: column for name, column in _level_columns(samples).items() if column is not None}
    body: dict[str, Any] = {"count": len(samples), "levels": levels}
    body["interfaces"] = pack_tables([sample.interfaces for sample in samples], _INTERFACE)
    if any(sample.radios for sample in samples):
        body["radios"] = pack_tables([sample.radios for sample in samples], _RADIO)
    if any(sample.clients is not None for sample in samples):
        readings = ((at, sample.clients) for at, sample in enumerate(samples))
        body["clients"] = [[at, pack_clients(clients)] for at, clients in readings if clients is not None]
    return body


def _level_columns(samples: Sequence[Sample]) -> dict[str, Any]:
    columns = {
        "mono_ms": pack_numbers([sample.mono_ms for sample in samples]),
        "lag_s": pack_numbers([sample.mono_ms // 1000 - sample.uptime_s for sample in samples]),
    }
    for name in _COUNTS:
        columns[name] = pack_numbers([getattr(sample, name) for sample in samples])
    for name, slot in _MEMORIES.items():
        columns[name] = pack_numbers([_per(getattr(sample, slot), _KIB) for sample in samples])
    for name in _TENTHS:
        columns[name] = pack_numbers([_times(getattr(sample, name), 10) for sample in samples])
    for place, name in enumerate(_LOADS):
        columns[name] = pack_numbers(
            [None if sample.load is None else _times(sample.load[place], 100) for sample in samples]
        )
    columns["wan_up"] = pack_numbers([None if sample.wan_up is None else int(sample.wan_up) for sample in samples])
    for name in _TEXTS:
        columns[name] = pack_texts([getattr(sample, name) for sample in samples])
    return columns


def unpack(body: dict[str, Any]) -> tuple[Sample, ...]:
    """The samples of an object of columns. ProtocolError naming what does not fit."""
    fields = Fields(body)
    count = fields.count("count")
    if count > MAX_SAMPLES:
        reject("count", f"at most {MAX_SAMPLES}")
    if count == 0:
        return ()
    levels = _unpack_levels(fields.mapping("levels", _MAX_LEVELS), count)
    interfaces = unpack_tables("interfaces", fields, count, _INTERFACE, _to_interface)
    radios = unpack_tables("radios", fields, count, _RADIO, _to_radio) if "radios" in body else [{} for _ in interfaces]
    clients = unpack_readings(body.get("clients", []), count)
    names = tuple(levels)
    return tuple(
        Sample(
            **dict(zip(names, row, strict=True)), interfaces=interfaces[at], radios=radios[at], clients=clients.get(at)
        )
        for at, row in enumerate(zip(*levels.values(), strict=True))
    )


def _unpack_levels(columns: dict[str, Any], count: int) -> dict[str, Sequence[Any]]:
    levels: dict[str, Sequence[Any]] = {}
    levels["mono_ms"] = mono_ms = unpack_counts("mono_ms", columns.get("mono_ms"), count)
    levels["uptime_s"] = _uptimes(mono_ms, unpack_numbers("lag_s", columns.get("lag_s"), count))
    for name, (slot, unpack_column, convert) in _UNPACKING.items():
        if name in columns:
            levels[slot] = convert(unpack_column(name, columns[name], count))
    if any(name in columns for name in _LOADS):
        loads = (_fractions(unpack_counts(name, columns.get(name), count), 100) for name in _LOADS)
        levels["load"] = [None if None in row else row for row in zip(*loads, strict=True)]
    return levels


def _uptimes(mono_ms: Sequence[int | None], lags_s: Sequence[int | None]) -> list[int]:
    uptimes = []
    for moment, lag_s in zip(mono_ms, lags_s, strict=True):
        if moment is None or lag_s is None or not 0 <= moment // 1000 - lag_s < 1 << 63:
            reject("mono_ms' and 'lag_s", "there in every sample, and give an uptime")
        uptimes.append(moment // 1000 - lag_s)
    return uptimes


def _times(value: float | None, parts: int) -> int | None:
    return None if value is None else round(value * parts)


def _per(value: int | None, unit: int) -> int | None:
    return None if value is None else value // unit


def _fractions(values: Sequence[int | None], parts: int) -> list[float | None]:
    return [None if value is None else value / parts for value in values]


def _tenths(values: Sequence[int | None]) -> list[float | None]:
    return _fractions(values, 10)


def _bytes(kib: Sequence[int | None]) -> list[int | None]:
    if any(value is not None and value >= _MOST_KIB for value in kib):
        reject("levels", "less than 8 EiB of memory")
    return [None if value is None else value * _KIB for value in kib]


def _flags(values: Sequence[int | None]) -> list[bool | None]:
    return [None if value is None else bool(value) for value in values]


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


_UNPACKING: Final[dict[str, tuple[str, Callable[..., Sequence[Any]], Callable[..., Sequence[Any]]]]] = {
    **{name: (name, unpack_counts, _as_they_are) for name in _COUNTS},
    **{name: (slot, unpack_counts, _bytes) for name, slot in _MEMORIES.items()},
    **{name: (name, unpack_numbers, _tenths) for name in _TENTHS},
    **{name: (name, unpack_texts, _as_they_are) for name in _TEXTS},
    "wan_up": ("wan_up", unpack_counts, _flags),
}
"""Of each column: the field of a sample, what reads it, and what makes the field's values of it."""


def _to_interface(row: Sequence[Any]) -> InterfaceCounters | None:
    if None not in row:
        rx_bytes, tx_bytes, rx_packets, tx_packets, up = row
        return InterfaceCounters(rx_bytes, tx_bytes, rx_packets, tx_packets, bool(up))
    if any(value is not None for value in row):
        reject("interfaces", "complete, or absent")
    return None


def _to_radio(row: Sequence[Any]) -> Radio | None:
    return None if all(value is None for value in row) else Radio(*row)
