"""The newest sample as a router's page shows it: levels as they are, rates since the sample before it. Pure."""

from datetime import datetime
from typing import Any

from spotfi_cloud.telemetry.figures import MAX_SILENCE_S, growth
from spotfi_cloud.telemetry.messages import Body, Message, last_but_one, newest, newest_text
from spotfi_protocol.client_rows import unpack_readings
from spotfi_protocol.samples import Client

_COUNTERS = ("cpu_busy_ms", "cpu_total_ms", "segments_sent", "segments_resent")
_COUNTS = (*_COUNTERS, "dhcp_leases", "conntrack_used", "conntrack_most")
_MEMORIES = ("memory_total", "memory_available", "disk_total", "disk_used")
_TENTHS = ("temperature_c", "latency_ms")
_LOADS = ("load_1", "load_5", "load_15")
_TEXTS = ("wan_device", "wan_address")
_MIN_SPAN_MS = 100
_MAX_BPS = 400e9


def show(message: Message, taken_at: datetime, before: dict[str, Any] | None) -> dict[str, Any]:
    """JSON of the newest sample, with rates since the one before it in the message; of a single one, since `before`.

    `before` is what was shown of an earlier sample. Rates are None where nothing tells. `clients` is the newest reading of
    single clients in the message, None where it has none.
    """
    shown = _show_levels(message.levels)
    shown["boot_id"], shown["taken_at"] = str(message.stamp.boot_id), taken_at.isoformat()
    shown["interfaces"] = _show_interfaces(message.body["interfaces"])
    shown["radios"] = _show_radios(message.body.get("radios", {}))
    shown["clients"] = _show_newest_clients(message)
    shown["clients_at"] = None if shown["clients"] is None else shown["taken_at"]
    shown["cpu_percent"] = shown["loss_percent"] = None
    if message.count > 1:
        before = {**_counters_before(message), "boot_id": shown["boot_id"]}
    if before is not None:
        _add_rates(shown, before)
    return shown


def _show_levels(levels: Body) -> dict[str, Any]:
    shown: dict[str, Any] = {name: newest(levels.get(name)) for name in _COUNTS}
    shown["mono_ms"] = mono_ms = newest(levels["mono_ms"])
    shown["uptime_s"] = mono_ms // 1000 - newest(levels["lag_s"])
    for name in _MEMORIES:
        kib = newest(levels.get(f"{name}_kib"))
        shown[f"{name}_bytes"] = None if kib is None else 1024 * kib
    for name in _TENTHS:
        tenths = newest(levels.get(name))
        shown[name] = None if tenths is None else tenths / 10
    for name in _TEXTS:
        shown[name] = newest_text(levels.get(name))
    wan_up = newest(levels.get("wan_up"))
    shown["wan_up"] = None if wan_up is None else bool(wan_up)
    load = [newest(levels.get(name)) for name in _LOADS]
    shown["load"] = None if None in load else [hundredths / 100 for hundredths in load]
    return shown


def _show_interfaces(interfaces: Body) -> dict[str, Any]:
    shown = {}
    for name, columns in interfaces.items():
        rx_bytes, tx_bytes, rx_packets, tx_packets, up = map(newest, columns)
        if rx_bytes is not None:
            shown[name] = {
                "rx_bytes": rx_bytes,
                "tx_bytes": tx_bytes,
                "rx_packets": rx_packets,
                "tx_packets": tx_packets,
                "up": bool(up),
                "rx_bps": None,
                "tx_bps": None,
            }
    return shown


def _show_radios(radios: Body) -> dict[str, Any]:
    shown = {}
    for name, columns in radios.items():
        channel, noise_dbm, clients = map(newest, columns)
        if (channel, noise_dbm, clients) != (None, None, None):
            shown[name] = {"channel": channel, "noise_dbm": noise_dbm, "clients": clients}
    return shown


def _show_newest_clients(message: Message) -> dict[str, Any] | None:
    readings = message.body.get("clients")
    if not readings:
        return None
    ((_, clients),) = unpack_readings([max(readings, key=_place)], message.count).items()
    return {address: _show_client(client) for address, client in clients.items()}


def _place(reading: list[Any]) -> int:
    at: int = reading[0]
    return at


def _show_client(client: Client) -> dict[str, Any]:
    return {
        "interface": client.interface,
        "signal_dbm": client.signal_dbm,
        "rx_rate_kbps": client.rx_rate_kbps,
        "tx_rate_kbps": client.tx_rate_kbps,
        "rx_bytes": client.rx_bytes,
        "tx_bytes": client.tx_bytes,
    }


def _counters_before(message: Message) -> dict[str, Any]:
    """Of the last sample but one what rates are computed from."""
    levels = message.levels
    before: dict[str, Any] = {name: last_but_one(levels.get(name)) for name in (*_COUNTERS, "mono_ms")}
    before["interfaces"] = {
        name: {"rx_bytes": rx_bytes, "tx_bytes": last_but_one(columns[1])}
        for name, columns in message.body["interfaces"].items()
        if (rx_bytes := last_but_one(columns[0])) is not None
    }
    return before


def _add_rates(shown: dict[str, Any], before: dict[str, Any]) -> None:
    span_ms = shown["mono_ms"] - before.get("mono_ms", 0)
    if before.get("boot_id") != shown["boot_id"] or not _MIN_SPAN_MS <= span_ms <= MAX_SILENCE_S * 1000:
        return
    shown["cpu_percent"] = _percent(shown, before, "cpu_busy_ms", "cpu_total_ms")
    shown["loss_percent"] = _percent(shown, before, "segments_resent", "segments_sent")
    for name, row in shown["interfaces"].items():
        then = before["interfaces"].get(name)
        if then is None or row["rx_bytes"] < then["rx_bytes"] or row["tx_bytes"] < then["tx_bytes"]:
            continue
        for way in ("rx", "tx"):
            bps = 8000 * (row[f"{way}_bytes"] - then[f"{way}_bytes"]) / span_ms
            row[f"{way}_bps"] = bps if bps <= _MAX_BPS else None


def _percent(shown: dict[str, Any], before: dict[str, Any], part: str, whole: str) -> float | None:
    grown, of = growth(before.get(part), shown[part], before.get(whole), shown[whole])
    return 100 * grown / of if of else None
