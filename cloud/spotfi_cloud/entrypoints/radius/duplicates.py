"""Answered requests, for some seconds: a repeated one gets the same reply again (RFC 5080 §2.2.2)."""

from collections import OrderedDict

from spotfi_cloud.radius.packet import Packet

RequestKey = tuple[str, int, bytes]
_KEEP_S = 10.0
_MOST = 200_000


def key_of(request: Packet, source: tuple[str, int]) -> RequestKey:
    """What a retransmission has in common with its original: sender and every octet.

    Less would not do: copies are answered before their signature is checked, and whoever saw an authenticator could have
    something else answered with it.
    """
    return (*source, request.raw)


class DuplicateCache:
    """Requests under way and replies given, by key; `now_s` is any monotonic clock's."""

    def __init__(self) -> None:
        self._replies: OrderedDict[RequestKey, tuple[float, bytes | None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._replies)

    def find(self, key: RequestKey, now_s: float) -> tuple[bool, bytes | None]:
        """(whether this is a repeated request, the reply it got or None while it is under way)."""
        known = self._replies.get(key)
        if known is None or known[0] < now_s:
            return False, None
        return True, known[1]

    def begin(self, key: RequestKey, now_s: float) -> None:
        """The request is under way: until its end its copies are dropped."""
        self._keep(key, now_s, None)

    def finish(self, key: RequestKey, reply: bytes, now_s: float) -> None:
        self._keep(key, now_s, reply)

    def forget(self, key: RequestKey) -> None:
        """The request came to nothing: a copy of it counts as new."""
        self._replies.pop(key, None)

    def _keep(self, key: RequestKey, now_s: float, reply: bytes | None) -> None:
        self._replies[key] = (now_s + _KEEP_S, reply)
        self._replies.move_to_end(key)
        while self._replies and (len(self._replies) > _MOST or next(iter(self._replies.values()))[0] < now_s):
            self._replies.popitem(last=False)
