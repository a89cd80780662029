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
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.values import text
from spotfi_cloud.routers.nas import Nas, NasKind

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
    cache, key = DuplicateCache(), key_of(request(), SOURCE)
    assert cache.find(key, 0.0) == (False, None)
    cache.begin(key, 0.0)
    assert cache.find(key, 1.0) == (True, None)
    cache.finish(key, b"reply", 2.0)
    assert cache.find(key, 11.9) == (True, b"reply")
    assert cache.find(key, 12.1) == (False, None)


def test_something_else_under_the_same_authenticator_is_no_copy() -> None:
    cache, original = DuplicateCache(), request(identifier="sf-1")
    cache.finish(key_of(original, SOURCE), b"reply", 0.0)
    tampered = decode(original.raw[:-1] + b"2")
    assert tampered.authenticator == original.authenticator
    assert cache.find(key_of(tampered, SOURCE), 0.0) == (False, None)
    assert cache.find(key_of(decode(original.raw + b"padding"), SOURCE), 0.0) == (True, b"reply")


def test_a_request_that_came_to_nothing_may_come_again() -> None:
    cache, key = DuplicateCache(), key_of(request(), SOURCE)
    cache.begin(key, 0.0)
    cache.forget(key)
    assert cache.find(key, 0.0) == (False, None)


def test_the_cache_forgets_what_is_past_by_itself() -> None:
    cache = DuplicateCache()
    for number in range(100):
        cache.begin(key_of(request(), SOURCE), float(number))
    assert len(cache) <= 12


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
    directory.replace([nas(1, b"one"), nas(2, b"two", legacy=True)])
    with pytest.raises(UnauthenticPacketError) as refused:
        directory.identify(request(b"one", "sf-1", signed=False), "192.0.2.1")
    assert refused.value.reason == "message_authenticator_missing"
    assert directory.identify(request(b"two", "sf-2", signed=False), "192.0.2.1").router_id == UUID(int=2)
