"""What `decode` makes of a datagram and what a packet tells about itself."""

import pytest

from spotfi_cloud.kernel.errors import PeerError
from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr, ChilliSpot, WISPr
from spotfi_cloud.radius.errors import MalformedPacketError
from spotfi_cloud.radius.packet import Packet, decode

AUTHENTICATOR = bytes(range(16))


def packet_of(*attributes: bytes, padding: bytes = b"") -> Packet:
    body = b"".join(attributes)
    return decode(bytes((1, 7)) + (20 + len(body)).to_bytes(2, "big") + AUTHENTICATOR + body + padding)


def test_header_and_attributes_come_in_order() -> None:
    packet = packet_of(
        values.text(Attr.USER_NAME, "ada"), values.octets(Attr.CLASS, b"b"), values.octets(Attr.CLASS, b"a")
    )
    assert (packet.code, packet.identifier, packet.authenticator) == (1, 7, AUTHENTICATOR)
    assert packet.attributes == [(1, b"ada"), (25, b"b"), (25, b"a")]
    assert packet.get(Attr.CLASS) == b"b"
    assert packet.get_all(Attr.CLASS) == [b"b", b"a"]


def test_padding_belongs_to_nobody() -> None:
    packet = packet_of(values.text(Attr.USER_NAME, "ada"), padding=b"\x02\x06spam")
    assert packet.raw == packet_of(values.text(Attr.USER_NAME, "ada")).raw
    assert Attr.USER_PASSWORD not in packet


@pytest.mark.parametrize("length", [4096, 4097])
def test_the_longest_packet_has_4096_octets(length: int) -> None:
    body = values.octets(Attr.PROXY_STATE, b"") * ((length - 20) // 2) + b"\x00" * (length % 2)
    datagram = b"\x01\x01" + length.to_bytes(2, "big") + AUTHENTICATOR + body
    if length == 4096:
        assert len(decode(datagram).attributes) == 2038
    else:
        with pytest.raises(MalformedPacketError, match="4097"):
            decode(datagram)


def test_a_malformed_packet_is_the_peers_fault() -> None:
    with pytest.raises(PeerError) as refusal:
        decode(b"GET / HTTP/1.1\r\n")
    assert refusal.value.code == "radius_malformed"


def test_absent_attributes_are_none() -> None:
    packet = packet_of()
    assert packet.get(Attr.USER_NAME) is None
    assert packet.text(Attr.USER_NAME) is None
    assert packet.integer(Attr.SESSION_TIMEOUT) is None
    assert packet.ipv4(Attr.FRAMED_IP_ADDRESS) is None
    assert packet.vendor(ChilliSpot.VENDOR, ChilliSpot.LANG) is None
    assert packet.octets(Attr.ACCT_INPUT_OCTETS, Attr.ACCT_INPUT_GIGAWORDS) is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"ada", "ada"),
        ("Zoë".encode(), "Zoë"),
        (b"ada\0\0", "ada"),  # portals pad what the browser sent
        (b"a\0da", "a\ufffdda"),  # PostgreSQL takes no NUL: one guest must not spoil a whole batch
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd" * 3),  # a lone surrogate is not UTF-8
        (b"", ""),
    ],
)
def test_text_is_always_storable(sent: bytes, read: str) -> None:
    assert packet_of(values.octets(Attr.USER_NAME, sent)).text(Attr.USER_NAME) == read


@pytest.mark.parametrize("sent", [b"", b"\x01", b"\x00\x00\x01", b"\x00" * 5, b"\x00" * 8])
def test_a_number_that_is_not_four_octets_is_none(sent: bytes) -> None:
    packet = packet_of(values.octets(Attr.SESSION_TIMEOUT, sent), values.octets(Attr.FRAMED_IP_ADDRESS, sent))
    assert packet.integer(Attr.SESSION_TIMEOUT) is None
    assert packet.ipv4(Attr.FRAMED_IP_ADDRESS) is None


@pytest.mark.parametrize(
    ("low", "gigawords", "bytes_counted"),
    [(0, None, 0), (0xFFFFFFFF, None, 0xFFFFFFFF), (0, 1, 1 << 32), (7, 0xFFFFFFFF, (0xFFFFFFFF << 32) + 7)],
)
def test_counters_have_64_bits(low: int, gigawords: int | None, bytes_counted: int) -> None:
    attributes = [values.integer(Attr.ACCT_INPUT_OCTETS, low)]
    if gigawords is not None:
        attributes.append(values.integer(Attr.ACCT_INPUT_GIGAWORDS, gigawords))
    assert packet_of(*attributes).octets(Attr.ACCT_INPUT_OCTETS, Attr.ACCT_INPUT_GIGAWORDS) == bytes_counted


def test_addresses_are_dotted() -> None:
    assert packet_of(values.ipv4(Attr.NAS_IP_ADDRESS, "192.0.2.255")).ipv4(Attr.NAS_IP_ADDRESS) == "192.0.2.255"


def test_vendor_attributes_are_found_by_vendor_and_type() -> None:
    packet = packet_of(
        values.vendor_text(WISPr.VENDOR, WISPr.LOCATION_NAME, "Café"),
        values.vendor_integer(ChilliSpot.VENDOR, ChilliSpot.MAX_OUTPUT_OCTETS, 9),
    )
    assert packet.vendor(WISPr.VENDOR, 2) == "Café".encode()
    assert packet.vendor(ChilliSpot.VENDOR, 2) == b"\0\0\0\x09"
    assert packet.vendor(ChilliSpot.VENDOR, 3) is None


def test_one_vendor_specific_may_hold_several_attributes() -> None:
    both = WISPr.VENDOR.to_bytes(4, "big") + b"\x01\x04id" + b"\x02\x06name"
    packet = packet_of(values.octets(Attr.VENDOR_SPECIFIC, both))
    assert packet.vendor(WISPr.VENDOR, WISPr.LOCATION_ID) == b"id"
    assert packet.vendor(WISPr.VENDOR, WISPr.LOCATION_NAME) == b"name"


@pytest.mark.parametrize(
    "value", [b"", b"\0\0", b"\0\0\x37\x2a", b"\0\0\x37\x2a\x01", b"\0\0\x37\x2a\x01\x00", b"\0\0\x37\x2a\x01\x09x"]
)
def test_a_vendor_attribute_of_unknown_form_is_skipped(value: bytes) -> None:
    packet = packet_of(
        values.octets(Attr.VENDOR_SPECIFIC, value), values.vendor_text(WISPr.VENDOR, WISPr.LOCATION_ID, "id")
    )
    assert packet.vendor(WISPr.VENDOR, WISPr.LOCATION_ID) == b"id"
