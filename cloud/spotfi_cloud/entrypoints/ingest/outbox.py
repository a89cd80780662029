"""What is to be published: at least once each, in order, across connections. Does no I/O."""

from collections import deque

from spotfi_cloud.entrypoints.ingest import packets

_WINDOW = 100
"""Most messages sent and not acknowledged."""
_MAX_UNSENT = 10_000
_LAST_ID = 65_535


class Outbox:
    """Messages that wait for the broker's acknowledgement, and those that wait for room to be sent."""

    def __init__(self) -> None:
        self._sent: dict[int, bytes] = {}
        self._unsent: deque[tuple[str, bytes]] = deque()
        self._last_id = 0

    def add(self, topic: str, payload: bytes) -> bool:
        """Take a message on; False, and it is not taken, where far too many wait."""
        if len(self._unsent) >= _MAX_UNSENT:
            return False
        self._unsent.append((topic, payload))
        return True

    def acknowledge(self, packet_id: int) -> None:
        """The broker has it."""
        self._sent.pop(packet_id, None)

    def take(self) -> bytes:
        """Packets that may be sent now."""
        ready: list[bytes] = []
        while self._unsent and len(self._sent) < _WINDOW:
            packet_id = self.next_id()
            self._sent[packet_id] = packets.publish(packet_id, *self._unsent.popleft())
            ready.append(self._sent[packet_id])
        return b"".join(ready)

    def take_again(self) -> bytes:
        """For a new connection: packets that may have been lost with the old one, then the others."""
        return b"".join(map(packets.repeated, self._sent.values())) + self.take()

    def next_id(self) -> int:
        """A packet id that is not in use (§2.3.1)."""
        while True:
            self._last_id = self._last_id % _LAST_ID + 1
            if self._last_id not in self._sent:
                return self._last_id
