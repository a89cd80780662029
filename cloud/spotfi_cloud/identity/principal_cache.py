"""Whom tokens stood for a moment ago, so that a burst of requests asks the database once.

What is kept is at most a second old, and all is dropped as soon as a request of this process has changed anything: there,
a login that was revoked is out at once, at another process of the same role within that second.
"""

from collections.abc import Hashable

from spotfi_cloud.identity.rules import Principal

LONGEST_S = 1.0
_MOST = 10_000


class PrincipalCache:
    """Principals by what a token names. Instants are a monotonic clock's, in seconds."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Principal]] = {}
        self.generation = 0
        """Goes up whenever everything is dropped: what was read before that is not kept after it."""

    def find(self, key: Hashable, now_s: float) -> Principal | None:
        """The principal that was kept for the key less than LONGEST_S ago."""
        read_at_s, principal = self._kept.get(key, (float("-inf"), None))
        return principal if now_s - read_at_s < LONGEST_S else None

    def keep(self, key: Hashable, principal: Principal, read_at_s: float, generation: int) -> None:
        """Keep what was read at that instant, if nothing has been dropped since `generation`."""
        if generation != self.generation:
            return
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = (read_at_s, principal)

    def drop(self) -> None:
        """Forget all: something has changed."""
        self._kept.clear()
        self.generation += 1
