"""The messages, as frozen records, and their JSON form. Telemetry, which has a form of its own, is in `telemetry`.

Every message from a router carries a `Stamp`. The cloud tells a repeated message by (router, boot_id, seq); the wall clock
may be wrong (a router boots in 1970 until NTP answers), so durations are taken from the monotonic one.

`to_wire` gives the JSON object for `codec.encode`; `from_wire` checks one from `codec.decode` and raises ProtocolError
naming the field that does not fit. Unknown fields are ignored, so either side may be newer.
"""

import base64
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.fields import Fields, reject

MAX_LIVE_S = 300
"""Longest live view."""
MAX_PIECE_BYTES = 48 * 1024
"""Largest piece of command output in one message."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and when a message was made: which boot of the router, which message of that boot, by which clocks."""

    boot_id: UUID
    seq: int
    wall_ms: int
    """Milliseconds since 1970-01-01 UTC by the router's clock."""
    mono_ms: int
    """Milliseconds since an arbitrary point of this boot; never goes back."""

    def to_wire(self) -> dict[str, Any]:
        return {"boot_id": str(self.boot_id), "seq": self.seq, "wall_ms": self.wall_ms, "mono_ms": self.mono_ms}

    @classmethod
    def from_wire(cls, fields: Fields) -> Self:
        return cls(
            boot_id=fields.uuid("boot_id"),
            seq=fields.count("seq"),
            wall_ms=fields.count("wall_ms"),
            mono_ms=fields.count("mono_ms"),
        )


@dataclass(frozen=True, slots=True)
class Hello:
    """First message of each connection: who speaks, and what the cloud should know before anything else."""

    stamp: Stamp
    connection: int
    """Counts the connections of this boot; lets the cloud ignore the last will of an older one."""
    agent_version: str
    protocol: int
    hostname: str
    model: str
    """Board or machine name, empty where unknown."""
    release: str
    """Firmware or operating system, such as `OpenWrt 24.10.2`."""
    transport: str
    """`mqtt` or `websocket`."""
    board: str = ""
    """The vendor's name of the board as firmware images use it, such as `tplink,archer-c7-v5`."""
    target: str = ""
    """What the firmware is built for, such as `ath79/generic`."""

    def to_wire(self) -> dict[str, Any]:
        return {
            **self.stamp.to_wire(),
            "connection": self.connection,
            "agent_version": self.agent_version,
            "protocol": self.protocol,
            "hostname": self.hostname,
            "model": self.model,
            "release": self.release,
            "transport": self.transport,
            "board": self.board,
            "target": self.target,
        }

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(
            stamp=Stamp.from_wire(fields),
            connection=fields.count("connection"),
            agent_version=fields.text("agent_version", 64),
            protocol=fields.count("protocol"),
            hostname=fields.text("hostname", 255),
            model=fields.text("model", 255),
            release=fields.text("release", 255),
            transport=fields.text("transport", 16),
            board=fields.text("board", 128),
            target=fields.text("target", 128),
        )


@dataclass(frozen=True, slots=True)
class State:
    """The last will (and the goodbye of an orderly stop): this connection of this boot is over."""

    boot_id: UUID
    connection: int
    online: bool

    def to_wire(self) -> dict[str, Any]:
        return {"boot_id": str(self.boot_id), "connection": self.connection, "online": self.online}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(fields.uuid("boot_id"), fields.count("connection"), fields.flag("online"))


