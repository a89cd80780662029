"""A real machine with Linux: a router, or a developer's computer. All paths hang below `root`, so a capture can be read."""

import os
from collections.abc import Iterator
from pathlib import Path

from spotfi_agent.clock import Clock
from spotfi_agent.collectors.machine import Description
from spotfi_agent.collectors.procfs import parse_cpu, parse_interfaces, parse_load, parse_memory, parse_uptime_s
from spotfi_agent.collectors.tables import count_leases, lease_file, parse_count
from spotfi_agent.collectors.ubus import Bus
from spotfi_agent.collectors.wan import Wan, address_of, parse_default_route, parse_wan
from spotfi_agent.collectors.wireless import Wireless
from spotfi_protocol.samples import InterfaceCounters, Sample

_MOST_INTERFACES = 64
"""What the contract takes in a sample."""
_COLDEST_C, _HOTTEST_C = -55.0, 200.0
"""A sensor that says anything else is broken or absent."""


class LinuxMachine:
    """Reads what is there; what is lacking is None."""

    def __init__(self, clock: Clock, root: Path = Path("/"), bus: Bus | None = None) -> None:
        """`bus` is ubus where the machine has it."""
        self._clock = clock
        self._root = root
        self._bus = bus
        self._wireless = None if bus is None else Wireless(bus)
        self._ticks_per_s = os.sysconf("SC_CLK_TCK")

    def read(self, *, clients: bool = False) -> Sample:
        busy_ms, total_ms = parse_cpu(self._text("proc/stat"), self._ticks_per_s) or (None, None)
        memory_total, memory_available = parse_memory(self._text("proc/meminfo"))
        disk_total, disk_used = self._disk()
        mono_ms = self._clock.mono_ms()
        uptime_s = parse_uptime_s(self._text("proc/uptime"))
        if self._bus is not None:
            self._bus.begin()
        wan = self._wan()
        radios, rows = ({}, None) if self._wireless is None else self._wireless.read()
        return Sample(
            mono_ms=mono_ms,
            uptime_s=mono_ms // 1000 if uptime_s is None else uptime_s,
            cpu_busy_ms=busy_ms,
            cpu_total_ms=total_ms,
            load=parse_load(self._text("proc/loadavg")),
            memory_total_bytes=memory_total,
            memory_available_bytes=memory_available,
            disk_total_bytes=disk_total,
            disk_used_bytes=disk_used,
            temperature_c=self._temperature_c(),
            wan_up=wan.up,
            wan_device=wan.device,
            wan_address=wan.address,
            dhcp_leases=count_leases(self._text_if_there(self._lease_file()), self._clock.wall_ms()),
            conntrack_used=parse_count(self._text("proc/sys/net/netfilter/nf_conntrack_count")),
            conntrack_most=parse_count(self._text("proc/sys/net/netfilter/nf_conntrack_max")),
            interfaces=self._interfaces(),
            radios=radios,
            clients=rows if clients else None,
        )

    def describe(self) -> Description:
        release = self._quoted("etc/openwrt_release", "DISTRIB_DESCRIPTION") or self._quoted(
            "etc/os-release", "PRETTY_NAME"
        )
        models = ("tmp/sysinfo/model", "proc/device-tree/model", "sys/class/dmi/id/product_name")
        model = next(filter(None, map(self._line, models)), "")
        return Description(
            hostname=self._line("proc/sys/kernel/hostname")[:255],
            model=model[:255],
            release=release[:255],
            board=self._line("tmp/sysinfo/board_name")[:128],
            target=self._quoted("etc/openwrt_release", "DISTRIB_TARGET")[:128],
        )

    def _wan(self) -> Wan:
        if self._bus is not None:
            return parse_wan(self._bus.call("network.interface", "dump") or {})
        device = parse_default_route(self._text("proc/net/route"))
        if device is None:
            return Wan()
        return Wan(device in self._up_names(), device, address_of(device) if self._root == Path("/") else None)

    def _lease_file(self) -> str:
        return lease_file(self._text("etc/config/dhcp")).lstrip("/")

    def _text(self, path: str) -> str:
        return self._text_if_there(path) or ""

    def _text_if_there(self, path: str) -> str | None:
        try:
            return (self._root / path).read_text(errors="replace")
        except OSError:
            return None

    def _line(self, path: str) -> str:
        return self._text(path).strip("\0 \n").replace("\0", " ")

    def _quoted(self, path: str, name: str) -> str:
        for line in self._text(path).splitlines():
            key, separator, value = line.partition("=")
            if separator and key == name:
                return value.strip().strip("'\"").strip()
        return ""

    def _disk(self) -> tuple[int | None, int | None]:
        overlay = self._root / "overlay"
        try:
            space = os.statvfs(overlay if overlay.is_dir() else self._root)
        except OSError:
            return None, None
        return space.f_blocks * space.f_frsize, (space.f_blocks - space.f_bfree) * space.f_frsize

    def _interfaces(self) -> dict[str, InterfaceCounters]:
        interfaces = parse_interfaces(self._text("proc/net/dev"), self._up_names())
        if len(interfaces) <= _MOST_INTERFACES:
            return interfaces
        busiest = sorted(interfaces, key=lambda name: -interfaces[name].rx_packets - interfaces[name].tx_packets)
        return {name: interfaces[name] for name in busiest[:_MOST_INTERFACES]}

    def _up_names(self) -> frozenset[str]:
        """Interfaces that are switched on and have a carrier, or need none (such as `lo`, whose state is `unknown`)."""
        return frozenset(
            path.parent.name
            for path in self._root.glob("sys/class/net/*/operstate")
            if self._line(str(path.relative_to(self._root))) in {"up", "unknown"} and self._is_switched_on(path.parent)
        )

    def _is_switched_on(self, interface: Path) -> bool:
        try:
            return int((interface / "flags").read_text(), 16) & 1 == 1
        except (OSError, ValueError):
            return False

    def _temperature_c(self) -> float | None:
        plausible = [c for c in self._temperatures_c() if _COLDEST_C < c < _HOTTEST_C]
        return round(max(plausible), 1) if plausible else None

    def _temperatures_c(self) -> Iterator[float]:
        zones = list(self._root.glob("sys/class/thermal/thermal_zone*/temp"))
        for path in zones:
            word = self._line(str(path.relative_to(self._root)))
            if word.lstrip("-").isdecimal():
                yield _degrees(int(word))
        if not zones and self._root == Path("/") and any(self._root.glob("sys/class/hwmon/*")):
            yield from _sensors_c()


def _degrees(reading: int) -> float:
    """The kernel's interface says millidegrees; a few vendors' drivers give degrees."""
    return float(reading) if abs(reading) < _HOTTEST_C else reading / 1000


def _sensors_c() -> Iterator[float]:
    import psutil  # noqa: PLC0415 - four megabytes, for machines that have no thermal zone but other sensors

    for sensors in psutil.sensors_temperatures().values():
        for sensor in sensors:
            yield sensor.current
