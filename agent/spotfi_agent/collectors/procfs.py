"""Texts of /proc, turned into numbers. Pure; None where a text does not hold what is looked for. Source: proc(5)."""

from spotfi_protocol.samples import InterfaceCounters

_CPU_FIELDS = 8
"""user nice system idle iowait irq softirq steal; guest times after them are contained in the first two."""


def parse_cpu(stat: str, ticks_per_s: int) -> tuple[int, int] | None:
    """(busy, total) milliseconds of all processors since boot, from /proc/stat. Waiting for disks is idle."""
    for line in stat.splitlines():
        name, *rest = line.split()
        if name == "cpu":
            ticks = [int(word) for word in rest[:_CPU_FIELDS] if word.isdecimal()]
            if len(ticks) < 4:
                return None
            idle = sum(ticks[3:5])
            return (sum(ticks) - idle) * 1000 // ticks_per_s, sum(ticks) * 1000 // ticks_per_s
    return None


def parse_memory(meminfo: str) -> tuple[int | None, int | None]:
    """(total, available) bytes from /proc/meminfo. Kernels before 3.14 name no available: then free and caches are it."""
    kib: dict[str, int] = {}
    for line in meminfo.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdecimal():
            kib[name] = int(words[0])
    available = kib.get("MemAvailable")
    if available is None and "MemFree" in kib:
        available = kib["MemFree"] + kib.get("Buffers", 0) + kib.get("Cached", 0)
    total = kib.get("MemTotal")
    return (None if total is None else total * 1024), (None if available is None else available * 1024)


def parse_load(loadavg: str) -> tuple[float, float, float] | None:
    try:
        one, five, fifteen = (float(word) for word in loadavg.split()[:3])
    except ValueError:
        return None
    return one, five, fifteen


def parse_uptime_s(uptime: str) -> int | None:
    try:
        return int(float(uptime.split(maxsplit=1)[0]))
    except (ValueError, IndexError):
        return None


def parse_interfaces(net_dev: str, up_names: frozenset[str]) -> dict[str, InterfaceCounters]:
    """Counters by interface name, from /proc/net/dev."""
    interfaces = {}
    for line in net_dev.splitlines():
        name, colon, rest = line.rpartition(":")
        words = rest.split()
        if colon and len(words) >= 16 and all(word.isdecimal() for word in words[:16]):
            rx_bytes, rx_packets, tx_bytes, tx_packets = (int(words[column]) for column in (0, 1, 8, 9))
            name = name.strip()
            interfaces[name] = InterfaceCounters(rx_bytes, tx_bytes, rx_packets, tx_packets, name in up_names)
    return interfaces
