"""Bytes on the wire: compact JSON, compressed by zlib with a preset dictionary that belongs to the protocol version.

A payload is one format byte and the body. Format 1 is raw deflate (RFC 1951) of UTF-8 JSON with the dictionary in `dictionary`.
Sizes are bounded on both sides of the compression, so a hostile payload costs no more than MAX_INFLATED_BYTES.
"""

import json
import math
import zlib
from typing import Any

from spotfi_protocol.dictionary import DICTIONARY
from spotfi_protocol.errors import ProtocolError

MAX_PAYLOAD_BYTES = 96 * 1024
"""Largest payload either side accepts. An output piece of 48 KiB that does not compress, in base64, fits."""
MAX_INFLATED_BYTES = 1024 * 1024
"""Largest JSON text either side accepts."""

_FORMAT = b"\x01"
_RAW_DEFLATE = -15
_LEVEL = 9
_MEMORY = 8


def encode(body: dict[str, Any]) -> bytes:
    """A JSON object as payload bytes. ProtocolError when it is larger than a peer would accept."""
    text = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW_DEFLATE, _MEMORY, zlib.Z_FILTERED, DICTIONARY)
    payload = _FORMAT + compressor.compress(text) + compressor.flush()
    if len(payload) > MAX_PAYLOAD_BYTES or len(text) > MAX_INFLATED_BYTES:
        msg = f"message of {len(text)} bytes ({len(payload)} compressed) is too large"
        raise ProtocolError(msg)
    return payload


def decode(payload: bytes) -> dict[str, Any]:
    """The JSON object in a payload. ProtocolError for anything that is not one."""
    text = inflate(payload)
    try:
        body = _read_json(text)
    except (ValueError, RecursionError) as error:
        msg = f"undecodable payload: {error}"
        raise ProtocolError(msg) from error
    if not isinstance(body, dict):
        msg = "payload is not a JSON object"
        raise ProtocolError(msg)
    return body


def inflate(payload: bytes) -> bytes:
    """The text in a payload, unread. ProtocolError where it is too large or was not compressed as this version does."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        msg = f"payload of {len(payload)} bytes is too large"
        raise ProtocolError(msg)
    if payload[:1] != _FORMAT:
        msg = "unknown payload format"
        raise ProtocolError(msg)
    try:
        return _inflate(payload[1:])
    except zlib.error as error:
        msg = f"undecodable payload: {error}"
        raise ProtocolError(msg) from error


def _read_json(text: bytes) -> Any:
    body = json.loads(text, parse_constant=_refuse_constant, parse_float=_read_float)
    if b"\\u" in text:  # an escape is the only way to what no database takes as text
        _check_text(body)
    return body


def _refuse_constant(name: str) -> None:
    msg = f"{name} is not JSON"
    raise ProtocolError(msg)


def _read_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        msg = f"{digits[:40]} is beyond what a number can be"
        raise ProtocolError(msg)
    return number


def _check_text(value: Any) -> None:
    """ProtocolError for a NUL or half a surrogate pair, in any string at any depth."""
    if isinstance(value, str):
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
            msg = "a text has characters that cannot be stored"
            raise ProtocolError(msg)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(_RAW_DEFLATE, zdict=DICTIONARY)
    text = inflater.decompress(data, MAX_INFLATED_BYTES)
    if not inflater.eof or inflater.unused_data:
        msg = "cut short, trailing bytes or too large when inflated"
        raise ProtocolError(msg)
    return text
