"""One connection to the broker: an asyncio protocol that says who it is, subscribes, pings, and hands on what arrives."""

import asyncio
from typing import Any, Protocol

import structlog

from spotfi_cloud.entrypoints.ingest import packets
from spotfi_cloud.entrypoints.ingest.packets import Kind, PacketReader

_log = structlog.get_logger(__name__)
_REFUSED = 0x80


class Owner(Protocol):
    """Who the connection works for."""

    def on_connect(self, connection: "Connection", *, session_present: bool) -> None:
        """The broker has let it in."""

    def on_subscribed(self, *, is_refused: bool) -> None:
        """The broker has answered the subscription."""

    def on_publish(self, connection: "Connection", topic: bytes, qos: int, packet_id: int, payload: bytes) -> None:
        """A message."""

    def on_puback(self, packet_id: int) -> None:
        """The broker has a message that was published."""


class Connection(asyncio.Protocol):
    """Lives until the broker or `close` ends it; `ended` then holds why."""

    def __init__(self, owner: Owner, hello: bytes, keepalive_s: int) -> None:
        self._owner = owner
        self._hello = hello
        self._keepalive_s = keepalive_s
        self._reader = PacketReader()
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._heard_at_s = self._loop.time()
        self._pinging: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[str] = self._loop.create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(self._hello)
        self._pinging = self._loop.call_later(self._keepalive_s / 2, self._ping)

    def data_received(self, data: bytes) -> None:
        self._heard_at_s = self._loop.time()
        try:
            for first, body in self._reader.feed(data):
                self._take(first >> 4, first & 15, body)
        except (ValueError, IndexError) as error:
            self.abort(f"not MQTT: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._pinging is not None:
            self._pinging.cancel()
        self._transport = None
        if not self.ended.done():
            self.ended.set_result("closed by the broker" if exc is None else str(exc))

    def send(self, data: bytes) -> None:
        """Write, or forget it where the connection has ended: what matters is sent again on the next one."""
        if self._transport is not None and data:
            self._transport.write(data)

    def hold_up(self, *, is_full: bool) -> None:
        """Read no more for now, and so, through TCP, let the broker wait; or read on."""
        if self._transport is None:
            return
        if is_full and self._transport.is_reading():
            self._transport.pause_reading()
        elif not is_full and not self._transport.is_reading():
            self._heard_at_s = self._loop.time()
            self._transport.resume_reading()

    def close(self) -> None:
        """Take leave; the session stays with the broker."""
        self.send(packets.DISCONNECT)
        if self._transport is not None:
            self._transport.close()

    def abort(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_result(reason)
        if self._transport is not None:
            self._transport.abort()

    def _take(self, kind: int, flags: int, body: bytes) -> None:
        match kind:
            case Kind.PUBLISH:
                self._owner.on_publish(self, *packets.parse_publish(flags, body))
            case Kind.PUBACK:
                self._owner.on_puback(int.from_bytes(body[:2]))
            case Kind.CONNACK if body[1]:
                _log.error("broker_refused", reason=_REASONS.get(body[1], str(body[1])))
                self.abort("refused")
            case Kind.CONNACK:
                self._owner.on_connect(self, session_present=bool(body[0] & 1))
            case Kind.SUBACK:
                self._owner.on_subscribed(is_refused=any(code >= _REFUSED for code in body[2:]))
            case _:
                pass  # a PINGRESP: that something came is all there is to it

    def _ping(self) -> None:
        is_reading = self._transport is not None and self._transport.is_reading()
        if is_reading and self._loop.time() - self._heard_at_s > 1.5 * self._keepalive_s:
            self.abort("the broker is silent")
            return
        self.send(packets.PINGREQ)
        self._pinging = self._loop.call_later(self._keepalive_s / 2, self._ping)


_REASONS = {
    1: "unacceptable protocol version",
    2: "identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorized",
}
"""Of CONNACK (§3.2.2.3)."""