class ResultState(StrEnum):
    """How far a router is with a command. `accepted` says it will run; the others are final."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Result:
    """A command's progress or end. Journalled on the router until the cloud acknowledges it."""

    stamp: Stamp
    command_id: UUID
    state: ResultState
    detail: dict[str, Any] = field(default_factory=dict)
    """What to show for it: `message` in words, and what the kind of command defines."""

    def to_wire(self) -> dict[str, Any]:
        return {
            **self.stamp.to_wire(),
            "command_id": str(self.command_id),
            "state": self.state.value,
            "detail": self.detail,
        }

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(
            stamp=Stamp.from_wire(fields),
            command_id=fields.uuid("command_id"),
            state=ResultState(fields.choice("state", ResultState)),
            detail=fields.mapping("detail", 64),
        )


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of a command's output. Pieces count from 0; the cloud acknowledges each, which paces the router."""

    stamp: Stamp
    command_id: UUID
    piece: int
    data: bytes

    def to_wire(self) -> dict[str, Any]:
        return {
            **self.stamp.to_wire(),
            "command_id": str(self.command_id),
            "piece": self.piece,
            "data": base64.b64encode(self.data).decode(),
        }

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        try:
            data = base64.b64decode(fields.text("data", MAX_PIECE_BYTES * 2), validate=True)
        except ValueError as error:  # binascii.Error is one; characters beyond ASCII raise a plain one
            msg = "field 'data' must be base64"
            raise ProtocolError(msg) from error
        if len(data) > MAX_PIECE_BYTES:
            reject("data", f"at most {MAX_PIECE_BYTES} bytes")
        return cls(Stamp.from_wire(fields), fields.uuid("command_id"), fields.count("piece"), data)


@dataclass(frozen=True, slots=True)
class Command:
    """An order to a router. It may arrive any number of times and runs at most once."""

    command_id: UUID
    kind: str
    args: dict[str, Any]
    deadline_at_ms: int
    """Milliseconds since 1970 UTC after which it must not start; for a router whose clock is right."""
    expires_in_s: int
    """The same as seconds from the moment of sending; for a router whose clock is not."""
    limit_s: int | None = None
    """Seconds it may run before the router stops it; None leaves that to the router, which has a limit for each kind."""

    def to_wire(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "command_id": str(self.command_id),
            "kind": self.kind,
            "args": self.args,
            "deadline_at_ms": self.deadline_at_ms,
            "expires_in_s": self.expires_in_s,
        }
        return body if self.limit_s is None else {**body, "limit_s": self.limit_s}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(
            command_id=fields.uuid("command_id"),
            kind=fields.text("kind", 64),
            args=fields.mapping("args", 64),
            deadline_at_ms=fields.count("deadline_at_ms"),
            expires_in_s=fields.count("expires_in_s"),
            limit_s=fields.optional_count("limit_s"),
        )


@dataclass(frozen=True, slots=True)
class Cancel:
    """An order taken back: not to be begun, or to be stopped. Answered by a result: `cancelled`, or what came first."""

    command_id: UUID

    def to_wire(self) -> dict[str, Any]:
        return {"command_id": str(self.command_id)}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        return cls(Fields(body).uuid("command_id"))


@dataclass(frozen=True, slots=True)
class Ack:
    """The cloud has these messages of one boot on its disk; the router may forget them. Sent after the commit."""

    boot_id: UUID
    seqs: tuple[int, ...]

    def to_wire(self) -> dict[str, Any]:
        return {"boot_id": str(self.boot_id), "seqs": list(self.seqs)}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(fields.uuid("boot_id"), fields.counts("seqs", 1000))


@dataclass(frozen=True, slots=True)
class Settings:
    """How the cloud wants the router to report. Sent after each hello and on change."""

    interval_s: int
    live_for_s: int = 0
    """Seconds of live view from the moment this arrives: a sample each second, sent at once. 0 ends one."""

    def to_wire(self) -> dict[str, Any]:
        return {"interval_s": self.interval_s, "live_for_s": self.live_for_s}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        return cls(max(1, fields.count("interval_s")), min(fields.count("live_for_s"), MAX_LIVE_S))


class NoticeKind(StrEnum):
    """Things a router is told that are not orders."""

    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the router must know: its key was revoked, and it should stop until enrolled again."""

    kind: NoticeKind

    def to_wire(self) -> dict[str, Any]:
        return {"kind": self.kind.value}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        return cls(NoticeKind(Fields(body).choice("kind", NoticeKind)))
