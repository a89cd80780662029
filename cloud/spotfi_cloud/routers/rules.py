"""The life of a command as one table, what commands may ask for, and when a router counts as offline. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from spotfi_cloud.kernel.errors import RejectedError

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
_MAX_LOG_LINES = 1_000_000
_MAX_ARG_CHARACTERS = 253
"""Longest text attribute of RADIUS (RFC 2865 §5)."""


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


OPEN_STATES = frozenset({CommandState.QUEUED, CommandState.SENT, CommandState.ACCEPTED})

_REPORTS = {
    CommandEvent.SUCCEEDED: CommandState.SUCCEEDED,
    CommandEvent.FAILED: CommandState.FAILED,
    CommandEvent.REFUSED_LATE: CommandState.EXPIRED,
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


def check_args(kind: str, args: dict[str, Any]) -> None:
    """RejectedError naming the field where the kind of command is unknown or its arguments do not fit."""
    match kind:
        case "logs":
            _refuse_others(kind, args, {"lines"})
            lines = args.get("lines", 1)
            if type(lines) is not int or not 1 <= lines <= _MAX_LOG_LINES:
                msg = f"'lines' must be a whole number from 1 to {_MAX_LOG_LINES}; leave it out for the whole log."
                raise RejectedError(msg, field="args.lines")
        case "reboot":
            _refuse_others(kind, args, set())
        case "kick":
            _check_kick(args)
        case _:
            msg = f"There is no command '{kind[:64]}'. Known are logs, reboot and kick."
            raise RejectedError(msg, field="kind")


_KICK_FIELDS = ("username", "calling_station_id", "acct_session_id", "framed_ip")


def _check_kick(args: dict[str, Any]) -> None:
    _refuse_others("kick", args, set(_KICK_FIELDS))
    for name in _KICK_FIELDS:
        value = args.get(name, "")
        if not isinstance(value, str) or len(value) > _MAX_ARG_CHARACTERS or "\0" in value:
            msg = f"'{name}' must be a text of at most {_MAX_ARG_CHARACTERS} characters."
            raise RejectedError(msg, field=f"args.{name}")
    if not any(args.get(name) for name in _KICK_FIELDS):
        msg = f"Say whom to disconnect: one of {', '.join(_KICK_FIELDS)}."
        raise RejectedError(msg, field="args")


def _refuse_others(kind: str, args: dict[str, Any], known: set[str]) -> None:
    for name in args.keys() - known:
        msg = f"The command '{kind}' takes no argument '{name[:64]}'."
        raise RejectedError(msg, field=f"args.{name[:64]}")


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
