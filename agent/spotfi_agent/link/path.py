"""What the kernel knows of the way to the cloud, from the link's own connection: no packet is sent for it."""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# struct tcp_info of linux/tcp.h: eight bytes, 24 words of 32 bits, four of 64, and again words of 32. It grows at its end only.
_ROUND_TRIP_US = 8 + 4 * 15
_RESENT = 8 + 4 * 23
_SENT = 8 + 4 * 24 + 8 * 4 + 4 * 5
"""Segments with data; since Linux 4.6."""
_WORD = struct.Struct("=I")
_LENGTH = _SENT + _WORD.size


@dataclass(frozen=True, slots=True)
class ConnectionPath:
    """Of one connection, since its beginning."""

    connection: int
    latency_ms: float
    """Smoothed round trip."""
    sent: int
    resent: int


def read_path(connection: int, sock: Any) -> ConnectionPath | None:
    """Of the TCP connection below this socket, or below paho's WebSocket. None where it cannot be said."""
    try:
        info = getattr(sock, "_socket", sock).getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
    except (OSError, AttributeError, ValueError):
        return None
    if len(info) < _LENGTH:
        return None
    round_trip_us, resent, sent = (_WORD.unpack_from(info, at)[0] for at in (_ROUND_TRIP_US, _RESENT, _SENT))
    return ConnectionPath(connection, round(round_trip_us / 1000, 1), sent, resent)


class PathMeter:
    """Counts over all connections of this run of the agent, so that nothing goes back."""

    def __init__(self, read: Callable[[], ConnectionPath | None]) -> None:
        self._read = read
        self._before: ConnectionPath | None = None
        self._sent = 0
        self._resent = 0

    def read(self) -> tuple[float | None, int, int]:
        """Latency in milliseconds, None without a connection; segments with data sent, and sent again."""
        now, before = self._read(), self._before
        if now is None:
            return None, self._sent, self._resent
        if before is not None and before.connection == now.connection:
            self._sent += max(0, now.sent - before.sent)
            self._resent += max(0, now.resent - before.resent)
        else:
            self._sent += now.sent
            self._resent += now.resent
        self._before = now
        return now.latency_ms, self._sent, self._resent
