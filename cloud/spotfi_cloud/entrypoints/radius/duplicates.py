"""Requests under way, and answered ones for some seconds: a repeated one gets the same reply again (RFC 5080 §2.2.2)."""

from collections import OrderedDict

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
        self._under_way: set[RequestKey] = set()
        self._replies: OrderedDict[RequestKey, tuple[float, bytes]] = OrderedDict()
        self._room_bytes = most_bytes

    def __len__(self) -> int:
        return len(self._under_way) + len(self._replies)

    def find(self, key: RequestKey, now_s: float) -> tuple[bool, bytes | None]:
        """(whether this is a repeated request, the reply it got or None while it is under way)."""
        if key in self._under_way:
            return True, None
        known = self._replies.get(key)
        return (False, None) if known is None or known[0] < now_s else (True, known[1])

    def begin(self, key: RequestKey) -> None:
        """The request is under way: until its end its copies are dropped."""
        self._under_way.add(key)

    def finish(self, key: RequestKey, reply: bytes, now_s: float) -> bool:
        """Keep the reply; False, and nothing changes, where the request has met its end already."""
        if key not in self._under_way:
            return False
        self._under_way.remove(key)
        if (earlier := self._replies.pop(key, None)) is not None:
            self._room_bytes += _size(key, earlier[1])
        self._replies[key] = (now_s + _KEEP_S, reply)
        self._room_bytes -= _size(key, reply)
        while self._replies and (self._room_bytes < 0 or next(iter(self._replies.values()))[0] < now_s):
            oldest, (_, forgotten) = self._replies.popitem(last=False)
            self._room_bytes += _size(oldest, forgotten)
        return True

    def forget(self, key: RequestKey) -> bool:
        """The request came to nothing: a copy of it counts as new. False where it was answered already."""
        self._under_way.discard(key)
        return key not in self._replies


def _size(key: RequestKey, reply: bytes) -> int:
    return len(key[2]) + len(reply) + _ENTRY_BYTES
