"""Every packet of tests/vectors means what its description says."""

import pytest

from spotfi_cloud.radius.attributes import Microsoft
from spotfi_cloud.radius.authenticity import verify_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.dictionary import Attribute, load
from spotfi_cloud.radius.errors import MalformedPacketError, UnauthenticPacketError
from spotfi_cloud.radius.mppe import hide_key
from spotfi_cloud.radius.mschap import check_mschap, password_hash, read_mschap
from spotfi_cloud.radius.packet import Packet, decode, read_text
from spotfi_cloud.radius.passwords import check_chap, check_pap
from tests.vectors.reading import Vector, read_vectors

VECTORS = read_vectors()
WELL_FORMED = [vector for vector in VECTORS.values() if "malformed" not in vector.said]
MALFORMED = [vector for vector in VECTORS.values() if "malformed" in vector.said]


def ids(vector: Vector) -> str:
    return vector.name


@pytest.mark.parametrize("vector", MALFORMED, ids=ids)
def test_malformed_is_refused_for_its_reason(vector: Vector) -> None:
    with pytest.raises(MalformedPacketError) as refusal:
        decode(vector.datagram)
    assert refusal.value.reason == vector.said["malformed"]


@pytest.mark.parametrize("vector", WELL_FORMED, ids=ids)
def test_code_and_attributes(vector: Vector) -> None:
    packet = decode(vector.datagram)
    assert packet.code == (Code[vector.said["code"]] if vector.said["code"].isupper() else int(vector.said["code"]))
    for name, expected in vector.holds:
        assert shown(packet, name) == expected, name


@pytest.mark.parametrize("vector", WELL_FORMED, ids=ids)
def test_authenticity(vector: Vector) -> None:
    assert verdict(vector, demanding=True) == (
        "message_authenticator_missing" if vector.said["authentic"] == "legacy" else vector.said["authentic"]
    )
    if vector.said["authentic"] == "legacy":
        assert verdict(vector, demanding=False) == "yes"


@pytest.mark.parametrize("vector", WELL_FORMED, ids=ids)
def test_no_other_secret_will_do(vector: Vector) -> None:
    stranger = Vector(vector.name, vector.datagram, vector.said | {"secret": "somebody else's"})
    assert verdict(stranger, demanding=True) != "yes"


@pytest.mark.parametrize("vector", [vector for vector in WELL_FORMED if "pap" in vector.said], ids=ids)
def test_pap(vector: Vector) -> None:
    packet = decode(vector.datagram)
    assert check_pap(packet, vector.secret, vector.said["pap"].encode())
    assert not check_pap(packet, vector.secret, b"another password")
    assert not check_pap(packet, b"another secret", vector.said["pap"].encode())


@pytest.mark.parametrize("vector", [vector for vector in WELL_FORMED if "chap" in vector.said], ids=ids)
def test_chap(vector: Vector) -> None:
    packet = decode(vector.datagram)
    assert check_chap(packet, vector.said["chap"].encode())
    assert not check_chap(packet, b"another password")


@pytest.mark.parametrize("vector", [vector for vector in WELL_FORMED if "mschap" in vector.said], ids=ids)
def test_mschap(vector: Vector) -> None:
    proof = read_mschap(decode(vector.datagram))
    assert proof is not None
    assert check_mschap(proof, password_hash(vector.said["mschap"].encode()))
    assert not check_mschap(proof, password_hash(b"another password"))


@pytest.mark.parametrize("vector", [vector for vector in WELL_FORMED if "mppe-send" in vector.said], ids=ids)
def test_mppe_keys(vector: Vector) -> None:
    packet, asked = decode(vector.datagram), VECTORS[vector.said["answers"]].datagram[4:20]
    for name, kind in (("mppe-send", Microsoft.MPPE_SEND_KEY), ("mppe-recv", Microsoft.MPPE_RECV_KEY)):
        hidden = packet.vendor(Microsoft.VENDOR, kind) or b""
        assert hide_key(bytes.fromhex(vector.said[name]), asked, vector.secret, hidden[:2]) == hidden


def verdict(vector: Vector, *, demanding: bool) -> str:
    packet = decode(vector.datagram)
    try:
        if "answers" in vector.said:
            asked = VECTORS[vector.said["answers"]].datagram[4:20]
            verify_reply(packet, asked, vector.secret, message_authenticator_required=demanding)
        else:
            verify_request(packet, vector.secret, message_authenticator_required=demanding)
    except UnauthenticPacketError as refusal:
        return refusal.reason
    return "yes"


def shown(packet: Packet, name: str) -> str:
    vendor_name, _, attribute_name = name.rpartition("/")
    vendor = next(each for each in load().values() if each.name == (vendor_name or "RFC"))
    attribute = next(each for each in vendor.attributes.values() if each.name == attribute_name)
    value = packet.vendor(vendor.vendor, attribute.number) if vendor_name else packet.get(attribute.number)
    assert value is not None
    return as_text(attribute, value)


def as_text(attribute: Attribute, value: bytes) -> str:
    match attribute.kind:
        case "text":
            return read_text(value)
        case "integer" | "time":
            return str(int.from_bytes(value, "big"))
        case "ipv4":
            return ".".join(map(str, value))
        case _:
            return value.hex()
