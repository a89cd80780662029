"""Attributes to be sent, in wire form: type, length, value.

A packet's attributes are then `b"".join(...)` of these, and what a plan always answers can be kept ready. Numbers that do not
fit are bounded, because a limit of 2^32 - 1 is right where more was meant; text that does not fit is the caller's error.
Source: RFC 2865 §5.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address
from struct import Struct

from spotfi_cloud.radius.attributes import Attr

MAX_INTEGER = (1 << 32) - 1
MAX_VALUE_BYTES = 253
"""Longest value of an attribute: its length octet counts type and length too."""

_INTEGER = Struct(">BBI")
_VENDOR_INTEGER = Struct(">BBIBBI")
_VENDOR_HEADER = Struct(">BBIBB")
_MAX_VENDOR_VALUE_BYTES = MAX_VALUE_BYTES - 6


def octets(attribute: int, value: bytes) -> bytes:
    """An attribute of raw octets. Raises ValueError beyond 253."""
    if len(value) > MAX_VALUE_BYTES:
        msg = f"attribute {attribute} takes {MAX_VALUE_BYTES} octets, not {len(value)}"
        raise ValueError(msg)
    return bytes((attribute, len(value) + 2)) + value


def integer(attribute: int, number: int) -> bytes:
    """An attribute of one unsigned 32-bit number, bounded to what fits."""
    return _INTEGER.pack(attribute, 6, _bounded(number))


def text(attribute: int, value: str) -> bytes:
    """An attribute of UTF-8 text. Raises ValueError beyond 253 octets; `texts` splits instead."""
    return octets(attribute, value.encode())


def texts(attribute: int, value: str) -> bytes:
    """As many attributes as the text needs, cut between characters; nothing for an empty text."""
    return b"".join(octets(attribute, piece) for piece in _pieces(value.encode()))


def ipv4(attribute: int, address: str) -> bytes:
    """An attribute of one IPv4 address given as dotted quad. Raises ValueError for anything else."""
    return octets(attribute, IPv4Address(address).packed)


def vendor_integer(vendor: int, attribute: int, number: int) -> bytes:
    """A vendor's attribute of one unsigned 32-bit number, bounded to what fits (RFC 2865 §5.26)."""
    return _VENDOR_INTEGER.pack(Attr.VENDOR_SPECIFIC, 12, vendor, attribute, 6, _bounded(number))


def vendor_octets(vendor: int, attribute: int, value: bytes) -> bytes:
    """A vendor's attribute of raw octets. Raises ValueError beyond 247."""
    if len(value) > _MAX_VENDOR_VALUE_BYTES:
        msg = f"attribute {attribute} of vendor {vendor} takes {_MAX_VENDOR_VALUE_BYTES} octets, not {len(value)}"
        raise ValueError(msg)
    size = len(value)
    return _VENDOR_HEADER.pack(Attr.VENDOR_SPECIFIC, size + 8, vendor, attribute, size + 2) + value


def vendor_text(vendor: int, attribute: int, value: str) -> bytes:
    """A vendor's attribute of UTF-8 text. Raises ValueError beyond 247 octets."""
    return vendor_octets(vendor, attribute, value.encode())


def _bounded(number: int) -> int:
    return number if 0 <= number <= MAX_INTEGER else max(0, min(number, MAX_INTEGER))


def _pieces(value: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(value):
        end = start + MAX_VALUE_BYTES
        while end < len(value) and value[end] & 0xC0 == 0x80:  # a continuation octet: the character began before it
            end -= 1
        yield value[start:end]
        start = end
