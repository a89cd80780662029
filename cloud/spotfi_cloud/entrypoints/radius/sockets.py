"""A UDP port: drains what has arrived at each wake-up, sends without waiting.

A port open on every address of the machine answers from the address that was asked (RFC 2865 §3 has peers drop anything else):
the kernel tells it with each datagram (RFC 3542 §6.1, ip(7) IP_PKTINFO).
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, ClassVar

from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.kernel.errors import SpotFiError

_DRAIN = 256
_MAX_DATAGRAM_BYTES = 4096
_RECEIVE_BUFFER_BYTES = 8 << 20
_SO_RCVBUFFORCE = 33
_IP_PKTINFO = 8
_IPV4_INFO = struct.Struct("@I4s4s")  # interface, our address, address in the header
_IPV6_INFO = struct.Struct("@16sI")
_INFO_BYTES = socket.CMSG_SPACE(_IPV6_INFO.size)
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound

Ancillary = tuple[tuple[int, int, bytes], ...]


class PortTakenError(SpotFiError):
    """The port cannot be opened."""

    code = "port_taken"


class UdpOrigin:
    """The sender of one datagram."""

    __slots__ = ("_ancillary", "_socket", "_socket_address", "address", "port")
    certificate_sha256: ClassVar[None] = None

    def __init__(self, bound: socket.socket, socket_address: Any, ancillary: Ancillary) -> None:
        self._socket = bound
        self._socket_address = socket_address
        """As the kernel gave it: that of IPv6 holds the scope too."""
        self._ancillary = ancillary
        self.address: str = socket_address[0]
        self.port: int = socket_address[1]

    def reply(self, datagram: bytes) -> None:
        try:
            if self._ancillary:
                self._socket.sendmsg((datagram,), self._ancillary, 0, self._socket_address)
            else:
                self._socket.sendto(datagram, self._socket_address)
        except OSError:
            return

    def ignore(self) -> None:
        """A datagram that nobody answers needs nothing."""


class UdpPort:
    """One port, on one socket, or on two: `::` is all of IPv6 and all of IPv4, which costs less on a socket of its own.

    `receive` gets everything that arrives with its origin, and must not raise.
    """

    def __init__(self, host: str, port: int, receive: Callable[[bytes, Origin], None], *, shared: bool) -> None:
        self._receive = receive
        self._sockets = _bind_all(host, port, shared=shared)
        self._everywhere = host in _WILDCARDS
        self.number: int = self._sockets[0].getsockname()[1]
        self.buffer_bytes = self._sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
        """What of bursts fits into the kernel; it counts its own overhead too, so about half of it is packets."""

    def open(self) -> None:
        for bound in self._sockets:
            asyncio.get_running_loop().add_reader(bound, self._drain, bound)

    def pause(self) -> None:
        """Take nothing more in; replies still go out."""
        for bound in self._sockets:
            asyncio.get_running_loop().remove_reader(bound)

    def close(self) -> None:
        for bound in self._sockets:
            bound.close()

    def _drain(self, bound: socket.socket) -> None:
        receive = self._receive
        for _ in range(_DRAIN):
            try:
                if self._everywhere:
                    datagram, ancillary, _, address = bound.recvmsg(_MAX_DATAGRAM_BYTES, _INFO_BYTES)
                    origin = UdpOrigin(bound, address, _way_back(tuple(ancillary)))
                else:
                    datagram, address = bound.recvfrom(_MAX_DATAGRAM_BYTES)
                    origin = UdpOrigin(bound, address, ())
            except (BlockingIOError, ConnectionError):
                return
            receive(datagram, origin)


@lru_cache(maxsize=1024)  # one entry per address of this machine and interface
def _way_back(received: Ancillary) -> Ancillary:
    """What to send along so that the reply leaves from the address the request came to.

    The interface is the routing table's choice, but for link-local addresses, which mean nothing without theirs.
    """
    for level, kind, data in received:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO and len(data) == _IPV4_INFO.size:
            _, ours, _ = _IPV4_INFO.unpack(data)
            return ((level, kind, _IPV4_INFO.pack(0, ours, bytes(4))),)
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO and len(data) == _IPV6_INFO.size:
            ours, interface = _IPV6_INFO.unpack(data)
            address = IPv6Address(ours)
            if not address.is_multicast:
                return ((level, kind, _IPV6_INFO.pack(ours, interface if address.is_link_local else 0)),)
    return ()


def _bind_all(host: str, port: int, *, shared: bool) -> list[socket.socket]:
    if host != "::":
        return [_bind(host, port, shared=shared)]
    ipv6 = _bind(host, port, shared=shared)
    try:
        return [ipv6, _bind("0.0.0.0", ipv6.getsockname()[1], shared=shared)]  # noqa: S104 - as was asked
    except PortTakenError:
        ipv6.close()
        if port:
            raise
        return _bind_all(host, port, shared=shared)  # the system chooses another one


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    bound.setblocking(False)
    _widen_buffer(bound)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if host in _WILDCARDS:
        _ask_for_addresses(bound)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        msg = f"UDP port {port} on {host} cannot be opened for RADIUS: {error.strerror}. Is it in use?"
        raise PortTakenError(msg) from error
    return bound


def _widen_buffer(bound: socket.socket) -> None:
    """Beyond net.core.rmem_max where we may (CAP_NET_ADMIN), else as far as it goes."""
    try:
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER_BYTES)
    except OSError:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)


def _ask_for_addresses(bound: socket.socket) -> None:
    if bound.family == socket.AF_INET:
        bound.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    else:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
