"""The messages, as frozen records, and their JSON form.

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
from spotfi_protocol.fields import Fields, finite, objects, reject

MAX_PIECE_BYTES = 48 * 1024
"""Largest piece of command output in one message."""
MAX_SAMPLES = 120
"""Most samples in one telemetry message: two minutes of live view."""
_MAX_NAME = 64
"""Longest name of an interface; Linux allows 15 characters."""


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


@dataclass(frozen=True, slots=True)
class InterfaceCounters:
    """One network interface: cumulative since boot, as the kernel counts (rx = received by the router)."""

    rx_bytes: int
    tx_bytes: int
    rx_packets: int
    tx_packets: int
    up: bool

    def to_wire(self) -> list[int]:
        return [self.rx_bytes, self.tx_bytes, self.rx_packets, self.tx_packets, int(self.up)]

    @classmethod
    def from_wire(cls, name: str, values: object) -> Self:
        if len(name) > _MAX_NAME:
            reject("interfaces", f"named with at most {_MAX_NAME} characters")
        if not isinstance(values, list) or len(values) != len(cls.__slots__):
            reject(f"interfaces.{name}", "five counters")
        fields = Fields(dict(zip(cls.__slots__, values, strict=True)), path=f"interfaces.{name}.")
        rx_bytes, tx_bytes, rx_packets, tx_packets, up = (fields.count(slot) for slot in cls.__slots__)
        return cls(rx_bytes, tx_bytes, rx_packets, tx_packets, bool(up))


@dataclass(frozen=True, slots=True)
class Sample:
    """What the router measured at one moment. Counters, not rates, so a lost sample loses no bytes.

    None stands for what this router does not have or could not read; nothing is invented.
    """

    mono_ms: int
    uptime_s: int
    cpu_busy_ms: int | None = None
    """Cumulative time all processors were not idle."""
    cpu_total_ms: int | None = None
    """Cumulative time of all processors."""
    load: tuple[float, float, float] | None = None
    """Load averages over 1, 5 and 15 minutes."""
    memory_total_bytes: int | None = None
    memory_available_bytes: int | None = None
    disk_total_bytes: int | None = None
    disk_used_bytes: int | None = None
    temperature_c: float | None = None
    """The hottest sensor."""
    interfaces: dict[str, InterfaceCounters] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        body: dict[str, Any] = {"mono_ms": self.mono_ms, "uptime_s": self.uptime_s}
        for name in _OPTIONAL_COUNTS:
            if (value := getattr(self, name)) is not None:
                body[name] = value
        if self.load is not None:
            body["load"] = list(self.load)
        if self.temperature_c is not None:
            body["temperature_c"] = self.temperature_c
        body["interfaces"] = {name: counters.to_wire() for name, counters in self.interfaces.items()}
        return body

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body, path="samples.")
        interfaces = fields.mapping("interfaces", 64)
        return cls(
            mono_ms=fields.count("mono_ms"),
            uptime_s=fields.count("uptime_s"),
            **{name: fields.optional_count(name) for name in _OPTIONAL_COUNTS},
            load=_load(body.get("load")),
            temperature_c=None if body.get("temperature_c") is None else finite("temperature_c", body["temperature_c"]),
            interfaces={name: InterfaceCounters.from_wire(name, row) for name, row in interfaces.items()},
        )


_OPTIONAL_COUNTS = (
    "cpu_busy_ms",
    "cpu_total_ms",
    "memory_total_bytes",
    "memory_available_bytes",
    "disk_total_bytes",
    "disk_used_bytes",
)


def _load(value: object) -> tuple[float, float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != len(("1", "5", "15")):
        reject("load", "three numbers")
    one, five, fifteen = (finite("load", number) for number in value)
    return one, five, fifteen


@dataclass(frozen=True, slots=True)
class Telemetry:
    """A batch of samples, oldest first. A sample's wall time is the stamp's, less the difference of the monotonic ones."""

    stamp: Stamp
    samples: tuple[Sample, ...]
    dropped: int = 0
    """Samples lost on the router since the last batch because its ring was full."""

    def to_wire(self) -> dict[str, Any]:
        samples = [sample.to_wire() for sample in self.samples]
        return {**self.stamp.to_wire(), "dropped": self.dropped, "samples": samples}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        fields = Fields(body)
        samples = objects("samples", body.get("samples"), MAX_SAMPLES)
        return cls(Stamp.from_wire(fields), tuple(map(Sample.from_wire, samples)), fields.count("dropped"))


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

    def to_wire(self) -> dict[str, Any]:
        return {"interval_s": self.interval_s}

    @classmethod
    def from_wire(cls, body: dict[str, Any]) -> Self:
        return cls(max(1, Fields(body).count("interval_s")))


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
