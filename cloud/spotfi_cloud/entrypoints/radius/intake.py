"""From a datagram to a request worth working on: decoded, its NAS known, its signature checked, no duplicate."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from spotfi_cloud.entrypoints.radius import counters
from spotfi_cloud.entrypoints.radius.duplicates import DuplicateCache, RequestKey, key_of
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory, UnknownNasError
from spotfi_cloud.entrypoints.radius.sockets import Address, UdpPort
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.routers.nas import Nas


@dataclass(slots=True)
class Request:
    """A genuine request of a known NAS."""

    packet: Packet
    nas: Nas
    source: Address
    key: RequestKey
    arrived_at: datetime

    @property
    def nas_kind(self) -> NasKind:
        return NasKind(self.nas.nas_kind.value)


class Intake:
    """One port's way in and out. `accept` takes a request, or says False where there is no room for it."""

    def __init__(self, name: str, code: Code, directory: NasDirectory, clock: Clock) -> None:
        self.name = name
        self._code = code
        self._directory = directory
        self._clock = clock
        self._duplicates = DuplicateCache()
        self._port: UdpPort | None = None
        self._accept: Callable[[Request], bool] = lambda _request: False
        self._received = counters.RECEIVED.labels(name)

    def connect(self, port: UdpPort, accept: Callable[[Request], bool]) -> None:
        self._port, self._accept = port, accept

    def receive(self, datagram: bytes, source: Address) -> None:
        """Take one datagram in; never raises for anything a peer sends."""
        self._received.inc()
        try:
            packet = decode(datagram)
            if packet.code not in (self._code, Code.STATUS_SERVER):
                self.drop("unexpected_code", source)
            elif not self._is_duplicate(packet, source):
                self._take(packet, source)
        except PacketError as error:
            self.drop(error.reason, source)
        except UnknownNasError:
            self.drop("unknown_nas", source)

    def _is_duplicate(self, packet: Packet, source: Address) -> bool:
        repeated, answer = self._duplicates.find(key_of(packet, source), time.monotonic())
        if answer is not None:
            self._send(answer, source, "repeated")
        elif repeated:
            self.drop("duplicate_under_way", source)
        return repeated

    def _take(self, packet: Packet, source: Address) -> None:
        nas = self._directory.identify(packet, source[0])
        if packet.code == Code.STATUS_SERVER:
            answer = reply.status(packet, nas.secret, accounting_port=self._code == Code.ACCOUNTING_REQUEST)
            self._send(answer, source, "status")
            return
        request = Request(packet, nas, source, key_of(packet, source), self._clock.now())
        self._duplicates.begin(request.key, time.monotonic())
        if not self._accept(request):
            self.give_up(request, "overload")

    def answer(self, request: Request, make: Callable[[], bytes], outcome: str) -> None:
        """Send the reply and keep it for copies of the request; nothing where what the peer wants back is too long."""
        try:
            datagram = make()
        except PacketError as error:
            self.give_up(request, error.reason)
            return
        self._duplicates.finish(request.key, datagram, time.monotonic())
        self._send(datagram, request.source, outcome)

    def give_up(self, request: Request, reason: str) -> None:
        """The request gets no answer now; asked again it is tried again."""
        self._duplicates.forget(request.key)
        self.drop(reason, request.source)

    def drop(self, reason: str, source: Address) -> None:
        counters.drop(self.name, reason, source=source[0])

    def _send(self, datagram: bytes, source: Address, outcome: str) -> None:
        if self._port is not None:
            self._port.send(datagram, source)
            counters.ANSWERED.labels(self.name, outcome).inc()
