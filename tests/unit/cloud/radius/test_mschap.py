"""MS-CHAPv2 and MPPE: the RFCs' examples, step by step, and what does not fit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius.attributes import Attr, Microsoft
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.md4 import md4
from spotfi_cloud.radius.md5 import md5
from spotfi_cloud.radius.mppe import hide_key, key_attributes, master_key, server_keys
from spotfi_cloud.radius.mschap import (
    authenticator_response,
    check_mschap,
    error_attribute,
    nt_response,
    password_hash,
    read_mschap,
)
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import octets, vendor_octets
from tests.vectors.reading import read_vectors

REQUEST = decode(read_vectors()["rfc2759-9.2-request"].datagram)


@pytest.mark.parametrize(
    ("text", "digest"),  # RFC 1320, A.5
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"a", "bde52cb31de33e46245e05fbdbd6fb24"),
        (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4(text: bytes, digest: str) -> None:
    assert md4(text).hex() == digest


def test_the_steps_of_rfc_2759() -> None:
    proof = read_mschap(REQUEST)
    assert proof is not None
    hashed = password_hash(b"clientPass")
    assert hashed.hex() == "44ebba8d5312b8d611474411f56989ae"
    assert md4(hashed).hex() == "41c00c584bd2d91c4017a2a12fa59f3f"
    assert nt_response(bytes.fromhex("d02e4386bce91226"), hashed) == proof.nt_response
    assert authenticator_response(proof, hashed).hex() == "407a5589115fd0d6209f510fe9c04566932cda56"


def test_the_keys_of_rfc_3079() -> None:
    proof = read_mschap(REQUEST)
    assert proof is not None
    master = master_key(password_hash(b"clientPass"), proof.nt_response)
    assert master.hex() == "fdece3717a8c838cb388e527ae3cdd31"
    assert server_keys(master)[0].hex() == "8b7cdc149b993a1ba118cb153f56dccb"


def test_the_domain_before_the_name_is_no_part_of_the_proof() -> None:
    proof = read_mschap(REQUEST)
    assert proof is not None
    attributes = [
        octets(kind, b"CAFE\\User" if kind == Attr.USER_NAME else value) for kind, value in REQUEST.attributes[1:]
    ]
    prefixed = read_mschap(decode(sign_access_request(1, bytes(16), b"s", attributes)))
    assert prefixed == proof


def test_an_error_says_why_and_that_another_try_is_useless() -> None:
    proof = read_mschap(REQUEST)
    assert proof is not None
    assert error_attribute(proof, "no")[8:] == b"\x01E=691 R=0 C=5B5D7C7D7B3F2F3E3C2C602132262628 V=3 M=no"
    assert not check_mschap(replace(proof, nt_response=bytes(24)), password_hash(b"clientPass"))


@given(challenge=st.binary(max_size=40), response=st.binary(max_size=120))
def test_lengths_that_are_wrong_are_no_proof(challenge: bytes, response: bytes) -> None:
    found = read_mschap(mschap_request(challenge, response))
    assert (found is not None) == (len(challenge) == 16 and len(response) == 50)


@given(key=st.binary(min_size=1, max_size=32), salt=st.binary(min_size=2, max_size=2))
def test_a_hidden_key_comes_back_with_the_secret(key: bytes, salt: bytes) -> None:
    assert reveal(hide_key(key, bytes(16), b"secret", salt), bytes(16), b"secret") == key


def test_each_reply_hides_its_keys_under_salts_of_their_own() -> None:
    accept = decode(sign_access_request(1, bytes(16), b"s", [key_attributes(REQUEST, b"s", bytes(16), bytes(24))]))
    send, receive = (accept.vendor(Microsoft.VENDOR, kind) or b"" for kind in (16, 17))
    assert send[0] & receive[0] & 0x80
    assert send[:2] != receive[:2]
    assert (reveal(send, REQUEST.authenticator, b"s"), reveal(receive, REQUEST.authenticator, b"s")) == server_keys(
        master_key(bytes(16), bytes(24))
    )


def reveal(hidden: bytes, authenticator: bytes, secret: bytes) -> bytes:
    clear, previous = b"", authenticator + hidden[:2]
    for start in range(2, len(hidden), 16):
        block = hidden[start : start + 16]
        clear += bytes(left ^ right for left, right in zip(block, md5(secret + previous), strict=True))
        previous = block
    return clear[1 : 1 + clear[0]]


def mschap_request(challenge: bytes, response: bytes) -> Packet:
    attributes = [
        vendor_octets(Microsoft.VENDOR, Microsoft.CHAP_CHALLENGE, challenge),
        vendor_octets(Microsoft.VENDOR, Microsoft.CHAP2_RESPONSE, response),
    ]
    return decode(sign_access_request(1, bytes(16), b"s", attributes))
