"""Identifiers: UUID version 7 (RFC 9562 §5.7), made here because PostgreSQL 15 has no uuidv7()."""

import os
import time
from uuid import UUID

_RANDOM_BYTES = 10
_DRAWN_BYTES = 512 * _RANDOM_BYTES


class _Randomness:
    """The system's random octets, drawn for many identifiers at a time. None is handed out twice, nor shared with a fork."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._pieces: list[bytes] = []

    def take(self) -> bytes:
        try:
            return self._pieces.pop()  # atomic: threads share this
        except IndexError:
            drawn = os.urandom(_DRAWN_BYTES)
            pieces = [drawn[at : at + _RANDOM_BYTES] for at in range(_RANDOM_BYTES, _DRAWN_BYTES, _RANDOM_BYTES)]
            self._pieces = pieces
            return drawn[:_RANDOM_BYTES]


_randomness = _Randomness()
os.register_at_fork(after_in_child=_randomness.forget)


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits. Sorts by creation time."""
    return UUID(int=_new_number())


def new_hex() -> str:
    """The same as 32 hexadecimal digits, for half of the price."""
    return f"{_new_number():032x}"


def _new_number() -> int:
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(_randomness.take())
    random_a, random_b = random >> 68, random & (1 << 62) - 1
    return (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b
