"""RADIUS over TLS (RFC 6614): a listener for NASes that show a certificate of theirs; many requests on one connection.

A connection that has many requests under way, or does not read its replies, is not read from until that is better.
"""

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.entrypoints.radius.sockets import PortTakenError

_log = structlog.get_logger(__name__)
_LENGTH_ENDS_AT = 4
_SHORTEST_BYTES, _LONGEST_BYTES = 20, 4096
_MOST_UNDER_WAY = 256
_MOST_CONNECTIONS = 4096
_HANDSHAKE_S = 10.0
_BACKLOG = 512

Receive = Callable[[bytes, Origin], None]


@dataclass(frozen=True, slots=True)
class RadsecTerms:
    """Where RadSec is to be served, and as whom."""

    port: int
    context: ssl.SSLContext


def server_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with a certificate demanded of the client that the authority issued. Raises OSError, ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    return context


class RadsecConnection(asyncio.Protocol):
    """One NAS's connection, which is the origin of every request on it."""

    def __init__(self, port: "RadsecPort", receive: Receive) -> None:
        self._port = port
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
        if reason := self._port.greet(self):
            self._refuse(reason)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.forget(self)
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
        self._port.refuse(reason, self)

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


class RadsecPort:
    """The listener. `receive` gets every packet with its connection; `admits` says whether a fingerprint is a NAS's;
    `refuse` is told why a connection was ended.
    """

    def __init__(
        self,
        host: str,
        terms: RadsecTerms,
        receive: Receive,
        *,
        admits: Callable[[str], bool],
        refuse: Callable[[str, Origin], None],
        shared: bool,
    ) -> None:
        self.refuse = refuse
        self._context = terms.context
        self._receive = receive
        self._admits = admits
        self._socket = _bind(host, terms.port, shared=shared)
        self._server: asyncio.Server | None = None
        self._connections: set[RadsecConnection] = set()
        self.number: int = self._socket.getsockname()[1]

    async def open(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: RadsecConnection(self, self._receive),
            sock=self._socket,
            ssl=self._context,
            ssl_handshake_timeout=_HANDSHAKE_S,
            backlog=_BACKLOG,
        )

    def pause(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.pause()

    def close(self) -> None:
        for connection in list(self._connections):
            connection.abort()
        self._socket.close()

    def greet(self, connection: RadsecConnection) -> str:
        """Why the connection cannot stay; empty where it can."""
        if not self._admits(connection.certificate_sha256):
            return "unknown_certificate"
        if len(self._connections) >= _MOST_CONNECTIONS:
            return "too_many_connections"
        self._connections.add(connection)
        return ""

    def forget(self, connection: RadsecConnection) -> None:
        self._connections.discard(connection)

    def check_certificates(self) -> None:
        """Close the connections of those whose certificate is no NAS's any more."""
        for connection in [each for each in self._connections if not self._admits(each.certificate_sha256)]:
            _log.info("radsec_closed", source=connection.address, reason="certificate_void")
            connection.abort()


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
    try:
        bound.bind((host, port))
        bound.listen(_BACKLOG)  # only one may listen, so a port that is taken shows now
    except OSError as error:
        bound.close()
        msg = f"TCP port {port} on {host} cannot be opened for RadSec: {error.strerror}. Is it in use?"
        raise PortTakenError(msg) from error
    return bound
