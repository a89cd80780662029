"""MD5 and HMAC-MD5, which are the protocol's choice and not ours.

Both start from prepared hash states. Otherwise OpenSSL looks the algorithm up and keys the HMAC anew for each packet, which
takes longer than hashing it.
"""

from functools import lru_cache
from hashlib import md5 as new_md5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

_EMPTY = new_md5(usedforsecurity=False)
_BLOCK_BYTES = 64
_INNER = bytes(octet ^ 0x36 for octet in range(256))
_OUTER = bytes(octet ^ 0x5C for octet in range(256))


def md5(data: bytes) -> bytes:
    """The 16 octets of MD5."""
    state = _EMPTY.copy()
    state.update(data)
    return state.digest()


def hmac_md5(secret: bytes, data: bytes) -> bytes:
    """The 16 octets of HMAC-MD5 (RFC 2104)."""
    inner, outer = _keyed(secret)
    state, result = inner.copy(), outer.copy()
    state.update(data)
    result.update(state.digest())
    return result.digest()


@lru_cache(maxsize=8192)  # one entry per NAS at work
def _keyed(secret: bytes) -> "tuple[HASH, HASH]":
    key = (md5(secret) if len(secret) > _BLOCK_BYTES else secret).ljust(_BLOCK_BYTES, b"\0")
    inner, outer = _EMPTY.copy(), _EMPTY.copy()
    inner.update(key.translate(_INNER))
    outer.update(key.translate(_OUTER))
    return inner, outer
