"""RADIUS load out of packets signed beforehand: about a third of what it costs to sign them on the way.

One thread over a few sockets. Every reply must answer a request in flight; one in sixteen is verified in full, and a server
that gets one wrong has failed the run. An identifier in use is waited for, never reused (RFC 2865 §2.5).

Where replies come one by one it looks again only after half a millisecond, as a network card gathers them: being woken for each
would cost server and generator more than the reply does. Latencies are as exact as that.
"""

import math
import select
import socket
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter, process_time, sleep

from spotfi_cloud.radius.authenticity import verify_reply
from spotfi_cloud.radius.packet import MAX_BYTES, decode

IDENTIFIERS = 256
_BUFFER_BYTES = 4 << 20
_VERIFY_EACH = 16
_LANE_WINDOW = 32
_TICK_S = 0.001
_GATHER_S = 0.0005
_FEW = 32


@dataclass(frozen=True, slots=True)
class Target:
    """Where to and how hard. `rate`: requests per second at most; then latencies are those at this load."""

    address: tuple[str, int]
    secret: bytes
    window: int = 64
    seconds: float = math.inf
    rate: float = math.inf
    timeout_s: float = 3.0
    sources: tuple[int, ...] = ()
    """Ports to send from, as far as they go: a NAS keeps its port, and what it told one of several processes."""


@dataclass(slots=True)
class Result:
    """What came of it. Nothing is retried: what is not answered in time is lost."""

    replies: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    stray: int = 0
    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    latencies_s: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def answered(self) -> int:
        return self.replies.total()

    @property
    def per_s(self) -> float:
        return self.answered / self.elapsed_s if self.elapsed_s else 0.0

    def percentile_ms(self, percent: float) -> float:
        """The latency that this share of the answered requests did not exceed, in ms."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000 if ordered else math.nan


Sent = Callable[[int, float], None]
"""Told of each request: its number among the packets, and when it was sent (perf_counter)."""


class _Lane:
    """One socket, and what is in flight on it."""

    def __init__(self, address: tuple[str, int], window: int, source: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.socket.bind(("", source))
        self.socket.connect(address)
        self.window = window
        self.in_flight: dict[int, tuple[float, bytes]] = {}

    def may_send(self, packet: bytes) -> bool:
        return len(self.in_flight) < self.window and packet[1] not in self.in_flight


class Blast:
    """One run over `packets`, whose identifiers count up from 0; `sent` is told of every request."""

    def __init__(self, target: Target, packets: Sequence[bytes], sent: Sent | None = None) -> None:
        self._target = target
        self._tell = sent
        self.result = Result()
        count = lanes_for(target.window)
        self._packets = packets
        sources = [*target.sources[:count], *[0] * (count - len(target.sources))]
        self._lanes = [_Lane(target.address, -(-target.window // count), source) for source in sources]
        self.sources = tuple(lane.socket.getsockname()[1] for lane in self._lanes)
        self.sent = 0
        self._last = 0.0

    def run(self, extra: socket.socket | None = None, receive: Callable[[], None] | None = None) -> Result:
        """Until the packets or the seconds are used up and every request is answered or lost.

        `receive` is called whenever `extra`, another socket, has something to read.
        """
        lanes = {lane.socket.fileno(): lane for lane in self._lanes}
        with select.epoll() as poll:
            for number in (*lanes, *([extra.fileno()] if extra is not None else [])):
                poll.register(number, select.EPOLLIN)
            began, cpu_began = perf_counter(), process_time()
            end = began + self._target.seconds
            self._fill(began, end)
            while self._busy(began, end):
                answered = len(self.result.latencies_s)
                for number, _ in poll.poll(_TICK_S):
                    if number in lanes:
                        self._drain(lanes[number])
                    elif receive is not None:
                        receive()
                self._fill(began, end)
                if len(self.result.latencies_s) - answered < _FEW:
                    sleep(_GATHER_S)
        self.result.elapsed_s, self.result.cpu_s = self._last - began, process_time() - cpu_began
        for lane in self._lanes:
            lane.socket.close()
        return self.result

    def _busy(self, began: float, end: float) -> bool:
        now = perf_counter()
        if any(lane.in_flight for lane in self._lanes):
            if now - max(self._last, began) > self._target.timeout_s:
                self.result.lost += sum(len(lane.in_flight) for lane in self._lanes)
                return False
            return True
        return now < end and self.sent < len(self._packets)

    def _fill(self, began: float, end: float) -> None:
        """Send what may be sent, in order: packets take the lanes in turn."""
        packets, lanes, number = self._packets, self._lanes, self.sent
        now = perf_counter()
        most = len(packets) if self._target.rate == math.inf else int((now - began) * self._target.rate) + 1
        most = min(most, len(packets)) if now < end else number
        while number < most:
            packet, lane = packets[number], lanes[number % len(lanes)]
            if not lane.may_send(packet):
                break
            now = perf_counter()
            lane.in_flight[packet[1]] = (now, packet)
            try:  # noqa: SIM105 - for each packet: suppress() takes a microsecond
                lane.socket.send(packet)
            except (BlockingIOError, ConnectionRefusedError):
                pass  # lost, and counted so
            if self._tell is not None:
                self._tell(number, now)
            number += 1
        self.sent = number

    def _drain(self, lane: _Lane) -> None:
        receive, in_flight, result = lane.socket.recv, lane.in_flight, self.result
        replies, latencies_s = result.replies, result.latencies_s
        try:
            while True:
                reply = receive(MAX_BYTES)
                self._last = now = perf_counter()
                asked = in_flight.pop(reply[1], None)
                if asked is None:
                    result.stray += 1
                    continue
                replies[reply[0]] += 1
                latencies_s.append(now - asked[0])
                if len(latencies_s) % _VERIFY_EACH == 0:
                    verify_reply(
                        decode(reply), asked[1][4:20], self._target.secret, message_authenticator_required=False
                    )
        except (BlockingIOError, ConnectionRefusedError):
            return


def lanes_for(window: int) -> int:
    """How many sockets a window takes: no more than an eighth of an identifier's room each, so that none is waited for."""
    return max(1, -(-window // _LANE_WINDOW))


def identifiers(window: int) -> Iterator[int]:
    """The identifiers packets must be signed with for this window: each lane counts up by itself."""
    lanes = lanes_for(window)
    number = 0
    while True:
        yield number // lanes % IDENTIFIERS
        number += 1
