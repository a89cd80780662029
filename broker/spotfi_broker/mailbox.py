"""A client's mailbox: its subscriptions, what waits for it and what it has not acknowledged yet. No I/O.

It outlives the connection where the client asked for a persistent session (MQTT 3.1.1 §4.1). Both lists are bounded: a
subscriber that is away or too slow loses the newest messages, never the broker's memory. Nobody relies on a broker's queue:
agents resend until the cloud has acknowledged, and the database is the command queue.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

from spotfi_broker import permissions

WINDOW = 100
"""Most messages sent and not acknowledged."""
MAX_FILTERS = 32
"""Most subscriptions of one client."""
_OVERHEAD_BYTES = 200  # what a waiting message costs beyond its topic and payload
_MAX_PACKET_ID = 65535


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way to one client, with the quality of service it goes out with."""

    topic: str
    payload: bytes
    qos: int

    @property
    def size_bytes(self) -> int:
        return len(self.topic) + len(self.payload) + _OVERHEAD_BYTES


class Mailbox:
    """See the module. `ready` is set whenever `take` may have something to give."""

    def __init__(self, user: str, client_id: str, *, limit_bytes: int, persistent: bool) -> None:
        self.user = user
        self.client_id = client_id
        self.persistent = persistent
        self.filters: dict[str, int] = {}
        self.dropped = 0
        """Messages that found it full since it was last empty."""
        self.ready = asyncio.Event()
        self._limit_bytes = limit_bytes
        self._waiting: deque[Letter] = deque()
        self._waiting_bytes = 0
        self._unacknowledged: OrderedDict[int, Letter] = OrderedDict()
        self._packet_id = 0

    @property
    def key(self) -> tuple[str, str]:
        """What tells sessions apart: nobody can take over another user's by naming its client id."""
        return self.user, self.client_id

    def granted_qos(self, topic: str) -> int | None:
        """The best quality of service among the subscriptions that cover the topic; None where none does."""
        granted = [qos for topic_filter, qos in self.filters.items() if permissions.matches(topic_filter, topic)]
        return max(granted, default=None)

    def put(self, letter: Letter) -> bool:
        """Queue a message; False when there is no room and it was dropped."""
        if self._waiting_bytes + letter.size_bytes > self._limit_bytes:
            self.dropped += 1
            return False
        self._waiting.append(letter)
        self._waiting_bytes += letter.size_bytes
        self.ready.set()
        return True

    def take(self) -> tuple[int | None, Letter] | None:
        """The next message to send and, for QoS 1, its packet id. None, and `ready` cleared, when there is none to send now."""
        if not self._waiting or (self._waiting[0].qos and len(self._unacknowledged) >= WINDOW):
            self.ready.clear()
            return None
        letter = self._waiting.popleft()
        self._waiting_bytes -= letter.size_bytes
        if not self._waiting:
            self.dropped = 0
        if not letter.qos:
            return None, letter
        packet_id = self._next_packet_id()
        self._unacknowledged[packet_id] = letter
        return packet_id, letter

    def acknowledge(self, packet_id: int) -> None:
        """The client has this one; an unknown packet id means nothing."""
        if self._unacknowledged.pop(packet_id, None) is not None:
            self.ready.set()

    def unacknowledged(self) -> list[tuple[int, Letter]]:
        """What to send again, in the order of the first time, when the client comes back (§4.4)."""
        return list(self._unacknowledged.items())

    def drop_qos_0(self) -> None:
        """Forget what is not meant to wait for a client that has gone."""
        self._waiting = deque(letter for letter in self._waiting if letter.qos)
        self._waiting_bytes = sum(letter.size_bytes for letter in self._waiting)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._unacknowledged)

    def _next_packet_id(self) -> int:
        while True:
            self._packet_id = self._packet_id % _MAX_PACKET_ID + 1
            if self._packet_id not in self._unacknowledged:
                return self._packet_id
