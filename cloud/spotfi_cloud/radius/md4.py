"""MD4 (RFC 1320), which MS-CHAP hashes passwords with and OpenSSL offers no more. Broken for every other use."""

import struct

_WORD = 0xFFFFFFFF
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
_IN_ORDER = tuple(range(16))
_BY_COLUMN = (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)
_BIT_REVERSED = (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)


def md4(data: bytes) -> bytes:
    """The 16 octets of MD4."""
    padding = b"\x80" + bytes((55 - len(data)) % 64)
    padded = data + padding + struct.pack("<Q", 8 * len(data))
    state: tuple[int, ...] = _START
    for start in range(0, len(padded), 64):
        state = _compress(state, struct.unpack_from("<16I", padded, start))
    return struct.pack("<4I", *state)


def _compress(state: tuple[int, ...], words: tuple[int, ...]) -> tuple[int, ...]:
    a, b, c, d = state
    for index, shift in zip(_IN_ORDER, (3, 7, 11, 19) * 4, strict=True):
        a, b, c, d = d, _turn(a + ((b & c) | (~b & d)) + words[index], shift), b, c
    for index, shift in zip(_BY_COLUMN, (3, 5, 9, 13) * 4, strict=True):
        a, b, c, d = d, _turn(a + ((b & c) | (b & d) | (c & d)) + words[index] + 0x5A827999, shift), b, c
    for index, shift in zip(_BIT_REVERSED, (3, 9, 11, 15) * 4, strict=True):
        a, b, c, d = d, _turn(a + (b ^ c ^ d) + words[index] + 0x6ED9EBA1, shift), b, c
    return tuple((before + after) & _WORD for before, after in zip(state, (a, b, c, d), strict=True))


def _turn(number: int, shift: int) -> int:
    number &= _WORD
    return ((number << shift) | (number >> (32 - shift))) & _WORD
