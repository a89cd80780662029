"""UAM against an implementation of the router's side that shares no code with ours."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.portal.uam import Link, LinkError, Lock, Result, is_signed, logon_url, may_be_sent_to, read_link
from spotfi_cloud.radius.nas_kind import NasKind
from tests.e2e.uam import UamRouter

PAGE = "https://wifi.example.net/portal/0199a4c2"
KINDS = st.sampled_from(["uspot", "coovachilli"])
PASSWORDS = st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text)


def router(kind: str = "coovachilli", secret: str = "uam secret", challenge: bytes = bytes(range(16))) -> UamRouter:
    return UamRouter(kind, PAGE, "sf-abc", secret, challenge=challenge)


def query_of(url: str) -> bytes:
    return url.partition("?")[2].encode()


def link_of(url: str) -> Link:
    link = read_link(query_of(url))
    assert link is not None
    return link


@given(KINDS, PASSWORDS, st.binary(min_size=16, max_size=16), st.sampled_from(["", "secret", "ein Geheimnis"]))
def test_the_router_gets_back_what_was_proved(kind: str, password: str, challenge: bytes, secret: str) -> None:
    there, clear = router(kind, secret, challenge), password.encode()
    lock = Lock(link_of(there.page_for("notyet")).challenge or b"", secret.encode(), NasKind(kind))
    assert there.proves(lock.chap(clear)["response"], clear)
    assert not there.proves(lock.chap(clear + b"x")["response"], clear)
    if lock.takes_hidden(clear):
        assert there.password_in(lock.pap(clear)["password"]) == clear


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
@pytest.mark.parametrize(
    ("sent", "result"),
    [
        ("notyet", Result.NOT_YET),
        ("success", Result.SUCCESS),
        ("failed", Result.FAILED),
        ("already", Result.ALREADY),
        ("logoff", Result.LOGGED_OFF),
    ],
)
def test_both_kinds_are_read_alike(kind: str, sent: str, result: Result) -> None:
    link = link_of(router(kind).page_for(sent))
    assert (link.result, link.nas, link.device) == (result, "10.1.0.1:3990", "02-00-00-00-00-01")
    assert (link.nas_identifier, link.challenge) == ("sf-abc", bytes(range(16)))


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
def test_a_signature_holds_for_its_page_its_secret_and_its_query(kind: str) -> None:
    there = router(kind)
    query, page = query_of(there.page_for("notyet")), PAGE.encode()
    assert is_signed([b"http://elsewhere/", page], query, b"uam secret")
    assert not is_signed([b"http://elsewhere/"], query, b"uam secret")
    assert not is_signed([page], query, b"another")
    assert not is_signed([page], query, b"")
    assert not is_signed([page], query.replace(b"3990", b"3991"), b"uam secret")
    assert not is_signed([page], query + b"&x=1", b"uam secret")


def test_what_follows_the_guests_own_address_is_part_of_it() -> None:
    link = link_of(router("uspot").page_for("notyet", userurl="http://a.example/?x=1&uamip=10.9.9.9&reply=Hi"))
    assert (str(link.nas_address), link.reply, link.user_url) == ("10.1.0.1", None, "http://a.example/?x=1")


def test_a_page_nobody_was_sent_to_has_no_link() -> None:
    assert read_link(b"") is None
    assert read_link(b"code=7KQ2-M9XD") is None


@given(st.binary(max_size=200))
def test_any_query_is_a_link_or_none_or_refused(query: bytes) -> None:
    with contextlib.suppress(LinkError):
        read_link(b"res=notyet&uamip=10.1.0.1&uamport=3990&nasid=a&mac=020000000001&" + query)


@pytest.mark.parametrize(
    "query",
    [
        b"res=notyet",
        b"res=notyet&uamip=10.1.0.1&uamport=99999&nasid=a&mac=020000000001",
        b"res=notyet&uamip=10.1.0.1&uamport=3990&nasid=a&mac=020000000001&uamport=1",
        b"res=notyet&uamip=example.net&uamport=3990&nasid=a&mac=020000000001",
        b"x" * 5000,
        b"a&" * 100,
        "res=notyet&ssid=é".encode(),
    ],
)
def test_what_is_broken_is_refused(query: bytes) -> None:
    with pytest.raises(LinkError):
        read_link(query)


@pytest.mark.parametrize(
    ("address", "known", "may"),
    [
        ("10.1.0.1", None, True),
        ("192.168.182.1", None, True),
        ("::ffff:10.1.0.1", None, True),
        ("fd00::1", None, True),
        ("127.0.0.1", None, False),
        ("8.8.8.8", None, False),
        ("8.8.8.8", "8.8.8.8", True),
        ("8.8.8.8", "8.8.4.4", False),
        ("2001:db8::1", None, False),
    ],
)
def test_guests_are_sent_to_routers_only(address: str, known: str | None, may: bool) -> None:
    there = router()
    there.address = address
    assert may_be_sent_to(link_of(there.page_for("notyet")), known) is may


def test_the_address_to_log_on_at_is_escaped_as_uspot_reads_it() -> None:
    url = logon_url("[fd00::1]:3990", "a b&c", {"response": "00"}, "http://x/?y=1&z=2")
    assert url == (
        "http://[fd00::1]:3990/logon?username=a%20b%26c&response=00&userurl=http%3A%2F%2Fx%2F%3Fy%3D1%26z%3D2"
    )
