"""The login token, and Disconnect-Requests as each NAS wants them."""

import pytest

from spotfi_cloud.access.disconnects import answer_in_words, disconnect_request
from spotfi_cloud.access.replies import login_token, new_login_token
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.radius.values import integer


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
