"""A telemetry message as the cloud works with it: its columns, expanded only where a figure is asked for. Pure.

A message of four samples has some eighty columns. Making samples of them costs more than all else that is done with a
message, so whoever stores or adds up reads the columns themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson

from spotfi_cloud.telemetry.plain import is_plain
from spotfi_protocol.batch import pack, unpack
from spotfi_protocol.codec import decode, inflate
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.fields import Fields
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import Sample

Body = dict[str, Any]


@dataclass(slots=True)
class Message:
    """A batch of samples, checked, oldest first. `body` has the columns of `spotfi_protocol.batch`."""

    stamp: Stamp
    dropped: int
    count: int
    body: Body
    payload: bytes
    """What the router sent."""

    @property
    def levels(self) -> Body:
        """Columns by name; empty without samples."""
        return self.body.get("levels") or {}


def read_message(payload: bytes) -> Message:
    """The message in a payload. ProtocolError for one that is not."""
    body = _read_body(payload)
    fields = Fields(body)
    stamp, dropped = Stamp.from_wire(fields), fields.count("dropped")
    if not is_plain(body):
        samples = sorted(unpack(body), key=_by_age)
        body = pack(samples)
    return Message(stamp, dropped, body["count"], body, payload)


def read_stored(payload: bytes) -> Message:
    """The message in a payload that `read_message` has taken before: not looked at again. Its samples may be in any order."""
    body = _read_body(payload)
    fields = Fields(body)
    return Message(Stamp.from_wire(fields), fields.count("dropped"), body["count"], body, payload)


def _read_body(payload: bytes) -> Body:
    text = inflate(payload)
    if b"\\u" in text:  # may hide what no database takes as text
        return decode(payload)
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        msg = f"undecodable payload: {error}"
        raise ProtocolError(msg) from error
    if type(body) is not dict:
        msg = "payload is not a JSON object"
        raise ProtocolError(msg)
    return body


def _by_age(sample: Sample) -> int:
    return sample.mono_ms


def expand(column: Any, count: int) -> Sequence[Any]:
    """The values of a column of numbers; None where the router had none."""
    if type(column) is not list:
        return (column,) * count
    if None not in column:
        return tuple(accumulate(column))
    following = iter(tuple(accumulate(step for step in column if step is not None)))
    return [None if step is None else next(following) for step in column]


def newest(column: Any) -> Any:
    """The last value of a column of numbers."""
    if type(column) is not list:
        return column
    return sum(column) if None not in column else expand(column, len(column))[-1]


def last_but_one(column: Any) -> Any:
    """The value before the last one, of a message of two samples or more."""
    if type(column) is not list:
        return column
    return sum(column[:-1]) if None not in column else expand(column, len(column))[-2]


def newest_text(column: Any) -> Any:
    """The last value of a column of texts."""
    return column[-1] if type(column) is list else column
