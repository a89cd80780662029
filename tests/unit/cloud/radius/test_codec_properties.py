"""Whatever arrives, decoding refuses it cleanly or understands it completely."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_request, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import MalformedPacketError, UnauthenticPacketError
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.radius.passwords import check_chap, check_pap
from spotfi_cloud.radius.traffic import read_traffic

KINDS = st.integers(0, 255).filter(lambda kind: kind != Attr.MESSAGE_AUTHENTICATOR)
ATTRIBUTES = st.lists(st.tuples(KINDS, st.binary(max_size=253)), max_size=14)
LENGTHS = st.integers(0, 2**16 - 1)


@given(st.binary(max_size=5000))
def test_decoding_noise_raises_nothing_but_malformed(datagram: bytes) -> None:
    consume(datagram)


@given(LENGTHS, st.binary(max_size=300), st.booleans())
def test_decoding_almost_packets_raises_nothing_but_malformed(length: int, body: bytes, honest: bool) -> None:
    length = 20 + len(body) if honest else length
    consume(b"\x01\x02" + length.to_bytes(2, "big") + bytes(16) + body)


@given(ATTRIBUTES)
def test_what_is_encoded_is_decoded(attributes: list[tuple[int, bytes]]) -> None:
    wire = [values.octets(kind, value) for kind, value in attributes]
    packet = decode(sign_request(Code.ACCOUNTING_REQUEST, 5, b"secret", wire))
    assert packet.attributes == attributes
    assert all(packet.get_all(kind) == [v for k, v in attributes if k == kind] for kind, _ in attributes)
    verify_request(packet, b"secret")


@given(ATTRIBUTES, st.binary(max_size=50))
def test_decoding_and_encoding_gives_the_same_octets(attributes: list[tuple[int, bytes]], padding: bytes) -> None:
    sent = sign_access_request(5, bytes(16), b"secret", [values.octets(*each) for each in attributes])
    packet = decode(sent + padding)
    again = b"".join(values.octets(kind, value) for kind, value in packet.attributes)
    assert packet.raw == sent == sent[:20] + again


def consume(datagram: bytes) -> None:
    """Everything a server does with a datagram before it knows whether to trust it, and some things after."""
    try:
        packet = decode(datagram)
    except MalformedPacketError:
        return
    assert len(packet.raw) == 20 + sum(2 + len(value) for _, value in packet.attributes)
    for kind in range(256):
        packet.text(kind), packet.integer(kind), packet.ipv4(kind), packet.vendor(14559, kind)
    for nas_kind in NasKind:
        read_traffic(packet, nas_kind)
    check_pap(packet, b"secret", b"password")
    check_chap(packet, b"password")
    with suppress(UnauthenticPacketError):
        verify_request(packet, b"secret")
