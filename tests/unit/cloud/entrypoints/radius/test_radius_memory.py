"""What radius remembers: replies for copies of a request, accounts for a second, and the NASes."""

import os
from uuid import UUID

import pytest

from spotfi_cloud.access.rules import Account
from spotfi_cloud.entrypoints.radius.account_cache import AccountCache
from spotfi_cloud.entrypoints.radius.duplicates import DuplicateCache, key_of
from spotfi_cloud.entrypoints.radius.nas_directory import NasDirectory, UnknownNasError
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.errors import UnauthenticPacketError
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import octets, text
from spotfi_cloud.routers.nas import Nas

SOURCE = ("192.0.2.1", 4000)


def request(secret: bytes = b"secret", identifier: str | None = None, *, signed: bool = True) -> Packet:
    attributes = [] if identifier is None else [text(Attr.NAS_IDENTIFIER, identifier)]
    return decode(sign_access_request(1, os.urandom(16), secret, attributes, message_authenticator=signed))


def nas(number: int, secret: bytes, address: str | None = None, *, legacy: bool = False) -> Nas:
    return Nas(
        router_id=UUID(int=number),
        host_id=UUID(int=0),
        name="",
        nas_kind=NasKind.GENERIC,
        nas_identifier=f"sf-{number}",
        address=address,
        secret=secret,
        legacy_radius=legacy,
        coa_port=3799,
        has_agent=False,
    )


def test_a_copy_gets_the_reply_of_the_original_and_for_ten_seconds_only() -> None:
    cache, key = DuplicateCache(), key_of(request(), *SOURCE)
    assert cache.find(key, 0.0) == (False, None)
    cache.begin(key)
    assert cache.find(key, 1.0) == (True, None)
    assert cache.finish(key, b"reply", 2.0)
    assert cache.find(key, 11.9) == (True, b"reply")
    assert cache.find(key, 12.1) == (False, None)


def test_a_request_that_waits_long_is_not_taken_for_new() -> None:
    cache, key = DuplicateCache(), key_of(request(), *SOURCE)
    cache.begin(key)
    assert cache.find(key, 3600.0) == (True, None)


def test_a_request_is_answered_once() -> None:
    cache, key = DuplicateCache(), key_of(request(), *SOURCE)
    cache.begin(key)
    assert cache.finish(key, b"first", 0.0)
    assert not cache.finish(key, b"second", 0.0)
    assert not cache.forget(key)
    assert cache.find(key, 1.0) == (True, b"first")


def test_something_else_under_the_same_authenticator_is_no_copy() -> None:
    cache, original = DuplicateCache(), request(identifier="sf-1")
    cache.begin(key_of(original, *SOURCE))
    cache.finish(key_of(original, *SOURCE), b"reply", 0.0)
    tampered = decode(original.raw[:-1] + b"2")
    assert tampered.authenticator == original.authenticator
    assert cache.find(key_of(tampered, *SOURCE), 0.0) == (False, None)
    assert cache.find(key_of(decode(original.raw + b"padding"), *SOURCE), 0.0) == (True, b"reply")


def test_a_request_that_came_to_nothing_may_come_again() -> None:
    cache, key = DuplicateCache(), key_of(request(), *SOURCE)
    cache.begin(key)
    assert cache.forget(key)
    assert cache.find(key, 0.0) == (False, None)


def test_the_cache_forgets_what_is_past_by_itself() -> None:
    cache = DuplicateCache()
    for number in range(100):
        answer_one(cache, float(number), 20)
    assert len(cache) <= 12


def test_replies_take_no_more_memory_than_allowed() -> None:
    cache = DuplicateCache(most_bytes=100_000)
    for _ in range(1000):
        answer_one(cache, 0.0, 4096)
    assert 10 < len(cache) < 100_000 // 4096
    answer_one(cache, 60.0, 20)
    for _ in range(500):
        answer_one(cache, 60.0, 20)
    assert len(cache) > 200, "what was forgotten makes room again"


