"""From what a router sent to what the figures need of it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from spotfi_cloud.telemetry.figures import Moment
from spotfi_cloud.telemetry.rules import KEPT
from spotfi_protocol.codec import decode
from spotfi_protocol.samples import Sample
from spotfi_protocol.telemetry import Telemetry

GAUGES = (
    "uptime_s",
    "memory_total_bytes",
    "memory_available_bytes",
    "disk_total_bytes",
    "disk_used_bytes",
    "temperature_c",
    "wan_up",
    "latency_ms",
    "dhcp_leases",
    "conntrack_used",
    "conntrack_most",
)
LOADS = ("load_1", "load_5", "load_15")
_MAX_AGE_MS = KEPT // timedelta(milliseconds=1)


def read_moments(batches: Iterable[tuple[datetime, bytes]]) -> list[Moment]:
    """The samples of stored messages (date of the newest sample, payload), oldest first."""
    moments = [moment for taken_at, payload in batches for moment in _moments_of(taken_at, payload)]
    moments.sort(key=lambda moment: (moment.taken_at, moment.mono_ms))
    return moments


def _moments_of(taken_at: datetime, payload: bytes) -> Iterator[Moment]:
    telemetry = Telemetry.from_wire(decode(payload))
    newest_ms = max((sample.mono_ms for sample in telemetry.samples), default=0)
    for place, sample in enumerate(telemetry.samples):
        age_ms = min(newest_ms - sample.mono_ms, _MAX_AGE_MS)
        dropped = 0 if place else telemetry.dropped
        yield to_moment(sample, taken_at - timedelta(milliseconds=age_ms), telemetry.stamp.boot_id, dropped)


def to_moment(sample: Sample, taken_at: datetime, boot: object, dropped: int = 0) -> Moment:
    gauges: dict[str, float | None] = {name: getattr(sample, name) for name in GAUGES}
    gauges.update(dict.fromkeys(LOADS) if sample.load is None else zip(LOADS, sample.load, strict=True))
    return Moment(
        taken_at=taken_at,
        boot=boot,
        mono_ms=sample.mono_ms,
        cpu_busy_ms=sample.cpu_busy_ms,
        cpu_total_ms=sample.cpu_total_ms,
        segments_sent=sample.segments_sent,
        segments_resent=sample.segments_resent,
        gauges=gauges,
        interfaces={name: (counters.rx_bytes, counters.tx_bytes) for name, counters in sample.interfaces.items()},
        radios={name: (radio.channel, radio.noise_dbm, radio.clients) for name, radio in sample.radios.items()},
        dropped=dropped,
    )
