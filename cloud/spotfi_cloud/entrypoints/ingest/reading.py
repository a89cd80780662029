"""From a delivery to a checked message, or to the reason why it is dropped."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from spotfi_cloud.entrypoints.ingest.link import Delivery
from spotfi_cloud.kernel.errors import PeerError
from spotfi_cloud.telemetry.service import Message, read_message
from spotfi_protocol.codec import decode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.messages import Hello, Output, Result, State
from spotfi_protocol.topics import Up, parse_up

Body: TypeAlias = Hello | State | Message | Result | Output

_TOPICS_KNOWN = 20_000


class DroppedError(PeerError):
    """A delivery that is not a message of the contract; `reason` is what it is counted under."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(slots=True)
class Incoming:
    """A message of a router that follows the contract."""

    router_id: UUID
    kind: Up
    body: Body


def read(delivery: Delivery) -> Incoming:
    """The message in a delivery. DroppedError for anything else."""
    try:
        router_id, kind = _address(delivery.topic)
    except ProtocolError as error:
        raise DroppedError("unknown_topic", str(error)) from error
    if delivery.payload is None:
        raise DroppedError("oversized", "the payload is larger than any that is allowed")
    try:
        return Incoming(router_id, kind, _parse(kind, delivery.payload))
    except (ProtocolError, RecursionError) as error:
        raise DroppedError("undecodable", str(error)) from error


_address = lru_cache(maxsize=_TOPICS_KNOWN)(parse_up)


def _parse(kind: Up, payload: bytes) -> Body:
    match kind:
        case Up.TELEMETRY:
            return read_message(payload)
        case Up.HELLO:
            return Hello.from_wire(decode(payload))
        case Up.STATE:
            return State.from_wire(decode(payload))
        case Up.RESULT:
            return Result.from_wire(decode(payload))
        case Up.OUTPUT:
            return Output.from_wire(decode(payload))
        case Up.TERMINAL:
            msg = "nothing of a terminal is stored"
            raise ProtocolError(msg)
