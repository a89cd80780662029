"""What a router measures at one moment, as frozen records. How they travel is said in `columns`.

Counters, not rates, so a lost sample loses no bytes. None stands for what a router does not have or could not read;
nothing is invented.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InterfaceCounters:
    """One network interface: cumulative since boot, as the kernel counts (rx = received by the router)."""

    rx_bytes: int
    tx_bytes: int
    rx_packets: int
    tx_packets: int
    up: bool


@dataclass(frozen=True, slots=True)
class Radio:
    """One wireless interface that serves clients."""

    channel: int | None = None
    noise_dbm: int | None = None
    clients: int | None = None
    """How many are associated."""


@dataclass(frozen=True, slots=True)
class Client:
    """One associated client, as the router sees it (rx = received from the client)."""

    interface: str
    signal_dbm: int | None = None
    rx_rate_kbps: int | None = None
    """This and the next in whole hundreds."""
    tx_rate_kbps: int | None = None
    rx_bytes: int | None = None
    """Since it associated."""
    tx_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What the router measured at one moment."""

    mono_ms: int
    uptime_s: int
    cpu_busy_ms: int | None = None
    """Cumulative time all processors were not idle."""
    cpu_total_ms: int | None = None
    """Cumulative time of all processors."""
    load: tuple[float, float, float] | None = None
    """Load averages over 1, 5 and 15 minutes; hundredths."""
    memory_total_bytes: int | None = None
    """This and the next three in whole KiB."""
    memory_available_bytes: int | None = None
    disk_total_bytes: int | None = None
    disk_used_bytes: int | None = None
    temperature_c: float | None = None
    """The hottest sensor; tenths."""
    wan_up: bool | None = None
    wan_device: str | None = None
    wan_address: str | None = None
    latency_ms: float | None = None
    """Round trip to the cloud over the link, as TCP has smoothed it; tenths. None while there is no link."""
    segments_sent: int | None = None
    """Cumulative TCP segments with data sent to the cloud."""
    segments_resent: int | None = None
    """How many of them were sent again: the loss on the way."""
    dhcp_leases: int | None = None
    conntrack_used: int | None = None
    conntrack_most: int | None = None
    interfaces: dict[str, InterfaceCounters] = field(default_factory=dict)
    radios: dict[str, Radio] = field(default_factory=dict)
    clients: dict[str, Client] | None = None
    """By MAC address, in lower-case hex without separators. None where they were not read this time."""
