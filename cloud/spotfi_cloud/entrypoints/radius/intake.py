"""From a datagram to a request worth working on: decoded, its NAS known, its signature checked, no duplicate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import structlog

from spotfi_cloud.access.credentials import login_name
from spotfi_cloud.entrypoints.radius.duplicates import DuplicateCache, RequestKey, key_of
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory, UnknownNasError
from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.entrypoints.radius.tally import Tally
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.radius import reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.routers.nas import Nas

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Request:
    """A genuine request of a known NAS."""

    packet: Packet
    nas: Nas
    origin: Origin
    key: RequestKey
    arrived_at: datetime
    login: str
    """Whose account it is about."""
    since_s: float
    """When it arrived by the monotonic clock."""

    @property
    def nas_kind(self) -> NasKind:
        return self.nas.nas_kind


class Intake:
    """The way in and out for one kind of request. `accept` takes a request, or says False where there is no room for it."""

    def __init__(self, name: str, code: Code, directory: NasDirectory, clock: Clock) -> None:
        self.name = name
        self._code = code
        self._directory = directory
        self._clock = clock
        self._duplicates = DuplicateCache()
        self._accept: Callable[[Request], bool] = lambda _request: False
        self.tally = Tally(name)

    def connect(self, accept: Callable[[Request], bool]) -> None:
        self._accept = accept

    def receive(self, datagram: bytes, origin: Origin) -> None:
        """Take one datagram in; never raises for anything a peer sends."""
        try:
            packet = decode(datagram)
        except PacketError as error:
            self.drop(error.reason, origin)
            return
        if packet.code not in (self._code, Code.STATUS_SERVER):
            self.drop("unexpected_code", origin)
            return
        now_s = monotonic()
        key = key_of(packet, origin.address, origin.port)
        repeated, answer = self._duplicates.find(key, now_s)
        if repeated:
            self._repeat(packet, origin, answer)
            return
        try:
            nas = self._directory.identify(packet, origin.address, origin.certificate_sha256)
        except PacketError as error:
            self.drop(error.reason, origin, self._directory.claimed(packet))
        except UnknownNasError:
            self.drop("unknown_nas", origin)
        else:
            self._take(Request(packet, nas, origin, key, self._clock.now(), login_name(packet), now_s))

    def _repeat(self, packet: Packet, origin: Origin, answer: bytes | None) -> None:
        nas = self._directory.claimed(packet)
        if answer is None:
            self.drop("duplicate_under_way", origin, nas)
        else:
            self._send(answer, origin, "repeated", nas)

    def _take(self, request: Request) -> None:
        if request.packet.code == Code.STATUS_SERVER:
            self._answer_status(request)
            return
        self._duplicates.begin(request.key)
        try:
            if not self._accept(request):
                self.give_up(request, "overload")
        except Exception as error:  # noqa: BLE001 - what one request breaks must not stop the others
            _log.error("request_failed", port=self.name, error=f"{type(error).__name__}: {error}")
            self.give_up(request, "failed")

    def _answer_status(self, request: Request) -> None:
        of_accounting = self._code == Code.ACCOUNTING_REQUEST
        try:
            answer = reply.status(request.packet, request.nas.secret, accounting_port=of_accounting)
        except PacketError as error:
            self.drop(error.reason, request.origin, request.nas)
        else:
            self._send(answer, request.origin, "status", request.nas)

    def answer(self, request: Request, make: Callable[[], bytes], outcome: str) -> None:
        """Send the reply and keep it for copies of the request; nothing where what the peer wants back is too long.

        Nothing either where the request has been answered: a batch of which one failed is worked off again.
        """
        try:
            datagram = make()
        except PacketError as error:
            self.give_up(request, error.reason)
            return
        if self._duplicates.finish(request.key, datagram, monotonic()):
            self._send(datagram, request.origin, outcome, request.nas)

    def give_up(self, request: Request, reason: str) -> None:
        """The request gets no answer now; asked again it is tried again."""
        if self._duplicates.forget(request.key):
            self.drop(reason, request.origin, request.nas)

    def drop(self, reason: str, origin: Origin, nas: Nas | None = None) -> None:
        self.tally.drop(nas, reason, source=origin.address)
        origin.ignore()

    def _send(self, datagram: bytes, origin: Origin, outcome: str, nas: Nas | None) -> None:
        origin.reply(datagram)
        self.tally.count(nas, outcome)
