"""apk-tools 3's database format (ADB): values, blocks and the compressed container. Writing only.

A value is a 32-bit word, four bits of type and 28 bits that are the number itself or the offset of the data. Arrays and objects
start with their number of slots, this one included. Source: apk-tools doc/apk-v3.5.scd, src/adb.h.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping

ADB_BLOCK, SIGNATURE_BLOCK, DATA_BLOCK = 0, 1, 2

NULL = 0
_INT, _INT_32 = 0x1000_0000, 0x2000_0000
_BLOB_8, _BLOB_16, _BLOB_32 = 0x8000_0000, 0x9000_0000, 0xA000_0000
_ARRAY, _OBJECT = 0xD000_0000, 0xE000_0000
_OFFSET_MASK = 0x0FFF_FFFF
_BLOCK_ALIGNMENT = 8
_HEADER_BYTES = 8


class Database:
    """Collects values and hands out the words that refer to them; equal data is stored once."""

    def __init__(self) -> None:
        self._data = bytearray(_HEADER_BYTES)
        self._offsets: dict[tuple[bytes, int], int] = {}

    def integer(self, value: int) -> int:
        if value <= _OFFSET_MASK:
            return _INT | value
        return _INT_32 | self._store(struct.pack("<I", value), 4)

    def blob(self, value: bytes) -> int:
        if not value:
            return NULL
        if len(value) <= 0xFF:
            return _BLOB_8 | self._store(struct.pack("<B", len(value)) + value, 1)
        if len(value) <= 0xFFFF:
            return _BLOB_16 | self._store(struct.pack("<H", len(value)) + value, 2)
        return _BLOB_32 | self._store(struct.pack("<I", len(value)) + value, 4)

    def text(self, value: str) -> int:
        return self.blob(value.encode())

    def array(self, values: Iterable[int]) -> int:
        """Of the values in the given order; apk searches some arrays and wants those sorted."""
        slots = list(values)
        return _ARRAY | self._store_slots(slots) if slots else NULL

    def object(self, fields: Mapping[int, int]) -> int:
        """Of slot number → value; slots without a value stay empty."""
        present = {slot: value for slot, value in fields.items() if value != NULL}
        if not present:
            return NULL
        return _OBJECT | self._store_slots([present.get(slot, NULL) for slot in range(1, max(present) + 1)])

    def reserve(self, size: int) -> tuple[int, int]:
        """A blob of zeroes to be filled in later: its value and the offset of its first byte."""
        offset = len(self._data) + 1
        self._data += struct.pack("<B", size) + bytes(size)
        return _BLOB_8 | (offset - 1), offset

    def finish(self, root: int) -> bytearray:
        """The payload of the ADB block."""
        self._data[:_HEADER_BYTES] = struct.pack("<BBHI", 0, 0, 0, root)
        return self._data

    def _store_slots(self, values: list[int]) -> int:
        return self._store(struct.pack(f"<{len(values) + 1}I", len(values) + 1, *values), 4)

    def _store(self, data: bytes, alignment: int) -> int:
        known = self._offsets.get((data, alignment))
        if known is not None:
            return known
        self._data += bytes(-len(self._data) % alignment)
        offset = self._offsets[data, alignment] = len(self._data)
        self._data += data
        return offset


def block(kind: int, payload: bytes) -> bytes:
    """One block with its header and padding. The header's length counts itself, not the padding."""
    raw = struct.pack("<I", kind << 30 | len(payload) + 4) + payload
    return raw + bytes(-len(raw) % _BLOCK_ALIGNMENT)


def container(schema: bytes, blocks: Iterable[bytes]) -> bytes:
    """A whole file, deflated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"ADBd" + deflate.compress(b"ADB." + schema + b"".join(blocks)) + deflate.flush()
