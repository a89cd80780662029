"""The login token, and Disconnect-Requests as each NAS wants them."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.access.disconnects import answer_in_words, disconnect_request
from spotfi_cloud.access.replies import chargeable_identity, login_token, new_login_token, update_attributes
from spotfi_cloud.radius.attributes import Attr, ChilliSpot
from spotfi_cloud.radius.authenticity import sign_access_request, sign_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import integer
from tests.unit.cloud.access.test_access_rules import ACCOUNT, TERMS


def test_a_token_is_printable_sorts_by_login_and_is_known_again() -> None:
    earlier, later = new_login_token(), new_login_token()
    assert earlier.isascii()
    assert earlier.isprintable()
    assert earlier[:14] <= later[:14]
    assert login_token([b"another system's", earlier.encode()]) == earlier
    assert login_token([b"sf-not-ours", b""]) == ""


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (NasKind.USPOT, [Attr.USER_NAME, Attr.ACCT_SESSION_ID]),
        (NasKind.COOVACHILLI, [Attr.USER_NAME, Attr.ACCT_SESSION_ID]),
        (NasKind.MIKROTIK, [Attr.USER_NAME, Attr.ACCT_SESSION_ID, Attr.FRAMED_IP_ADDRESS]),
    ],
)
def test_a_disconnect_request_says_what_its_nas_needs_and_nothing_else(kind: NasKind, attributes: list[int]) -> None:
    datagram = disconnect_request(kind, 7, b"secret", username="ada", acct_session_id="s1", framed_ip="192.0.2.7")
    packet = decode(datagram)
    verify_request(packet, b"secret")
    assert packet.code == Code.DISCONNECT_REQUEST
    assert [number for number, _ in packet.attributes] == attributes


def test_a_refusal_is_told_in_words() -> None:
    request = decode(disconnect_request(NasKind.GENERIC, 1, b"s", username="ada", acct_session_id="s1", framed_ip=""))
    refusal = decode(sign_reply(Code.DISCONNECT_NAK, request, b"s", [integer(Attr.ERROR_CAUSE, 503)]))
    assert answer_in_words(refusal) == "refused: session context not found"


@given(used_bytes=st.integers(0, 499_999_999), session_bytes=st.integers(0, 2**62))
def test_an_update_leaves_the_session_exactly_what_is_left(used_bytes: int, session_bytes: int) -> None:
    account = replace(ACCOUNT, used_bytes=used_bytes)
    told = packet_of(update_attributes(account, NasKind.COOVACHILLI, session_bytes))
    low, high = (
        int.from_bytes(told.vendor(ChilliSpot.VENDOR, kind) or b"", "big")
        for kind in (ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
    )
    assert (high << 32) + low - session_bytes == 500_000_000 - used_bytes


def test_an_update_without_a_quota_says_the_rest_and_one_without_a_right_ends_the_session() -> None:
    unlimited = packet_of(update_attributes(replace(ACCOUNT, terms=replace(TERMS, quota_bytes=None)), NasKind.USPOT, 5))
    assert unlimited.vendor(ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS) is None
    assert unlimited.integer(Attr.SESSION_TIMEOUT) == 3600
    ended = packet_of(update_attributes(replace(ACCOUNT, disabled=True), NasKind.COOVACHILLI, 5))
    assert [number for number, _ in ended.attributes] == [Attr.VENDOR_SPECIFIC]
    assert ended.vendor(ChilliSpot.VENDOR, ChilliSpot.CONFIG) == b"admin-reset"


def test_an_identity_to_charge_depends_on_the_installation_and_on_the_subscriber() -> None:
    values = {chargeable_identity(key, UUID(int=number)) for key in (b"one", b"other") for number in (1, 2)}
    assert len(values) == 4
    assert all(value[2:].decode().isalnum() for value in values)


def packet_of(attributes: list[bytes]) -> Packet:
    return decode(sign_access_request(1, bytes(16), b"s", attributes, message_authenticator=False))
