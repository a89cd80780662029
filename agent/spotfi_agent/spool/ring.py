"""Samples in RAM while the link is down: encoded, bounded; when it is full the oldest goes and is counted."""

from collections import deque


class Ring:
    """Byte strings in order, at most so many bytes together."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._items: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def used_bytes(self) -> int:
        return self._bytes

    def push(self, item: bytes) -> None:
        self._items.append(item)
        self._bytes += len(item)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._items.popleft())
            self._dropped += 1

    def take(self, most: int) -> tuple[list[bytes], int]:
        """The oldest items, taken out, and how many were lost since the last time."""
        items = [self._items.popleft() for _ in range(min(most, len(self._items)))]
        self._bytes -= sum(map(len, items))
        dropped, self._dropped = self._dropped, 0
        return items, dropped
