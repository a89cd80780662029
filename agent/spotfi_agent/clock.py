"""The router's two clocks. The wall clock may be decades wrong until NTP answers; the other never goes back."""

import time
from typing import Protocol

FIRST_PLAUSIBLE_MS = 1_767_225_600_000
"""2026-01-01 UTC. An earlier wall clock has not been set since the router started."""


class Clock(Protocol):
    """Tells both times, in milliseconds."""

    def wall_ms(self) -> int:
        """Since 1970-01-01 UTC, by a clock that may be wrong or jump."""
        ...

    def mono_ms(self) -> int:
        """Since this boot; the same for every process of the boot."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def is_plausible(wall_ms: int) -> bool:
    """Whether the wall clock may have been set."""
    return wall_ms >= FIRST_PLAUSIBLE_MS
