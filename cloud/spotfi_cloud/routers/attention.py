"""When an online router asks for attention, by its latest sample. Pure."""

from collections.abc import Mapping
from typing import Any

CPU_PERCENT = 90
MEMORY_PERCENT = 90
DISK_PERCENT = 90
TEMPERATURE_C = 80
LOSS_PERCENT = 10


def complaints_of(sample: Mapping[str, Any]) -> list[str]:
    """What asks for attention in a sample: some of `cpu`, `memory`, `disk`, `temperature`, `loss`, `wan`."""
    memory, free = sample.get("memory_total_bytes"), sample.get("memory_available_bytes")
    disk, used = sample.get("disk_total_bytes"), sample.get("disk_used_bytes")
    found = {
        "cpu": (sample.get("cpu_percent") or 0) >= CPU_PERCENT,
        "memory": memory and free is not None and (memory - free) * 100 >= memory * MEMORY_PERCENT,
        "disk": disk and used is not None and used * 100 >= disk * DISK_PERCENT,
        "temperature": (sample.get("temperature_c") or 0) >= TEMPERATURE_C,
        "loss": (sample.get("loss_percent") or 0) >= LOSS_PERCENT,
        "wan": sample.get("wan_up") is False,
    }
    return [name for name, holds in found.items() if holds]
