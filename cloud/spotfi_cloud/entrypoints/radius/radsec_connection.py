"""One RadSec connection: packets out of a stream of octets, replies back in (RFC 6614 §2, framed by each packet's Length).

A connection that has many requests under way, or does not read its replies, is not read from until that is better.
"""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any, Protocol

from spotfi_cloud.entrypoints.radius.origin import Origin

_LENGTH_ENDS_AT = 4
_SHORTEST_BYTES, _LONGEST_BYTES = 20, 4096
_MOST_UNDER_WAY = 256

Receive = Callable[[bytes, Origin], None]


class Owner(Protocol):
    """Whose connection it is: the listener."""

    def greet(self, connection: "RadsecConnection") -> str:
        """Why the connection cannot stay; empty where it can."""

    def refuse(self, reason: str, connection: "RadsecConnection") -> None:
        """The connection was ended, and why."""

    def forget(self, connection: "RadsecConnection") -> None:
        """The connection is over."""


class RadsecConnection(asyncio.Protocol):
    """One NAS's connection, which is the origin of every request on it."""

    def __init__(self, owner: Owner, receive: Receive) -> None:
        self._owner = owner
        self._receive = receive
        self._transport: Any = None
        self._buffer = bytearray()
        self._under_way = 0
        self._clogged = False
        self._paused = False
        self._reading = False
        self.address = ""
        self.port = 0
        self.certificate_sha256 = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.address, self.port = peer[0].removeprefix("::ffff:"), peer[1]
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.certificate_sha256 = hashlib.sha256(shown or b"").hexdigest()
        if reason := self._owner.greet(self):
            self._refuse(reason)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.forget(self)
        self._buffer.clear()

    def pause_writing(self) -> None:
        self._clogged = True
        self._regulate()

    def resume_writing(self) -> None:
        self._clogged = False
        self._regulate()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._read()

    def reply(self, datagram: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(datagram)
        self._one_less()

    def ignore(self) -> None:
        self._one_less()

    def abort(self) -> None:
        self._transport.abort()

    def pause(self) -> None:
        """Take nothing more in; replies still go out."""
        self._clogged = True
        self._regulate()

    def _refuse(self, reason: str) -> None:
        self.abort()
        self._owner.refuse(reason, self)

    def _one_less(self) -> None:
        self._under_way -= 1
        if not self._reading:
            self._regulate()

    def _is_full(self) -> bool:
        return self._clogged or self._under_way >= _MOST_UNDER_WAY

    def _regulate(self) -> None:
        """Read from the peer, or do not. Called whenever either reason for not reading comes or goes."""
        if self._transport.is_closing():
            return
        if self._is_full() != self._paused:
            self._paused = self._is_full()
            if self._paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
                asyncio.get_running_loop().call_soon(self._read)  # what has arrived while nobody was reading

    def _read(self) -> None:
        """Hand on the whole packets that have arrived, as many as may be under way."""
        self._reading = True
        while not self._is_full() and (packet := self._next_packet()):
            self._under_way += 1
            self._receive(packet, self)
        self._reading = False
        self._regulate()

    def _next_packet(self) -> bytes:
        """The next whole packet; empty where there is none yet. A length that cannot be ends the connection (§2.6)."""
        if len(self._buffer) < _LENGTH_ENDS_AT:
            return b""
        length = int.from_bytes(self._buffer[2:_LENGTH_ENDS_AT], "big")
        if not _SHORTEST_BYTES <= length <= _LONGEST_BYTES:
            self._buffer.clear()
            self._refuse("length")
            return b""
        if len(self._buffer) < length:
            return b""
        packet = bytes(self._buffer[:length])
        del self._buffer[:length]
        return packet
