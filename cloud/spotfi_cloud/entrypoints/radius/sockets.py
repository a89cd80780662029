"""A UDP port: drains what has arrived at each wake-up, sends without waiting."""

import asyncio
import socket
from collections.abc import Callable

from spotfi_cloud.kernel.errors import SpotFiError

Address = tuple[str, int]
_DRAIN = 256
_MAX_DATAGRAM_BYTES = 4096
_RECEIVE_BUFFER_BYTES = 4 << 20


class PortTakenError(SpotFiError):
    """The port cannot be opened."""

    code = "port_taken"


class UdpPort:
    """One bound socket. `receive` gets (datagram, source) of everything that arrives and must not raise."""

    def __init__(self, host: str, port: int, receive: Callable[[bytes, Address], None], *, shared: bool) -> None:
        self._receive = receive
        self._socket = _bind(host, port, shared=shared)
        self.number: int = self._socket.getsockname()[1]

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket, self._drain)

    def pause(self) -> None:
        """Take nothing more in; replies still go out."""
        asyncio.get_running_loop().remove_reader(self._socket)

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """Send, or lose it as a network would: the peer asks again."""
        try:
            self._socket.sendto(datagram, address)
        except OSError:
            return

    def _drain(self) -> None:
        for _ in range(_DRAIN):
            try:
                datagram, address = self._socket.recvfrom(_MAX_DATAGRAM_BYTES)
            except (BlockingIOError, ConnectionError):
                return
            self._receive(datagram, (address[0], address[1]))


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    bound.setblocking(False)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        msg = f"UDP port {port} on {host} cannot be opened for RADIUS: {error.strerror}. Is it in use?"
        raise PortTakenError(msg) from error
    return bound
