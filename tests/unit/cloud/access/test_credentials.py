"""Which requests prove an account's password."""

import os
from dataclasses import replace

import pytest

from spotfi_cloud.access.credentials import disprove, login_name, prove
from spotfi_cloud.radius.attributes import Attr, Microsoft, ServiceType
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.radius.values import integer, octets, text
from tests.unit.cloud.access.test_access_rules import ACCOUNT
from tests.vectors.reading import read_vectors

SECRET = b"nas secret"
MAC = "AA-BB-CC-0D-0E-0F"
DEVICE = replace(ACCOUNT, username=MAC, password=b"spot password")
USER = replace(ACCOUNT, username="User", password=b"clientPass")
MSCHAP = decode(read_vectors()["rfc2759-9.2-request"].datagram)


def device_request(
    name: str = "aabbcc0d0e0f", calling: str = MAC, password: str | None = None, *, call_check: bool = False
) -> Packet:
    authenticator = os.urandom(16)
    attributes = [text(Attr.USER_NAME, name), text(Attr.CALLING_STATION_ID, calling)]
    if password is not None:
        attributes.append(octets(Attr.USER_PASSWORD, encrypt_pap(password.encode(), authenticator, SECRET)))
    if call_check:
        attributes.append(integer(Attr.SERVICE_TYPE, ServiceType.CALL_CHECK))
    return decode(sign_access_request(1, authenticator, SECRET, attributes))


@pytest.mark.parametrize("password", ["aabbcc0d0e0f", "AA:BB:CC:0D:0E:0F", "spot password"])
@pytest.mark.parametrize("call_check", [True, False])
def test_a_device_gets_in_by_its_address(password: str, call_check: bool) -> None:
    request = device_request(password=password, call_check=call_check)
    assert login_name(request) == MAC
    assert prove(request, SECRET, DEVICE).fits


def test_a_call_check_needs_no_password_but_anything_else_does() -> None:
    assert prove(device_request(call_check=True), SECRET, DEVICE).fits
    assert not prove(device_request(), SECRET, DEVICE).fits


def test_an_address_that_the_nas_does_not_vouch_for_is_a_name_like_any_other() -> None:
    request = device_request(calling="AA-BB-CC-00-00-00", password="aabbcc0d0e0f", call_check=True)
    assert login_name(request) == "aabbcc0d0e0f"
    assert not prove(request, SECRET, DEVICE).fits


def test_a_wrong_password_or_another_secret_lets_no_device_in() -> None:
    assert not prove(device_request(password="guess", call_check=True), SECRET, DEVICE).fits
    assert not prove(device_request(password="aabbcc0d0e0f", call_check=True), b"other secret", DEVICE).fits


def test_mschap_brings_its_proof_and_keys_into_the_accept() -> None:
    proof = prove(MSCHAP, b"xyzzy5461", USER)
    assert proof.fits
    accept = decode(sign_access_request(1, bytes(16), SECRET, [proof.on_accept]))
    success = accept.vendor(Microsoft.VENDOR, Microsoft.CHAP2_SUCCESS)
    assert success == b"\x01S=407A5589115FD0D6209F510FE9C04566932CDA56"
    assert accept.vendor(Microsoft.VENDOR, Microsoft.MPPE_SEND_KEY)


def test_an_unknown_name_is_told_what_a_wrong_password_is_told() -> None:
    wrong = prove(MSCHAP, b"xyzzy5461", replace(USER, password=b"other"))
    assert not wrong.fits
    assert wrong.on_reject
    assert disprove(MSCHAP) == wrong
