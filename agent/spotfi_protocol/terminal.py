"""A terminal's frames: what is typed, shown and decided, in order, with each side saying how much it has taken.

Both directions have the same form. `seq` counts what a side sends from 0; `received` is how many frames of the other side it is
done with, so a frame that comes twice is told from a new one and one that got lost is sent again (`ordered`). A frame without
an act says `received` alone, and that its sender is still there.

Downwards the first frame is `open`, then `input` and `resize`, and `close` may be the last. Upwards it is `opened`, then
`output`, and `closed` is the last; a terminal that is refused is `closed` at once.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, TypeAlias, TypeVar
from uuid import UUID

from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.fields import Fields, reject

T = TypeVar("T")
MAX_INPUT_BYTES = 4 * 1024
"""Most that is typed in one frame."""
MAX_OUTPUT_BYTES = 8 * 1024
"""Most that is shown in one frame."""
MAX_UNTAKEN_FRAMES = 8
"""Frames a side may be ahead of the other: 64 KiB of output, 32 KiB of input."""
HEARTBEAT_S = 10
"""Each side sends a frame at least so often."""
MAX_COLUMNS_OR_ROWS = 1000


class EndReason(StrEnum):
    """Why a terminal ended, or did not begin."""

    EXITED = "exited"  # its shell came to an end
    NOT_ALLOWED = "not_allowed"  # the router's own configuration does not allow terminals
    TOO_MANY = "too_many"  # the router has as many open as it takes
    FAILED = "failed"  # no terminal or no shell could be started
    IDLE = "idle"  # nothing was typed for too long
    TOO_LONG = "too_long"  # it was open for as long as one may be
    LINK_LOST = "link_lost"  # one side has not heard of the other for too long
    STOPPED = "stopped"  # the agent, or the API's process, was stopped
    LEFT = "left"  # whoever had it open went away
    LOGIN_ENDED = "login_ended"  # whoever had it open may not have it any more


@dataclass(frozen=True, slots=True)
class Open:
    """Begin, with a screen of this size."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Input:
    """What was typed."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """The screen has another size now."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Close:
    """End it, whatever runs in it."""

    reason: EndReason


@dataclass(frozen=True, slots=True)
class Opened:
    """The shell has started."""


@dataclass(frozen=True, slots=True)
class Output:
    """What is to be shown: bytes of the terminal, which may end within a character."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """It is over. `exit_status`: the shell's, negative for a signal, None where it did not end by itself."""

    reason: EndReason
    message: str
    exit_status: int | None = None


DownAct: TypeAlias = Open | Input | Resize | Close
UpAct: TypeAlias = Opened | Output | Closed


@dataclass(frozen=True, slots=True)
class DownFrame:
    """To a router."""

    session_id: UUID
    received: int
    seq: int = 0
    act: DownAct | None = None

    def to_wire(self) -> dict[str, Any]:
        return _frame(self.session_id, self.received, self.seq, None if self.act is None else _down_fields(self.act))

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        act = None if body.get("act") is None else _read(fields, _DOWN)
        return cls(fields.uuid("session_id"), fields.count("received"), fields.optional_count("seq") or 0, act)


@dataclass(frozen=True, slots=True)
class UpFrame:
    """From a router."""

    session_id: UUID
    received: int
    seq: int = 0
    act: UpAct | None = None

    def to_wire(self) -> dict[str, Any]:
        return _frame(self.session_id, self.received, self.seq, None if self.act is None else _up_fields(self.act))

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        act = None if body.get("act") is None else _read(fields, _UP)
        return cls(fields.uuid("session_id"), fields.count("received"), fields.optional_count("seq") or 0, act)


def _frame(session_id: UUID, received: int, seq: int, act: dict[str, Any] | None) -> dict[str, Any]:
    body: dict[str, Any] = {"session_id": str(session_id), "received": received}
    return body if act is None else {**body, "seq": seq, **act}


def _down_fields(act: DownAct) -> dict[str, Any]:
    match act:
        case Open(columns, rows):
            return {"act": "open", "columns": columns, "rows": rows}
        case Input(data):
            return {"act": "input", "data": base64.b64encode(data).decode()}
        case Resize(columns, rows):
            return {"act": "resize", "columns": columns, "rows": rows}
        case Close(reason):
            return {"act": "close", "reason": reason.value}


def _up_fields(act: UpAct) -> dict[str, Any]:
    match act:
        case Opened():
            return {"act": "opened"}
        case Output(data):
            return {"act": "output", "data": base64.b64encode(data).decode()}
        case Closed(reason, message, exit_status):
            body: dict[str, Any] = {"act": "closed", "reason": reason.value, "message": message}
            return body if exit_status is None else {**body, "exit_status": exit_status}


def _read(fields: Fields, readers: Mapping[str, Callable[[Fields], T]]) -> T:
    name = fields.text("act", 16)
    if name not in readers:
        reject("act", "one of " + ", ".join(readers))
    return readers[name](fields)


def _reason(fields: Fields) -> EndReason:
    return EndReason(fields.choice("reason", EndReason))


def _size(fields: Fields) -> tuple[int, int]:
    columns, rows = fields.count("columns"), fields.count("rows")
    if not (1 <= columns <= MAX_COLUMNS_OR_ROWS and 1 <= rows <= MAX_COLUMNS_OR_ROWS):
        reject("columns and rows", f"from 1 to {MAX_COLUMNS_OR_ROWS}")
    return columns, rows


def _data(fields: Fields, most_bytes: int) -> bytes:
    try:
        data = base64.b64decode(fields.text("data", most_bytes * 2), validate=True)
    except ValueError as error:  # binascii.Error is one; characters beyond ASCII raise a plain one
        msg = "field 'data' must be base64"
        raise ProtocolError(msg) from error
    if not 1 <= len(data) <= most_bytes:
        reject("data", f"1 to {most_bytes} bytes")
    return data


_DOWN: Mapping[str, Callable[[Fields], DownAct]] = {
    "open": lambda fields: Open(*_size(fields)),
    "input": lambda fields: Input(_data(fields, MAX_INPUT_BYTES)),
    "resize": lambda fields: Resize(*_size(fields)),
    "close": lambda fields: Close(_reason(fields)),
}
_UP: Mapping[str, Callable[[Fields], UpAct]] = {
    "opened": lambda _fields: Opened(),
    "output": lambda fields: Output(_data(fields, MAX_OUTPUT_BYTES)),
    "closed": lambda fields: Closed(_reason(fields), fields.text("message", 500), fields.optional_whole("exit_status")),
}
