"""Nobody without the secret gets a request in or a reply accepted."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.radius import values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_reply, sign_request, verify_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import OversizedReplyError, PacketError, UnauthenticPacketError
from spotfi_cloud.radius.md5 import hmac_md5
from spotfi_cloud.radius.packet import decode

SECRET = b"s3cret"
AUTHENTICATOR = bytes(range(16))
NAME = values.text(Attr.USER_NAME, "ada")
ACCESS = sign_access_request(1, AUTHENTICATOR, SECRET, [NAME])
LEGACY = sign_access_request(1, AUTHENTICATOR, SECRET, [NAME], message_authenticator=False)
DIGEST_CODES = [Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST]
ACCESS_REPLIES = [Code.ACCESS_ACCEPT, Code.ACCESS_REJECT, Code.ACCESS_CHALLENGE]
OTHER_REPLIES = [Code.ACCOUNTING_RESPONSE, Code.DISCONNECT_ACK, Code.DISCONNECT_NAK, Code.COA_ACK, Code.COA_NAK]


def refusal_of(datagram: bytes, *, required: bool = True, secret: bytes = SECRET) -> str | None:
    try:
        verify_request(decode(datagram), secret, message_authenticator_required=required)
    except UnauthenticPacketError as refusal:
        return refusal.reason
    return None


def test_an_access_request_needs_a_message_authenticator_unless_the_nas_is_legacy() -> None:
    assert refusal_of(ACCESS) is None
    assert refusal_of(LEGACY) == "message_authenticator_missing"
    assert refusal_of(LEGACY, required=False) is None


def test_legacy_does_not_excuse_a_wrong_message_authenticator() -> None:
    assert refusal_of(ACCESS, required=False, secret=b"other") == "message_authenticator_wrong"


def test_status_server_always_needs_a_message_authenticator() -> None:
    bare = sign_access_request(1, AUTHENTICATOR, SECRET, [], code=Code.STATUS_SERVER, message_authenticator=False)
    assert refusal_of(bare, required=False) == "message_authenticator_missing"


@pytest.mark.parametrize("before", [[], [NAME], [NAME, values.octets(Attr.CLASS, b"P\x12")]])
@pytest.mark.parametrize("after", [[], [NAME]])
def test_a_message_authenticator_may_stand_anywhere(before: list[bytes], after: list[bytes]) -> None:
    def datagram(signature: bytes) -> bytes:
        signed = [*before, values.octets(Attr.MESSAGE_AUTHENTICATOR, signature), *after]
        return sign_access_request(1, AUTHENTICATOR, SECRET, signed, message_authenticator=False)

    signature = hmac.digest(SECRET, datagram(bytes(16)), "md5")
    assert refusal_of(datagram(signature)) is None
    assert refusal_of(datagram(signature[::-1])) == "message_authenticator_wrong"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_our_hmac_is_everybodys(secret: bytes, data: bytes) -> None:
    assert hmac_md5(secret, data) == hmac.digest(secret, data, "md5")


@pytest.mark.parametrize("code", DIGEST_CODES)
@pytest.mark.parametrize("message_authenticator", [True, False])
def test_other_requests_are_signed_whole(code: Code, *, message_authenticator: bool) -> None:
    datagram = sign_request(code, 9, SECRET, [NAME], message_authenticator=message_authenticator)
    assert refusal_of(datagram) is None
    assert refusal_of(datagram, secret=b"other") == "request_authenticator_wrong"


@pytest.mark.parametrize("code", [0, *ACCESS_REPLIES, *OTHER_REPLIES, 13, 255])
def test_replies_and_unknown_codes_are_no_requests(code: int) -> None:
    assert refusal_of(bytes((code,)) + ACCESS[1:]) == "not_a_request"


@pytest.mark.parametrize("datagram", [ACCESS, sign_request(Code.ACCOUNTING_REQUEST, 1, SECRET, [NAME])])
def test_no_bit_can_be_changed(datagram: bytes) -> None:
    for bit in range(8 * len(datagram)):
        changed = (int.from_bytes(datagram, "big") ^ 1 << bit).to_bytes(len(datagram), "big")
        with pytest.raises(PacketError):
            verify_request(decode(changed), SECRET)


@pytest.mark.parametrize("code", [*ACCESS_REPLIES, *OTHER_REPLIES])
def test_a_reply_is_accepted_by_who_asked(code: Code) -> None:
    reply = decode(sign_reply(code, decode(ACCESS), SECRET, [NAME]))
    assert (reply.code, reply.identifier, reply.text(Attr.USER_NAME)) == (code, 1, "ada")
    verify_reply(reply, AUTHENTICATOR, SECRET)
    for asked, secret in ((bytes(16), SECRET), (AUTHENTICATOR, b"other")):
        with pytest.raises(UnauthenticPacketError) as refusal:
            verify_reply(reply, asked, secret)
        assert refusal.value.reason == "response_authenticator_wrong"


@pytest.mark.parametrize("code", ACCESS_REPLIES)
def test_access_replies_carry_the_message_authenticator_first(code: Code) -> None:
    """CVE-2024-3596: whoever forges a digest needs to choose what comes before the secret."""
    for request in (ACCESS, LEGACY):
        reply = decode(sign_reply(code, decode(request), SECRET, [NAME]))
        assert [kind for kind, _ in reply.attributes] == [Attr.MESSAGE_AUTHENTICATOR, Attr.USER_NAME]


@pytest.mark.parametrize("code", OTHER_REPLIES)
def test_other_replies_carry_none(code: Code) -> None:
    assert Attr.MESSAGE_AUTHENTICATOR not in decode(sign_reply(code, decode(ACCESS), SECRET))


def test_a_reply_that_does_not_fit_is_not_sent() -> None:
    largest = [values.octets(Attr.PROXY_STATE, bytes(251))] * 16  # 4048 octets, with header and signature 4086
    assert len(sign_reply(Code.ACCESS_ACCEPT, decode(ACCESS), SECRET, largest)) == 4086
    with pytest.raises(OversizedReplyError):
        sign_reply(Code.ACCESS_ACCEPT, decode(ACCESS), SECRET, [*largest, values.octets(Attr.CLASS, bytes(9))])
