"""The life of a command as one table, and when a router counts as offline. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

MAX_OPEN_COMMANDS = 100
"""Per router; a router that is away for a week must not come back to a flood."""
MAX_OUTPUT_PIECES = 21_845
"""A gigabyte of output, in pieces of 48 KiB; what comes beyond is not stored."""
MAX_DEADLINE_S = 7 * 86_400
ACCEPTED_PATIENCE = timedelta(days=1)
"""How long past its deadline an accepted command may run before it counts as failed."""
OUTPUT_PATIENCE = timedelta(minutes=10)
"""How long the missing pieces of a reported success may take."""
MISSED_REPORTS = 3
OFFLINE_GRACE_S = 15
"""A router counts as offline after MISSED_REPORTS × its interval + OFFLINE_GRACE_S of silence."""
BATCH_SILENCE_S = 240
"""At least so long where samples travel in batches of two minutes; a broken connection tells of itself much sooner."""
BATCHES_FROM_S = 30


class CommandState(StrEnum):
    """How far a command is. The last four are final."""

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATES


class CommandEvent(StrEnum):
    """What can happen to a command."""

    PUBLISHED = "published"  # ingest handed it to the broker
    ACCEPTED = "accepted"  # the router will run it
    SUCCEEDED = "succeeded"  # the router did it
    FAILED = "failed"  # the router could not, or its proof is missing
    REFUSED_LATE = "refused_late"  # the router got it after its deadline
    DEADLINE = "deadline"  # it passed before the router took the command
    CANCELLED = "cancelled"  # somebody took it back
    STOPPED = "stopped"  # the router stopped it, or never began it, because it was taken back


OPEN_STATES = frozenset({CommandState.QUEUED, CommandState.SENT, CommandState.ACCEPTED})

_REPORTS = {
    CommandEvent.SUCCEEDED: CommandState.SUCCEEDED,
    CommandEvent.FAILED: CommandState.FAILED,
    CommandEvent.REFUSED_LATE: CommandState.EXPIRED,
    CommandEvent.STOPPED: CommandState.CANCELLED,
}
_BEFORE_ACCEPTANCE = {
    **_REPORTS,
    CommandEvent.ACCEPTED: CommandState.ACCEPTED,
    CommandEvent.DEADLINE: CommandState.EXPIRED,
    CommandEvent.CANCELLED: CommandState.CANCELLED,
}
TRANSITIONS: dict[CommandState, dict[CommandEvent, CommandState]] = {
    CommandState.QUEUED: {**_BEFORE_ACCEPTANCE, CommandEvent.PUBLISHED: CommandState.SENT},
    CommandState.SENT: _BEFORE_ACCEPTANCE,
    CommandState.ACCEPTED: _REPORTS,
    CommandState.SUCCEEDED: {},
    CommandState.FAILED: {},
    CommandState.EXPIRED: {},
    CommandState.CANCELLED: {},
}
"""Every step there is. What is not in it changes nothing: a late or repeated report never takes a command back."""


def next_state(state: CommandState, event: CommandEvent) -> CommandState | None:
    """The state after the event, or None where the event changes nothing."""
    return TRANSITIONS[state].get(event)


def proves_reboot(sent_to_boot: UUID | None, reporting_boot: UUID) -> bool:
    """Whether a reboot really happened: the success comes from another boot than the one that took the command."""
    return sent_to_boot is not None and sent_to_boot != reporting_boot


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of one boot of a router."""

    boot_id: UUID | None
    number: int | None

    def is_older_than(self, known: "Connection") -> bool:
        """Whether this is an earlier connection of the boot that is known; boots themselves have no order."""
        return (
            self.boot_id == known.boot_id
            and self.number is not None
            and known.number is not None
            and self.number < known.number
        )

    def ends(self, known: "Connection") -> bool:
        """Whether a last will of this connection means that the router is gone."""
        return self.boot_id == known.boot_id and not self.is_older_than(known)
