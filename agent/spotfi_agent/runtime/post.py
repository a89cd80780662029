"""The way out: messages given to the broker and not yet taken over by it, and those the cloud has not confirmed yet."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from spotfi_agent.clock import Clock
from spotfi_protocol.topics import Up

_STALLED_MS = 30_000
"""No progress for so long with messages on their way: the connection is dead, whatever TCP says."""
_CONFIRM_MS = 30_000
"""After which an unconfirmed message is sent again on the same connection."""
_MOST_ON_THEIR_WAY = 16


class Publisher(Protocol):
    """What the link offers."""

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int] | None: ...


class Post:
    """Publishes and follows each message until the broker has it."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._on_their_way: dict[tuple[int, int], Callable[[], None] | None] = {}
        self._progress_ms = 0

    def publish(self, kind: Up, payload: bytes, delivered: Callable[[], None] | None = None) -> bool:
        """Hand it to the broker; `delivered` is called when the broker has it. False when there is no connection."""
        token = self._publisher.publish(kind, payload)
        if token is None:
            return False
        if not self._on_their_way:
            self._progress_ms = self._clock.mono_ms()
        self._on_their_way[token] = delivered
        return True

    def delivered(self, token: tuple[int, int]) -> None:
        delivered = self._on_their_way.pop(token, None)
        self._progress_ms = self._clock.mono_ms()
        if delivered is not None:
            delivered()

    def disconnected(self) -> None:
        self._on_their_way.clear()

    def is_idle(self) -> bool:
        return not self._on_their_way

    def is_stalled(self) -> bool:
        return bool(self._on_their_way) and self._clock.mono_ms() - self._progress_ms > _STALLED_MS


@dataclass(slots=True)
class _Item:
    kind: Up
    payload: bytes
    owner: UUID
    confirmed: Callable[[], None] | None
    sent_ms: int | None = None


class Outbox:
    """Messages the cloud confirms by `down/ack`: sent in order, again on each connection and after a while, until then."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self._post = post
        self._clock = clock
        self._items: dict[tuple[UUID, int], _Item] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(
        self, key: tuple[UUID, int], kind: Up, payload: bytes, owner: UUID, confirmed: Callable[[], None] | None = None
    ) -> None:
        """`key` is (boot, sequence); `owner` the command it belongs to; `confirmed` is called on the cloud's word."""
        self._items[key] = _Item(kind, payload, owner, confirmed)

    def confirm(self, key: tuple[UUID, int]) -> None:
        item = self._items.pop(key, None)
        if item is not None and item.confirmed is not None:
            item.confirmed()

    def discard(self, owner: UUID, kind: Up) -> None:
        """Nobody waits for these any more."""
        for key in [key for key, item in self._items.items() if item.owner == owner and item.kind is kind]:
            del self._items[key]

    def disconnected(self) -> None:
        for item in self._items.values():
            item.sent_ms = None

    def pump(self) -> None:
        """Send what is due, as far as there is a connection."""
        now_ms = self._clock.mono_ms()
        for item in itertools.islice(self._items.values(), _MOST_ON_THEIR_WAY):
            is_fresh = item.sent_ms is not None and now_ms - item.sent_ms < _CONFIRM_MS
            if not is_fresh:
                if not self._post.publish(item.kind, item.payload):
                    return
                item.sent_ms = now_ms