def answer_one(cache: DuplicateCache, now_s: float, reply_bytes: int) -> None:
    key = key_of(request(), *SOURCE)
    cache.begin(key)
    assert cache.finish(key, bytes(reply_bytes), now_s)


def test_an_account_is_at_most_a_second_old() -> None:
    cache = AccountCache()
    nobody: Account | None = None
    cache.keep("ada", nobody, 10.0)
    assert cache.find("ada", 10.9) == (True, None)
    assert cache.find("ada", 11.1) == (False, None)
    cache.keep("ada", nobody, 20.0)
    cache.forget("ada")
    assert cache.find("ada", 20.0) == (False, None)


def test_a_nas_is_known_by_identifier_from_wherever_it_speaks() -> None:
    directory = NasDirectory()
    directory.replace([nas(1, b"one"), nas(2, b"two")])
    assert directory.identify(request(b"two", "sf-2"), "198.51.100.9").router_id == UUID(int=2)
    with pytest.raises(UnauthenticPacketError):
        directory.identify(request(b"one", "sf-2"), "198.51.100.9")


def test_of_several_behind_one_address_the_secret_decides() -> None:
    directory = NasDirectory()
    directory.replace([nas(1, b"one", "192.0.2.1"), nas(2, b"two", "192.0.2.1")])
    assert directory.identify(request(b"two"), "192.0.2.1").router_id == UUID(int=2)
    assert directory.identify(request(b"one", "its own name"), "192.0.2.1").router_id == UUID(int=1)
    with pytest.raises(UnauthenticPacketError):
        directory.identify(request(b"three"), "192.0.2.1")
    with pytest.raises(UnknownNasError):
        directory.identify(request(b"one"), "192.0.2.2")


def test_only_a_legacy_nas_may_leave_its_access_request_unsigned() -> None:
    directory = NasDirectory()
    directory.replace([nas(1, b"one"), nas(2, b"two", "192.0.2.1", legacy=True)])
    with pytest.raises(UnauthenticPacketError) as refused:
        directory.identify(request(b"one", "sf-1", signed=False), "192.0.2.1")
    assert refused.value.reason == "message_authenticator_missing"
    assert directory.identify(request(b"two", "sf-2", signed=False), "192.0.2.1").router_id == UUID(int=2)


def chap(identifier: str, *, signed: bool) -> Packet:
    attributes = [text(Attr.NAS_IDENTIFIER, identifier), octets(Attr.CHAP_PASSWORD, bytes(17))]
    return decode(sign_access_request(1, os.urandom(16), b"s", attributes, message_authenticator=signed))


def pap(identifier: str) -> Packet:
    attributes = [text(Attr.NAS_IDENTIFIER, identifier), octets(Attr.USER_PASSWORD, bytes(16))]
    return decode(sign_access_request(1, os.urandom(16), b"s", attributes, message_authenticator=False))


def test_an_unsigned_request_is_taken_only_where_it_can_teach_a_stranger_nothing() -> None:
    directory = NasDirectory()
    directory.replace([nas(1, b"s", legacy=True), nas(2, b"s", "192.0.2.1", legacy=True)])
    assert directory.identify(pap("sf-1"), "198.51.100.9").router_id == UUID(int=1)
    assert directory.identify(chap("sf-1", signed=True), "198.51.100.9").router_id == UUID(int=1)
    assert reason_of(directory, chap("sf-1", signed=False), "198.51.100.9") == "unsigned_without_password"
    assert directory.identify(chap("sf-2", signed=False), "192.0.2.1").router_id == UUID(int=2)
    assert directory.identify(chap("sf-2", signed=True), "198.51.100.9").router_id == UUID(int=2)
    assert reason_of(directory, chap("sf-2", signed=False), "198.51.100.9") == "unsigned_from_elsewhere"
    assert reason_of(directory, pap("sf-2"), "198.51.100.9") == "unsigned_from_elsewhere"


def reason_of(directory: NasDirectory, packet: Packet, source: str) -> str:
    with pytest.raises(UnauthenticPacketError) as refused:
        directory.identify(packet, source)
    return refused.value.reason
