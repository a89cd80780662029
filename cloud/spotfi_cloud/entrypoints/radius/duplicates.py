"""Requests under way, and answered ones for some seconds: a repeated one gets the same reply again (RFC 5080 §2.2.2)."""

from collections import deque

from spotfi_cloud.radius.packet import Packet

RequestKey = tuple[str, int, bytes]
_KEEP_S = 10.0
_MOST_BYTES = 64 << 20
_ENTRY_BYTES = 400
"""What Python needs for an entry besides the octets of request and reply, roughly."""


def key_of(request: Packet, address: str, port: int) -> RequestKey:
    """What a retransmission has in common with its original: sender and every octet.

    Less would not do: copies are answered before their signature is checked, and whoever saw an authenticator could have
    something else answered with it.
    """
    return (address, port, request.raw)


class DuplicateCache:
    """Requests under way until their end, however long that takes, and replies given; `now_s` is any monotonic clock's.

    What is under way is bounded by the queue it waits in, replies by their octets: beyond 64 MiB the oldest go early.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._replies: dict[RequestKey, bytes | None] = {}
        """None while the request is under way."""
        self._given: deque[tuple[float, RequestKey]] = deque()
        """Until when each reply is kept, oldest first."""
        self._room_bytes = most_bytes

    def __len__(self) -> int:
        return len(self._replies)

    def find(self, key: RequestKey, now_s: float) -> tuple[bool, bytes | None]:
        """(whether this is a repeated request, the reply it got or None while it is under way)."""
        self._forget_past(now_s)
        reply = self._replies.get(key, b"")
        return (False, None) if reply == b"" else (True, reply)

    def begin(self, key: RequestKey) -> None:
        """The request is under way: until its end its copies are dropped."""
        self._replies[key] = None

    def finish(self, key: RequestKey, reply: bytes, now_s: float) -> bool:
        """Keep the reply; False, and nothing changes, where the request has met its end already."""
        replies = self._replies
        if replies.get(key, b"") is not None:
            return False
        self._forget_past(now_s)
        replies[key] = reply
        self._given.append((now_s + _KEEP_S, key))
        self._room_bytes -= len(key[2]) + len(reply) + _ENTRY_BYTES
        while self._room_bytes < 0:
            self._forget_oldest()
        return True

    def forget(self, key: RequestKey) -> bool:
        """The request came to nothing: a copy of it counts as new. False where it was answered already."""
        if self._replies.get(key) is not None:
            return False
        self._replies.pop(key, None)
        return True

    def _forget_past(self, now_s: float) -> None:
        given = self._given
        while given and given[0][0] < now_s:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        _, key = self._given.popleft()
        reply = self._replies.pop(key) or b""
        self._room_bytes += len(key[2]) + len(reply) + _ENTRY_BYTES
