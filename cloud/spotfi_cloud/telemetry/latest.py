"""The newest sample as a router's page shows it: levels as they are, rates since the sample before it. Pure."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from spotfi_cloud.telemetry.figures import Figures, Moment, is_continued
from spotfi_cloud.telemetry.moments import GAUGES, to_moment
from spotfi_cloud.telemetry.rules import to_point
from spotfi_protocol.samples import Sample

_COUNTERS = ("cpu_busy_ms", "cpu_total_ms", "segments_sent", "segments_resent")


def show(sample: Sample, taken_at: datetime, boot_id: UUID, before: Moment | None) -> dict[str, Any]:
    """JSON of the sample; rates are None where `before` does not tell."""
    moment = to_moment(sample, taken_at, boot_id)
    figures = Figures()
    figures.add_moment(moment)
    if before is not None and is_continued(before, moment):
        figures.add_growth(before, moment)
    point = to_point(taken_at, figures)
    clients = None if sample.clients is None else {mac: asdict(client) for mac, client in sample.clients.items()}
    return {
        **{name: getattr(sample, name) for name in (*GAUGES, *_COUNTERS, "mono_ms", "wan_device", "wan_address")},
        "boot_id": str(boot_id),
        "taken_at": taken_at.isoformat(),
        "load": None if sample.load is None else list(sample.load),
        "cpu_percent": point.cpu_percent,
        "loss_percent": point.loss_percent,
        "interfaces": {
            name: {
                "rx_bytes": counters.rx_bytes,
                "tx_bytes": counters.tx_bytes,
                "rx_packets": counters.rx_packets,
                "tx_packets": counters.tx_packets,
                "up": counters.up,
                "rx_bps": point.interfaces[name].rx_bps,
                "tx_bps": point.interfaces[name].tx_bps,
            }
            for name, counters in sample.interfaces.items()
        },
        "radios": {name: asdict(radio) for name, radio in sample.radios.items()},
        "clients": clients,
    }


def keep_clients(shown: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Rows of single clients are read now and then only: the last ones stay on the page, with their date."""
    if shown["clients"] is not None:
        shown["clients_at"] = shown["taken_at"]
    elif before is not None:
        shown["clients"], shown["clients_at"] = before.get("clients"), before.get("clients_at")


def moment_of(shown: dict[str, Any]) -> Moment | None:
    """What the next sample's rates need of one that is shown; None for one of another make."""
    try:
        return Moment(
            taken_at=datetime.fromisoformat(shown["taken_at"]),
            boot=UUID(shown["boot_id"]),
            mono_ms=shown["mono_ms"],
            **{name: shown[name] for name in _COUNTERS},
            interfaces={name: (row["rx_bytes"], row["tx_bytes"]) for name, row in shown["interfaces"].items()},
        )
    except (KeyError, TypeError, ValueError):
        return None
