"""Which boot this is, and the numbers that must not repeat within it, not even when the agent is restarted."""

from pathlib import Path
from uuid import UUID, uuid4

from spotfi_agent.clock import Clock
from spotfi_protocol.messages import Stamp

_NUMBERS_PER_MS = 4
"""Messages the agent can number in a millisecond and still not meet the numbers of its next start."""


def read_boot_id(path: Path) -> UUID:
    """The kernel's id of this boot; a random one where it cannot be read, which then changes with every start."""
    try:
        return UUID(path.read_text().strip())
    except (OSError, ValueError):
        return uuid4()


class Boot:
    """Stamps messages: sequence and connection numbers grow from the time since boot, so no file has to keep them."""

    def __init__(self, boot_id: UUID, clock: Clock) -> None:
        self.boot_id = boot_id
        self._clock = clock
        self._seq = clock.mono_ms() * _NUMBERS_PER_MS
        self._connection = 0

    def stamp(self) -> Stamp:
        self._seq += 1
        return Stamp(self.boot_id, self._seq, max(0, self._clock.wall_ms()), self._clock.mono_ms())

    def next_connection(self) -> int:
        self._connection = max(self._connection + 1, self._clock.mono_ms())
        return self._connection
