"""The newest sample as a router's page shows it: levels as they are, rates since the sample before it. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from spotfi_cloud.telemetry.figures import MAX_SILENCE_S, growth
from spotfi_cloud.telemetry.moments import GAUGES
from spotfi_protocol.samples import Client, InterfaceCounters, Radio, Sample

_COUNTERS = ("cpu_busy_ms", "cpu_total_ms", "segments_sent", "segments_resent")
_PLAIN = (*GAUGES, *_COUNTERS, "mono_ms", "wan_device", "wan_address")
_MIN_SPAN_MS = 100
_MAX_BPS = 400e9


def show(sample: Sample, taken_at: datetime, boot_id: UUID, before: dict[str, Any] | None) -> dict[str, Any]:
    """JSON of the sample; rates are None where `before`, what was shown of an earlier one, does not tell."""
    shown: dict[str, Any] = {name: getattr(sample, name) for name in _PLAIN}
    shown["boot_id"], shown["taken_at"] = str(boot_id), taken_at.isoformat()
    shown["load"] = None if sample.load is None else list(sample.load)
    shown["interfaces"] = {name: _show_interface(counters) for name, counters in sample.interfaces.items()}
    shown["radios"] = {name: _show_radio(radio) for name, radio in sample.radios.items()}
    shown["clients"] = shown["clients_at"] = shown["cpu_percent"] = shown["loss_percent"] = None
    if sample.clients is not None:
        shown["clients"] = {address: _show_client(client) for address, client in sample.clients.items()}
        shown["clients_at"] = shown["taken_at"]
    if before is not None:
        _add_rates(shown, before)
    return shown


def keep_clients(shown: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Rows of single clients are read now and then only: the last ones stay on the page, with their date."""
    if shown["clients"] is None and before is not None:
        shown["clients"], shown["clients_at"] = before.get("clients"), before.get("clients_at")


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


def _show_interface(counters: InterfaceCounters) -> dict[str, Any]:
    return {
        "rx_bytes": counters.rx_bytes,
        "tx_bytes": counters.tx_bytes,
        "rx_packets": counters.rx_packets,
        "tx_packets": counters.tx_packets,
        "up": counters.up,
        "rx_bps": None,
        "tx_bps": None,
    }


def _show_radio(radio: Radio) -> dict[str, Any]:
    return {"channel": radio.channel, "noise_dbm": radio.noise_dbm, "clients": radio.clients}


def _show_client(client: Client) -> dict[str, Any]:
    return {
        "interface": client.interface,
        "signal_dbm": client.signal_dbm,
        "rx_rate_kbps": client.rx_rate_kbps,
        "tx_rate_kbps": client.tx_rate_kbps,
        "rx_bytes": client.rx_bytes,
        "tx_bytes": client.tx_bytes,
    }
