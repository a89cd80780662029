"""RADIUS over TLS (RFC 6614): a listener for NASes that show a certificate of theirs; many requests on one connection."""

import asyncio
import resource
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.entrypoints.radius.radsec_connection import RadsecConnection, Receive
from spotfi_cloud.entrypoints.radius.sockets import PortTakenError

_log = structlog.get_logger(__name__)
_MOST_FILES = 16_384
_FILES_FOR_OTHERS = 64
_MOST_HANDSHAKES = 256
_HANDSHAKE_S = 10.0
_AFTER_ERROR_S = 0.1
_BACKLOG = 512


@dataclass(frozen=True, slots=True)
class RadsecTerms:
    """Where RadSec is to be served, and as whom."""

    port: int
    context: ssl.SSLContext
    renew: Callable[[], ssl.SSLContext | None] = lambda: None
    """Another context where the certificate was exchanged meanwhile; None where it is still the same."""


class Certificates:
    """The files of the server's certificate, looked at again and again: one that is renewed needs no restart."""

    def __init__(self, certificate: Path, key: Path, authority: Path) -> None:
        self._files = (certificate, key, authority)
        self._read: list[tuple[int, int]] = []

    def context(self) -> ssl.SSLContext:
        """From the files as they are. Raises OSError, ssl.SSLError."""
        seen = self._stamps()
        context = server_context(*self._files)
        self._read = seen
        return context

    def renewed(self) -> ssl.SSLContext | None:
        """None where the files are those that were read, or do not fit together yet."""
        try:
            return None if self._stamps() == self._read else self.context()
        except (OSError, ssl.SSLError) as error:
            _log.warning("certificate_unread", file=str(self._files[0]), error=error.strerror or str(error))
            return None

    def _stamps(self) -> list[tuple[int, int]]:
        return [(stat.st_mtime_ns, stat.st_ino) for stat in (file.stat() for file in self._files)]


def server_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with a certificate demanded of the client that the authority issued. Raises OSError, ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    return context


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
        self._refuse = refuse
        self._context = terms.context
        self._renew = terms.renew
        self._receive = receive
        self._admits = admits
        self._socket = _bind(host, terms.port, shared=shared)
        self._accepting: asyncio.Task[None] | None = None
        self._handshakes: set[asyncio.Task[None]] = set()
        self._connections: set[RadsecConnection] = set()
        self._most_connections = _files_allowed() - _FILES_FOR_OTHERS - _MOST_HANDSHAKES
        self.number: int = self._socket.getsockname()[1]

    def open(self) -> None:
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    async def _accept(self) -> None:
        """For ever. Whoever has not shown a certificate yet takes none of the room of those who have."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(self._socket)
            except OSError as error:  # no more files, or the peer was gone already
                _log.warning("radsec_not_accepted", error=error.strerror)
                await asyncio.sleep(_AFTER_ERROR_S)
                continue
            if len(self._handshakes) >= _MOST_HANDSHAKES:
                accepted.close()
                continue
            handshake = loop.create_task(self._shake_hands(accepted))
            self._handshakes.add(handshake)
            handshake.add_done_callback(self._handshakes.discard)

    async def _shake_hands(self, accepted: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: RadsecConnection(self, self._receive),
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=_HANDSHAKE_S,
            )
        except (OSError, TimeoutError):  # ssl.SSLError is one, too
            accepted.close()

    def pause(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
        for handshake in self._handshakes:
            handshake.cancel()
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
        if len(self._connections) >= self._most_connections:
            return "too_many_connections"
        self._connections.add(connection)
        return ""

    def refuse(self, reason: str, connection: RadsecConnection) -> None:
        self._refuse(reason, connection)

    def forget(self, connection: RadsecConnection) -> None:
        self._connections.discard(connection)

    def check_certificates(self) -> None:
        """Show our certificate as it is now; close the connections of those whose certificate is no NAS's any more."""
        if context := self._renew():
            self._context = context
            _log.info("certificate_renewed", port=self.number)
        for connection in [each for each in self._connections if not self._admits(each.certificate_sha256)]:
            _log.info("radsec_closed", source=connection.address, reason="certificate_void")
            connection.abort()


def _files_allowed() -> int:
    """How many files this process may have open, after asking for as many as it may ask for."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if most == resource.RLIM_INFINITY else min(most, _MOST_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setblocking(False)
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
