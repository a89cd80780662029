"""MQTT topics: `spotfi/v1/{router_id}/up/{kind}` from a router, `spotfi/v1/{router_id}/down/{kind}` to it.

A router may publish below its own `up/` and subscribe to its own `down/`, and nothing else; the broker holds it to that.
What is live and for nobody's disk has one level more, `up/live/…`, so that whoever stores messages is not sent it.
"""

import re
from enum import StrEnum
from uuid import UUID

from spotfi_protocol.errors import ProtocolError

PREFIX = "spotfi/v1"
EVERY_UP = f"{PREFIX}/+/up/+"
"""What the cloud stores, and subscribes to for that."""
EVERY_TERMINAL = f"{PREFIX}/+/up/live/terminal"
"""What the terminals of all routers say, for whoever shows them."""

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TOPIC = re.compile(f"{PREFIX}/(?P<router>{_UUID})/(?P<direction>[a-z]+)/(?P<kind>[a-z]+(?:/[a-z]+)?)")


class Up(StrEnum):
    """Kinds of messages from a router."""

    HELLO = "hello"
    STATE = "state"
    TELEMETRY = "telemetry"
    RESULT = "result"
    OUTPUT = "output"
    TERMINAL = "live/terminal"


class Down(StrEnum):
    """Kinds of messages to a router."""

    COMMAND = "command"
    CANCEL = "cancel"
    ACK = "ack"
    SETTINGS = "settings"
    NOTICE = "notice"
    TERMINAL = "terminal"


def up_topic(router_id: UUID, kind: Up) -> str:
    return f"{PREFIX}/{router_id}/up/{kind}"


def down_topic(router_id: UUID, kind: Down) -> str:
    return f"{PREFIX}/{router_id}/down/{kind}"


def every_down(router_id: UUID) -> str:
    """What a router subscribes to."""
    return f"{PREFIX}/{router_id}/down/#"


def parse_up(topic: str) -> tuple[UUID, Up]:
    """Router and kind of an `up` topic. ProtocolError for anything else."""
    router_id, direction, kind = _split(topic)
    if direction != "up" or kind not in Up.__members__.values():
        msg = f"not a topic of a router's: {topic[:120]!r}"
        raise ProtocolError(msg)
    return router_id, Up(kind)


def parse_down(topic: str) -> tuple[UUID, Down]:
    """Router and kind of a `down` topic. ProtocolError for anything else."""
    router_id, direction, kind = _split(topic)
    if direction != "down" or kind not in Down.__members__.values():
        msg = f"not a topic of the cloud's: {topic[:120]!r}"
        raise ProtocolError(msg)
    return router_id, Down(kind)


def _split(topic: str) -> tuple[UUID, str, str]:
    match = _TOPIC.fullmatch(topic)
    if match is None:
        msg = f"not a SpotFi topic: {topic[:120]!r}"
        raise ProtocolError(msg)
    return UUID(match["router"]), match["direction"], match["kind"]
