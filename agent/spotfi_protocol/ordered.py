"""Things in order over a way that may lose and repeat: counted, kept until the other side has taken them, sent again. Pure."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Outgoing(Generic[T]):
    """What one side sends: each thing gets the next number and stays here until the other side is done with it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: deque[T] = deque()
        self._first = 0

    @property
    def has_room(self) -> bool:
        """Whether one more may be sent before the other side has taken one."""
        return len(self._kept) < self._most

    def add(self, thing: T) -> int:
        """Its number. The caller has looked whether there is room; what ends everything may go beyond it."""
        self._kept.append(thing)
        return self._first + len(self._kept) - 1

    def acknowledge(self, received: int) -> int:
        """The other side is done with so many from the start; how many that newly frees. Nonsense frees nothing."""
        newly = received - self._first
        if not 0 < newly <= len(self._kept):
            return 0
        for _ in range(newly):
            self._kept.popleft()
        self._first = received
        return newly

    def kept(self) -> list[tuple[int, T]]:
        """What may have to be sent again, with its numbers."""
        return list(enumerate(self._kept, self._first))


class Incoming:
    """What the other side sends: taken once each and in order. `expected` is the number of the next."""

    def __init__(self) -> None:
        self.expected = 0

    def take(self, seq: int) -> bool:
        """Whether this is the next one; one that was here before, or comes too early, is not, and comes again."""
        if seq != self.expected:
            return False
        self.expected += 1
        return True
