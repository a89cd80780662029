"""PAP hides a password and gives it back; CHAP proves one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import chap_response, check_chap, check_pap, decrypt_pap, encrypt_pap

SECRET = b"s3cret"
AUTHENTICATOR = bytes(range(16))


def request(*attributes: bytes) -> Packet:
    return decode(sign_access_request(1, AUTHENTICATOR, SECRET, attributes))


@given(st.binary(max_size=128), st.binary(min_size=16, max_size=16), st.binary(max_size=40))
def test_pap_round_trip(password: bytes, authenticator: bytes, secret: bytes) -> None:
    hidden = encrypt_pap(password, authenticator, secret)
    assert len(hidden) % 16 == 0
    assert decrypt_pap(hidden, authenticator, secret) == password.rstrip(b"\0")


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_decrypting_anything_with_any_secret_never_raises(hidden: bytes, secret: bytes) -> None:
    clear = decrypt_pap(hidden, AUTHENTICATOR, secret)
    assert (clear is None) == (len(hidden) not in range(16, 129, 16))


def test_a_password_longer_than_the_protocol_takes_is_refused() -> None:
    assert len(encrypt_pap(b"x" * 128, AUTHENTICATOR, SECRET)) == 128
    with pytest.raises(ValueError, match="128"):
        encrypt_pap(b"x" * 129, AUTHENTICATOR, SECRET)


def test_pap_is_checked_against_the_request() -> None:
    asking = request(values.octets(Attr.USER_PASSWORD, encrypt_pap(b"open sesame", AUTHENTICATOR, SECRET)))
    assert check_pap(asking, SECRET, b"open sesame")
    assert not check_pap(asking, SECRET, b"open sesam")
    assert not check_pap(asking, b"other", b"open sesame")


def test_no_password_is_no_password() -> None:
    assert not check_pap(request(), SECRET, b"")
    assert not check_pap(request(values.octets(Attr.USER_PASSWORD, b"short")), SECRET, b"")
    assert not check_chap(request(), b"")
    assert not check_chap(request(values.octets(Attr.CHAP_PASSWORD, b"\x01short")), b"")


@pytest.mark.parametrize("challenge", [None, b"c", b"sixteen octets!!", b"x" * 40])
def test_chap_uses_the_challenge_or_the_authenticator(challenge: bytes | None) -> None:
    proof = bytes((5,)) + chap_response(5, b"open sesame", AUTHENTICATOR if challenge is None else challenge)
    attributes = [values.octets(Attr.CHAP_PASSWORD, proof)]
    if challenge is not None:
        attributes.append(values.octets(Attr.CHAP_CHALLENGE, challenge))
    assert check_chap(request(*attributes), b"open sesame")
    assert not check_chap(request(*attributes), b"open sesam")
