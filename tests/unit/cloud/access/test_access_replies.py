"""The login token, and what a response to accounting says."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.access.replies import (
    Reported,
    chargeable_identity,
    login_token,
    new_login_token,
    update_attributes,
)
from spotfi_cloud.quotas.terms import Used
from spotfi_cloud.radius.attributes import Attr, ChilliSpot
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from tests.unit.cloud.access.test_access_rules import ACCOUNT, NOW, TERMS


def test_a_token_is_printable_sorts_by_login_and_is_known_again() -> None:
    earlier, later = new_login_token(), new_login_token()
    assert earlier.isascii()
    assert earlier.isprintable()
    assert earlier[:14] <= later[:14]
    assert login_token([b"another system's", earlier.encode()]) == earlier
    assert login_token([b"sf-not-ours", b""]) == ""


@given(used_bytes=st.integers(0, 499_999_999), session_bytes=st.integers(0, 2**62))
def test_an_update_leaves_the_session_exactly_what_is_left(used_bytes: int, session_bytes: int) -> None:
    account = replace(ACCOUNT, used=Used(used_bytes))
    told = packet_of(update_attributes(account, NasKind.COOVACHILLI, Reported(session_bytes), NOW))
    low, high = (
        int.from_bytes(told.vendor(ChilliSpot.VENDOR, kind) or b"", "big")
        for kind in (ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
    )
    assert (high << 32) + low - session_bytes == 500_000_000 - used_bytes


def test_an_update_without_a_quota_says_the_rest_and_one_without_a_right_ends_the_session() -> None:
    unlimited = packet_of(
        update_attributes(replace(ACCOUNT, terms=replace(TERMS, quota_bytes=None)), NasKind.USPOT, Reported(5), NOW)
    )
    assert unlimited.vendor(ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS) is None
    assert unlimited.integer(Attr.SESSION_TIMEOUT) == 3600
    ended = packet_of(update_attributes(replace(ACCOUNT, disabled=True), NasKind.COOVACHILLI, Reported(5), NOW))
    assert [number for number, _ in ended.attributes] == [Attr.VENDOR_SPECIFIC]
    assert ended.vendor(ChilliSpot.VENDOR, ChilliSpot.CONFIG) == b"admin-reset"


def test_an_identity_to_charge_depends_on_the_installation_and_on_the_subscriber() -> None:
    values = {chargeable_identity(key, UUID(int=number)) for key in (b"one", b"other") for number in (1, 2)}
    assert len(values) == 4
    assert all(value[2:].decode().isalnum() for value in values)


def packet_of(attributes: list[bytes]) -> Packet:
    return decode(sign_access_request(1, bytes(16), b"s", attributes, message_authenticator=False))
