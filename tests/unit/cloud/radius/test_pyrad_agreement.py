"""pyrad, somebody else's RADIUS, understands what we make and makes what we understand."""

from pathlib import Path

import pytest
from pyrad import packet as pyrad
from pyrad.dictionary import Dictionary

from spotfi_cloud.radius import reply, values
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request, sign_request, verify_reply, verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import decode
from spotfi_cloud.radius.passwords import chap_response, check_chap, check_pap, encrypt_pap

SECRET = b"s3cret"
AUTHENTICATOR = bytes(range(16))


@pytest.fixture(scope="module")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    file: Path = tmp_path_factory.mktemp("pyrad") / "dictionary"
    file.write_text(
        "ATTRIBUTE User-Name 1 string\nATTRIBUTE User-Password 2 string\nATTRIBUTE CHAP-Password 3 octets\n"
        "ATTRIBUTE Reply-Message 18 string\nATTRIBUTE Session-Timeout 27 integer\nATTRIBUTE Acct-Session-Id 44 string\n"
        "ATTRIBUTE CHAP-Challenge 60 octets\nATTRIBUTE Message-Authenticator 80 octets\n"
    )
    return Dictionary(str(file))


@pytest.mark.parametrize("password", ["x", "exactly sixteen!", "a password of more than one block"])
def test_we_read_their_access_request(dictionary: Dictionary, password: str) -> None:
    theirs = pyrad.AuthPacket(id=3, secret=SECRET, authenticator=AUTHENTICATOR, dict=dictionary)
    theirs["User-Name"] = "ada"
    theirs["User-Password"] = theirs.PwCrypt(password)
    theirs.add_message_authenticator()
    ours = decode(theirs.RequestPacket())
    verify_request(ours, SECRET)
    assert ours.text(Attr.USER_NAME) == "ada"
    assert check_pap(ours, SECRET, password.encode())


def test_they_read_our_access_request(dictionary: Dictionary) -> None:
    hidden = values.octets(Attr.USER_PASSWORD, encrypt_pap(b"a password of more than one block", AUTHENTICATOR, SECRET))
    sent = sign_access_request(3, AUTHENTICATOR, SECRET, [values.text(Attr.USER_NAME, "ada"), hidden])
    theirs = pyrad.AuthPacket(packet=sent, secret=SECRET, dict=dictionary)
    assert theirs.verify_message_authenticator()
    assert theirs["User-Name"] == ["ada"]
    assert theirs.PwDecrypt(theirs["User-Password"][0]) == "a password of more than one block"


@pytest.mark.parametrize("challenge", [None, b"a challenge of any length"])
def test_chap_both_ways(dictionary: Dictionary, challenge: bytes | None) -> None:
    proof = bytes((7,)) + chap_response(7, b"open sesame", AUTHENTICATOR if challenge is None else challenge)
    attributes = [values.octets(Attr.CHAP_PASSWORD, proof)]
    if challenge is not None:
        attributes.append(values.octets(Attr.CHAP_CHALLENGE, challenge))
    sent = sign_access_request(3, AUTHENTICATOR, SECRET, attributes)
    assert pyrad.AuthPacket(packet=sent, secret=SECRET, dict=dictionary).VerifyChapPasswd("open sesame")
    assert check_chap(decode(sent), b"open sesame")


def test_they_accept_our_accept(dictionary: Dictionary) -> None:
    theirs = pyrad.AuthPacket(id=3, secret=SECRET, authenticator=AUTHENTICATOR, dict=dictionary)
    theirs.add_message_authenticator()
    datagram = theirs.RequestPacket()
    sent = reply.accept(decode(datagram), SECRET, [values.integer(Attr.SESSION_TIMEOUT, 60)])
    got = theirs.CreateReply(packet=sent)
    assert theirs.VerifyReply(got, sent)
    assert got.verify_message_authenticator(original_authenticator=AUTHENTICATOR)
    assert got["Session-Timeout"] == [60]


def test_we_accept_their_accept(dictionary: Dictionary) -> None:
    asked = sign_access_request(3, AUTHENTICATOR, SECRET, [values.text(Attr.USER_NAME, "ada")])
    theirs = pyrad.AuthPacket(packet=asked, secret=SECRET, dict=dictionary).CreateReply()
    theirs.code = pyrad.AccessAccept
    theirs["Reply-Message"] = "welcome"
    got = decode(theirs.ReplyPacket())
    verify_reply(got, AUTHENTICATOR, SECRET, message_authenticator_required=False)
    assert got.text(Attr.REPLY_MESSAGE) == "welcome"


def test_accounting_both_ways(dictionary: Dictionary) -> None:
    theirs = pyrad.AcctPacket(id=3, secret=SECRET, dict=dictionary)
    theirs["Acct-Session-Id"] = "5f3a"
    ours = decode(theirs.RequestPacket())
    verify_request(ours, SECRET)
    sent = reply.accounting_response(ours, SECRET)
    assert theirs.VerifyReply(theirs.CreateReply(packet=sent), sent)
    request = sign_request(Code.ACCOUNTING_REQUEST, 4, SECRET, [values.text(Attr.ACCT_SESSION_ID, "5f3b")])
    assert pyrad.AcctPacket(packet=request, secret=SECRET, dict=dictionary).VerifyAcctRequest()


@pytest.mark.parametrize("code", [Code.DISCONNECT_REQUEST, Code.COA_REQUEST])
@pytest.mark.parametrize("message_authenticator", [True, False])
def test_they_verify_our_disconnect(dictionary: Dictionary, code: Code, *, message_authenticator: bool) -> None:
    attributes = [values.text(Attr.ACCT_SESSION_ID, "5f3a")]
    sent = sign_request(code, 4, SECRET, attributes, message_authenticator=message_authenticator)
    theirs = pyrad.CoAPacket(packet=sent, secret=SECRET, dict=dictionary)
    assert theirs.VerifyCoARequest()
    if message_authenticator:
        assert theirs.verify_message_authenticator()
