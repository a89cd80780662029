"""Words between the runtime and the handlers: an order, how it ended, and where its output goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from spotfi_agent.clock import Clock, is_plausible
from spotfi_protocol.messages import Command, ResultState


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it arrived here."""

    command: Command
    received_mono_ms: int
    cancelled: Event = field(default_factory=Event, compare=False)
    """Set when the cloud took it back."""

    def has_expired(self, clock: Clock) -> bool:
        """Whether it may no longer start: by the time since it came, or by the wall clock if that has been set."""
        if clock.mono_ms() - self.received_mono_ms >= self.command.expires_in_s * 1000:
            return True
        wall_ms = clock.wall_ms()
        return is_plausible(wall_ms) and wall_ms >= self.command.deadline_at_ms

    def limit_s(self, handler: "Handler") -> float:
        """How long it may run: as the order says, and never longer than its kind may."""
        return min(self.command.limit_s or handler.limit_s, handler.limit_s)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended; `detail` always has a `message` for people."""

    state: ResultState
    detail: dict[str, Any] = field(default_factory=dict)


def succeeded(message: str, **detail: Any) -> Outcome:
    return Outcome(ResultState.SUCCEEDED, {"message": message, **detail})


def failed(message: str, **detail: Any) -> Outcome:
    return Outcome(ResultState.FAILED, {"message": message, **detail})


def cancelled_before() -> Outcome:
    return Outcome(ResultState.CANCELLED, {"message": "Cancelled before it began; it had no effect."})


class OutputLostError(Exception):
    """Output can no longer be delivered: the agent is stopping, or the cloud has confirmed nothing for too long."""


class Output(Protocol):
    """Takes a command's output, at the pace of the cloud."""

    def send(self, data: bytes) -> None:
        """One piece of at most MAX_PIECE_BYTES; waits for room. OutputLostError when there will be none."""
        ...

    def finish(self) -> int:
        """Wait until the cloud has every piece; how many there were. OutputLostError as for `send`."""
        ...

    def when_closed(self, action: Callable[[], None]) -> None:
        """Have this called when nothing more will be delivered, such as to end the program that makes the output."""
        ...

    def close(self) -> None:
        """Nothing more is wanted: whoever makes the output is told to stop."""
        ...


class Handler(Protocol):
    """One kind of command."""

    kind: str
    lane: str
    """Commands of one lane run one after the other; lanes run side by side."""
    limit_s: float
    """The longest it may run; then its output is closed, which stops it."""

    def run(self, order: Order, output: Output) -> Outcome | None:
        """Do it. None when the outcome shows later (a reboot is reported by the next boot)."""
        ...
