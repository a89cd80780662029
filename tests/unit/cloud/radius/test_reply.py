"""Replies as the NAS receives them."""

import pytest

from spotfi_cloud.radius import reply, values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_request, verify_reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import OversizedReplyError
from spotfi_cloud.radius.packet import Packet, decode

SECRET = b"s3cret"
AUTHENTICATOR = bytes(range(16))
STATES = [values.octets(Attr.PROXY_STATE, state) for state in (b"second", b"", b"first")]
ACCESS = decode(sign_access_request(77, AUTHENTICATOR, SECRET, STATES))
ACCOUNTING = decode(sign_request(Code.ACCOUNTING_REQUEST, 78, SECRET, STATES))
TIMEOUT = values.integer(Attr.SESSION_TIMEOUT, 3600)


def received(datagram: bytes, request: Packet) -> Packet:
    packet = decode(datagram)
    assert packet.identifier == request.identifier
    verify_reply(packet, request.authenticator, SECRET)
    return packet


def test_accept_carries_the_attributes_and_the_proxies_states_in_order() -> None:
    packet = received(reply.accept(ACCESS, SECRET, [TIMEOUT]), ACCESS)
    assert packet.code == Code.ACCESS_ACCEPT
    assert packet.integer(Attr.SESSION_TIMEOUT) == 3600
    assert packet.get_all(Attr.PROXY_STATE) == [b"second", b"", b"first"]


def test_reject_says_why_however_long_that_is() -> None:
    why = "Dein Datenvolumen ist verbraucht; am 1. Dezember gibt es neues. " * 10
    packet = received(reply.reject(ACCESS, SECRET, why), ACCESS)
    assert packet.code == Code.ACCESS_REJECT
    assert b"".join(packet.get_all(Attr.REPLY_MESSAGE)).decode() == why
    assert len(packet.get_all(Attr.PROXY_STATE)) == 3


def test_reject_without_words_has_no_reply_message() -> None:
    assert Attr.REPLY_MESSAGE not in received(reply.reject(ACCESS, SECRET, ""), ACCESS)


def test_accounting_response() -> None:
    packet = received(reply.accounting_response(ACCOUNTING, SECRET), ACCOUNTING)
    assert packet.code == Code.ACCOUNTING_RESPONSE
    assert packet.get_all(Attr.PROXY_STATE) == [b"second", b"", b"first"]


@pytest.mark.parametrize(("accounting_port", "code"), [(False, Code.ACCESS_ACCEPT), (True, Code.ACCOUNTING_RESPONSE)])
def test_status_is_answered_in_the_manner_of_its_port(*, accounting_port: bool, code: Code) -> None:
    asked = decode(sign_access_request(3, AUTHENTICATOR, SECRET, [], code=Code.STATUS_SERVER))
    assert received(reply.status(asked, SECRET, accounting_port=accounting_port), asked).code == code


def test_a_request_full_of_proxy_state_gets_no_reply() -> None:
    stuffed = sign_access_request(1, AUTHENTICATOR, SECRET, [values.octets(Attr.PROXY_STATE, bytes(251))] * 16)
    with pytest.raises(OversizedReplyError):
        reply.reject(decode(stuffed), SECRET, "no room for this sentence")
