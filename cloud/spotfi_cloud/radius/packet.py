"""A packet as it arrived: `decode` cuts a datagram into attributes, `Packet` hands out their values.

Nothing here knows secrets or meanings; values come out raw, or read as text, integer or address. Source: RFC 2865 §3
and §5, RFC 2866 §5, RFC 2869 §5.1.
"""

from struct import Struct

from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.errors import MalformedPacketError

HEADER = Struct(">BBH")
"""Code, identifier, length; the authenticator of 16 octets follows."""
HEADER_BYTES = 20
MAX_BYTES = 4096
"""No packet is longer (RFC 2865 §3)."""

_SIGNATURE = Attr.MESSAGE_AUTHENTICATOR
_INTEGER_BYTES = 4
_VENDOR_BYTES = 4


class Packet:
    """A well-formed packet; made by `decode`, never changed afterwards. `raw` is the datagram without padding."""

    __slots__ = ("_first", "_vendor", "authenticator", "code", "identifier", "raw", "signature_at")

    def __init__(self, raw: bytes, code: int, identifier: int, first: dict[int, bytes], signature_at: int) -> None:
        self.raw = raw
        self.code = code
        self.identifier = identifier
        self.authenticator = raw[4:HEADER_BYTES]
        self.signature_at = signature_at
        """Where in `raw` the value of the first Message-Authenticator begins; 0 where there is none."""
        self._first = first
        self._vendor: dict[tuple[int, int], bytes] | None = None

    def __repr__(self) -> str:
        return f"<Packet code={self.code} identifier={self.identifier} bytes={len(self.raw)}>"

    def __contains__(self, attribute: int) -> bool:
        return attribute in self._first

    def get(self, attribute: int) -> bytes | None:
        """Value of the first attribute of this type, None where there is none."""
        return self._first.get(attribute)

    @property
    def attributes(self) -> list[tuple[int, bytes]]:
        """All (type, value) pairs in the order they came."""
        pairs, raw, at = [], self.raw, HEADER_BYTES
        while at < len(raw):
            after = at + raw[at + 1]
            pairs.append((raw[at], raw[at + 2 : after]))
            at = after
        return pairs

    def get_all(self, attribute: int) -> list[bytes]:
        """Values of all attributes of this type, in order."""
        return [value for kind, value in self.attributes if kind == attribute] if attribute in self._first else []

    def text(self, attribute: int) -> str | None:
        """The value as text that every database takes: trailing NULs gone, what is not UTF-8 or is NUL as U+FFFD."""
        value = self._first.get(attribute)
        if value is None or b"\0" in value:
            return None if value is None else read_text(value)
        return value.decode("utf-8", "replace")

    def integer(self, attribute: int) -> int | None:
        """The value as unsigned 32-bit number; None where it is absent or not four octets long."""
        value = self._first.get(attribute)
        return None if value is None or len(value) != _INTEGER_BYTES else int.from_bytes(value, "big")

    def ipv4(self, attribute: int) -> str | None:
        """The value as dotted quad; None where it is absent or not four octets long."""
        value = self._first.get(attribute)
        return None if value is None or len(value) != _INTEGER_BYTES else f"{value[0]}.{value[1]}.{value[2]}.{value[3]}"

    def octets(self, low: int, gigawords: int) -> int | None:
        """A 64-bit counter out of its two attributes, such as Acct-Input-Octets and Acct-Input-Gigawords, in bytes.

        None where the low word is absent: a NAS that counts nothing is not one that counted zero.
        """
        count = self.integer(low)
        return None if count is None else count + ((self.integer(gigawords) or 0) << 32)

    def vendor(self, vendor: int, attribute: int) -> bytes | None:
        """Value of a vendor's first attribute of this type (RFC 2865 §5.26), None where there is none."""
        if self._vendor is None:
            self._vendor = _vendor_attributes(self.get_all(Attr.VENDOR_SPECIFIC))
        return self._vendor.get((vendor, attribute))


def decode(datagram: bytes) -> Packet:
    """The packet in a datagram; octets behind its Length are padding and ignored.

    Raises MalformedPacketError with a reason of `short`, `length`, `truncated` or `attribute`; nothing else whatever arrives.
    """
    if len(datagram) < HEADER_BYTES:
        raise MalformedPacketError("short", f"a datagram of {len(datagram)} octets is shorter than a RADIUS header")
    code, identifier, length = HEADER.unpack_from(datagram)
    if not HEADER_BYTES <= length <= MAX_BYTES:
        raise MalformedPacketError("length", f"the length field says {length}, allowed are 20 to 4096")
    if length > len(datagram):
        raise MalformedPacketError("truncated", f"the length field says {length}, {len(datagram)} octets arrived")
    raw = datagram[:length]
    first, signature_at = _first_attributes(raw, length)
    return Packet(raw, code, identifier, first, signature_at)


def read_text(value: bytes) -> str:
    """A value as text; see `Packet.text`."""
    if b"\0" in value:
        value = value.rstrip(b"\0").replace(b"\0", b"\xef\xbf\xbd")
    return value.decode("utf-8", "replace")


def _first_attributes(raw: bytes, length: int) -> tuple[dict[int, bytes], int]:
    """First value by type, and where that of Message-Authenticator begins: in one pass, because each packet pays for it."""
    first: dict[int, bytes] = {}
    signature_at = 0
    at = HEADER_BYTES
    last = length - 1  # an attribute's own length octet lies before the end, or there is no attribute
    while at < last:
        kind, size = raw[at], raw[at + 1]
        if size < 2:
            raise MalformedPacketError("attribute", f"the attribute at octet {at} says it is {size} octets long")
        after = at + size
        if kind not in first:
            first[kind] = raw[at + 2 : after]
            if kind == _SIGNATURE:
                signature_at = at + 2
        at = after
    if at != length:
        raise MalformedPacketError("attribute", "the last attribute does not end where the packet ends")
    return first, signature_at


def _vendor_attributes(values: list[bytes]) -> dict[tuple[int, int], bytes]:
    """First value by (vendor, type). What does not have the suggested form is some vendor's own matter and skipped."""
    found: dict[tuple[int, int], bytes] = {}
    for value in values:
        vendor = int.from_bytes(value[:_VENDOR_BYTES], "big")
        at = _VENDOR_BYTES
        while at + 1 < len(value):
            after = at + value[at + 1]
            if after < at + 2 or after > len(value):
                break
            found.setdefault((vendor, value[at]), value[at + 2 : after])
            at = after
    return found
