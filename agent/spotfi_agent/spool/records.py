"""Records on flash: mark, length, CRC-32, payload. A cut or flipped byte costs the record it is in and no other."""

import zlib
from collections.abc import Iterator

MAX_RECORD_BYTES = 128 * 1024
_MARK = b"\xa5\x5aS"
_HEADER_BYTES = len(_MARK) + 8


def frame(payload: bytes) -> bytes:
    """A payload as it is appended to a file. At most MAX_RECORD_BYTES."""
    if len(payload) > MAX_RECORD_BYTES:
        msg = f"a record of {len(payload)} bytes is too long"
        raise ValueError(msg)
    length = len(payload).to_bytes(4, "big")
    return _MARK + length + zlib.crc32(length + payload).to_bytes(4, "big") + payload


def scan(data: bytes) -> Iterator[bytes]:
    """The payloads of all whole records, in order, whatever lies between them."""
    at = data.find(_MARK)
    while at >= 0:
        payload = _whole_record(data, at)
        if payload is None:
            at = data.find(_MARK, at + 1)
        else:
            yield payload
            at = data.find(_MARK, at + _HEADER_BYTES + len(payload))


def framed_size(payload: bytes) -> int:
    """Bytes the payload takes on flash."""
    return _HEADER_BYTES + len(payload)


def _whole_record(data: bytes, at: int) -> bytes | None:
    length_at = at + len(_MARK)
    length = data[length_at : length_at + 4]
    size = int.from_bytes(length, "big")
    start = at + _HEADER_BYTES
    payload = data[start : start + size]
    if len(data) < start or size > MAX_RECORD_BYTES or len(payload) < size:
        return None
    check = int.from_bytes(data[length_at + 4 : start], "big")
    return payload if zlib.crc32(length + payload) == check else None
