"""What arrives in the runtime's queue, beside the link's events."""

from dataclasses import dataclass
from uuid import UUID

from spotfi_agent.commands.order import Order, Outcome
from spotfi_agent.link.events import LinkEvent
from spotfi_protocol.samples import Sample


@dataclass(frozen=True, slots=True)
class PieceReady:
    """A command has a piece of output."""

    command_id: UUID
    piece: int
    data: bytes


@dataclass(frozen=True, slots=True)
class OrderDone:
    """A command has ended in its lane."""

    order: Order
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class SampleTaken:
    """The machine was read."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class StopRequested:
    """A signal asked the agent to stop."""


@dataclass(frozen=True, slots=True)
class HurryRequested:
    """A signal said that the network has just come up (on OpenWrt the package's hotplug script)."""


@dataclass(frozen=True, slots=True)
class TerminalSaid:
    """A terminal's shell has said something."""

    session_id: UUID
    data: bytes


@dataclass(frozen=True, slots=True)
class TerminalTook:
    """A terminal's shell has read something that was typed."""

    session_id: UUID


@dataclass(frozen=True, slots=True)
class TerminalEnded:
    """Nothing of a terminal's shell runs any more."""

    session_id: UUID
    exit_status: int | None


OwnEvent = (
    PieceReady | OrderDone | SampleTaken | StopRequested | HurryRequested | TerminalSaid | TerminalTook | TerminalEnded
)
Event = LinkEvent | OwnEvent
