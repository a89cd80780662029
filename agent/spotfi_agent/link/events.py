"""What the link tells the runtime. Events are made in the network thread and must be handled in another."""

from collections.abc import Callable
from dataclasses import dataclass

from spotfi_agent.link.endpoint import Transport


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker accepted us and our subscription is on its way; nothing has been published yet."""

    transport: Transport
    connection: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A connection, or an attempt at one, ended."""

    transport: Transport
    reason: str
    was_connected: bool


@dataclass(frozen=True, slots=True)
class Received:
    """A message, undecoded."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """The broker has taken over the message that `publish` gave this token for."""

    token: tuple[int, int]


LinkEvent = Connected | Disconnected | Received | Delivered
Listener = Callable[[LinkEvent], None]
"""Called in the network thread; must not block."""
