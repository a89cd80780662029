"""A RADIUS client made for load: keeps a window of requests in flight, retries, and measures what comes back.

Every reply is verified. An identifier has eight bits, so each socket carries at most 256 requests at a time and a larger
window takes more sockets, as a real NAS does (RFC 2865 §2.5).
"""

import asyncio
import math
import socket
from array import array
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic, process_time

from benchmarks.load.radius_workloads import Workload
from spotfi_cloud.radius.authenticity import verify_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.packet import MAX_BYTES, decode

_IDENTIFIERS = 256
_BUFFER_BYTES = 4 << 20
_TICK_S = 0.002


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to ask. Stops after `requests` requests or `seconds`, whichever comes first."""

    window: int = 64
    requests: float = math.inf
    seconds: float = math.inf
    rate: float = math.inf
    """Requests per second at most; then latencies are those at this load and not at the peak."""
    timeout_s: float = 1.0
    tries: int = 3


@dataclass(slots=True)
class Outcome:
    """What came of it; latencies in seconds from the first transmission."""

    replies: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    retried: int = 0
    lost: int = 0
    stray: int = 0
    """Replies to nothing in flight: late, repeated or forged."""
    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    latencies_s: "array[float]" = field(default_factory=lambda: array("d"))

    def percentile_ms(self, percent: float) -> float:
        """The latency in ms that this share of the answered requests did not exceed; 0 where nothing was answered."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000 if ordered else 0.0

    def figures(self) -> dict[str, float]:
        """The outcome as numbers for a benchmark's last line."""
        answered = self.replies.total()
        return {
            "requests_per_s": round(answered / self.elapsed_s) if self.elapsed_s else 0,
            "answered": answered,
            "accepted": self.replies[Code.ACCESS_ACCEPT],
            "rejected": self.replies[Code.ACCESS_REJECT],
            "retried": self.retried,
            "lost": self.lost,
            "stray": self.stray,
            "p50_ms": round(self.percentile_ms(50), 3),
            "p99_ms": round(self.percentile_ms(99), 3),
            "max_ms": round(self.percentile_ms(100), 3),
            "generator_us_per_request": round(self.cpu_s / answered * 1e6, 1) if answered else 0,
        }


async def run_load(host: str, port: int, workload: Workload, plan: Plan) -> Outcome:
    """Ask the server until the plan is fulfilled and every request is answered or lost."""
    outcome = Outcome()
    budget = _Budget(plan)
    lanes = [_Lane((host, port), workload, plan, outcome, budget) for _ in range(-(-plan.window // _IDENTIFIERS))]
    cpu_began = process_time()
    try:
        for lane in lanes:
            lane.open()
        while not all(lane.idle for lane in lanes) or budget.left():
            await asyncio.sleep(_TICK_S)
            for lane in lanes:
                lane.tick()
    finally:
        for lane in lanes:
            lane.close()
    outcome.elapsed_s = monotonic() - budget.began
    outcome.cpu_s = process_time() - cpu_began
    return outcome


class _Budget:
    """How many requests may still be sent, over all lanes."""

    def __init__(self, plan: Plan) -> None:
        self.began = monotonic()
        self._plan = plan
        self._sent = 0

    def left(self) -> bool:
        return self._sent < self._plan.requests and monotonic() - self.began < self._plan.seconds

    def take(self, now: float) -> bool:
        """Claim one request; False where there is none now."""
        elapsed_s = now - self.began
        if self._sent >= min(self._plan.requests, elapsed_s * self._plan.rate) or elapsed_s >= self._plan.seconds:
            return False
        self._sent += 1
        return True


@dataclass(slots=True)
class _InFlight:
    datagram: bytes
    first_sent: float
    deadline: float
    tries: int = 1


class _Lane:
    """One socket and its requests in flight."""

    def __init__(
        self, server: tuple[str, int], workload: Workload, plan: Plan, outcome: Outcome, budget: _Budget
    ) -> None:
        self._server = server
        self._workload = workload
        self._plan = plan
        self._outcome = outcome
        self._budget = budget
        self._free = list(range(min(plan.window, _IDENTIFIERS)))
        self._in_flight: dict[int, _InFlight] = {}
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)

    @property
    def idle(self) -> bool:
        return not self._in_flight

    def open(self) -> None:
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.connect(self._server)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self._drain)
        self._fill()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def tick(self) -> None:
        now = monotonic()
        for identifier, request in list(self._in_flight.items()):
            if request.deadline <= now:
                self._give_up_or_retry(identifier, request, now)
        self._fill()

    def _give_up_or_retry(self, identifier: int, request: _InFlight, now: float) -> None:
        if request.tries >= self._plan.tries:
            self._outcome.lost += 1
            del self._in_flight[identifier]
            self._free.append(identifier)
            return
        request.tries += 1
        request.deadline = now + self._plan.timeout_s
        self._outcome.retried += 1
        self._transmit(request.datagram)

    def _fill(self) -> None:
        now = monotonic()
        while self._free and self._budget.take(now):
            identifier = self._free.pop()
            datagram = self._workload.next_request(identifier)
            now = monotonic()
            self._in_flight[identifier] = _InFlight(datagram, now, now + self._plan.timeout_s)
            self._outcome.sent += 1
            self._transmit(datagram)

    def _transmit(self, datagram: bytes) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):  # as good as lost on the way: the retry is for that
            self._socket.send(datagram)

    def _drain(self) -> None:
        receive, free = self._socket.recv, len(self._free)
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                self._receive(receive(MAX_BYTES), monotonic())
        if len(self._free) > free:
            self._fill()

    def _receive(self, datagram: bytes, now: float) -> None:
        try:
            reply = decode(datagram)
            request = self._in_flight[reply.identifier]
            verify_reply(reply, request.datagram[4:20], self._workload.nas.secret)
        except (PacketError, KeyError):
            self._outcome.stray += 1
            return
        del self._in_flight[reply.identifier]
        self._free.append(reply.identifier)
        self._outcome.replies[reply.code] += 1
        self._outcome.latencies_s.append(now - request.first_sent)
