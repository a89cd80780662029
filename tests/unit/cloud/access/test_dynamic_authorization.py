"""Disconnect- and CoA-Requests as each NAS wants them, and their answers in words."""

import pytest

from spotfi_cloud.access.dynamic_authorization import (
    NamedSession,
    answer_in_words,
    change_in_words,
    change_request,
    deferral_in_words,
    disconnect_request,
    takes_changes,
)
from spotfi_cloud.quotas.rules import Limits
from spotfi_cloud.radius.attributes import Attr, ChilliSpot, Mikrotik, WISPr
from spotfi_cloud.radius.authenticity import sign_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import integer

NAMED = NamedSession("ada", "s1", "192.0.2.7")
NAME = [Attr.USER_NAME, Attr.ACCT_SESSION_ID]
LIMITS = Limits(2_000_000, None, 3600, None, 300, (3 << 32) + 5)
TIMES = [Attr.SESSION_TIMEOUT, Attr.ACCT_INTERIM_INTERVAL]


def numbers(packet: Packet) -> list[int]:
    return [number for number, _ in packet.attributes]


def change(kind: NasKind, limits: Limits = LIMITS) -> Packet:
    packet = decode(change_request(kind, 7, b"secret", NAMED, limits))
    verify_request(packet, b"secret")
    assert packet.code == Code.COA_REQUEST
    assert {Attr.MESSAGE_AUTHENTICATOR, Attr.EVENT_TIMESTAMP}.isdisjoint(numbers(packet)), "uspot refuses both"
    return packet


def number_of(packet: Packet, vendor: int, kind: int) -> int | None:
    value = packet.vendor(vendor, kind)
    return None if value is None else int.from_bytes(value, "big")


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (NasKind.USPOT, NAME),
        (NasKind.COOVACHILLI, NAME),
        (NasKind.MIKROTIK, [*NAME, Attr.FRAMED_IP_ADDRESS]),
    ],
)
def test_a_disconnect_request_says_what_its_nas_needs_and_nothing_else(kind: NasKind, attributes: list[int]) -> None:
    packet = decode(disconnect_request(kind, 7, b"secret", NAMED))
    verify_request(packet, b"secret")
    assert packet.code == Code.DISCONNECT_REQUEST
    assert numbers(packet) == attributes


def test_uspot_is_told_times_and_nothing_that_it_would_not_change() -> None:
    assert numbers(change(NasKind.USPOT)) == [*NAME, *TIMES]


def test_coovachilli_is_told_everything_because_it_resets_the_rest() -> None:
    packet = change(NasKind.COOVACHILLI)
    assert numbers(packet) == [*NAME, *TIMES, *[Attr.VENDOR_SPECIFIC] * 3]
    assert number_of(packet, WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP) == 2_000_000
    assert number_of(packet, WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN) is None, "what is not told is no limit"
    assert number_of(packet, ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS) == 5
    assert number_of(packet, ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_GIGAWORDS) == 3


def test_routeros_is_told_a_speed_also_when_there_is_none_any_more() -> None:
    packet = change(NasKind.MIKROTIK)
    assert numbers(packet) == [*NAME, Attr.FRAMED_IP_ADDRESS, Attr.VENDOR_SPECIFIC]
    assert packet.vendor(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT) == b"2000000/0"
    lifted = change(NasKind.MIKROTIK, Limits(None, None, None, None, 300, None))
    assert lifted.vendor(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT) == b"0/0"


def test_others_are_told_speed_and_times_and_that_a_limit_is_lifted() -> None:
    packet = change(NasKind.GENERIC)
    assert numbers(packet) == [*NAME, *TIMES, *[Attr.VENDOR_SPECIFIC] * 2]
    assert number_of(packet, WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP) == 2_000_000
    assert number_of(packet, WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN) == 2**32 - 1


def test_opennds_and_an_agents_own_portal_take_none() -> None:
    assert [kind for kind in NasKind if not takes_changes(kind)] == [NasKind.AGENT, NasKind.OPENNDS]
    assert deferral_in_words(NasKind.OPENNDS) == "they hold from the next login"
    assert "accounting update" in deferral_in_words(NasKind.COOVACHILLI)


def answer(request: Packet, code: Code, cause: int | None = None) -> Packet:
    return decode(sign_reply(code, request, b"secret", [] if cause is None else [integer(Attr.ERROR_CAUSE, cause)]))


def test_answers_are_told_in_words() -> None:
    ended = decode(disconnect_request(NasKind.GENERIC, 1, b"secret", NAMED))
    assert answer_in_words(answer(ended, Code.DISCONNECT_NAK, 503)) == "refused: session context not found"
    request = change(NasKind.USPOT)
    nak = answer(request, Code.COA_NAK, 401)
    assert change_in_words(nak, NasKind.USPOT) == "refused: unsupported attribute"
    assert change_in_words(answer(request, Code.COA_NAK), NasKind.USPOT) == "refused"
    ack = answer(request, Code.COA_ACK)
    assert change_in_words(ack, NasKind.COOVACHILLI) == "acknowledged"
    assert change_in_words(ack, NasKind.USPOT) == "acknowledged; changes of speed and volume hold from the next login"
