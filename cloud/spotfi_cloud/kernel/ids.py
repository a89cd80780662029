"""Identifiers: UUID version 7 (RFC 9562 §5.7), made here because PostgreSQL 15 has no uuidv7()."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits. Sorts by creation time."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    random_a, random_b = random >> 68, random & (1 << 62) - 1
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)
