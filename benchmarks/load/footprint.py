"""What a process costs a machine: memory as the kernel accounts it, processor time to the nanosecond."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """In KiB: all that is resident; its fair share of what it has in common with others; what it alone holds."""

    resident_kib: int
    proportional_kib: int
    private_kib: int


def memory_of(pid: int) -> Memory:
    """As /proc/PID/smaps_rollup says."""
    sizes: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0])
    return Memory(sizes["Rss"], sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"])


def cpu_of(pid: int) -> float:
    """Seconds its living threads have run so far."""
    total_ns = 0
    for statistics in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total_ns += int(statistics.read_text().split()[0])
        except FileNotFoundError:
            continue
    return total_ns / 1e9
