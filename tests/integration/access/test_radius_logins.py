"""The ways to log in besides PAP and CHAP: MS-CHAPv2, and devices by their MAC address; Chargeable-User-Identity."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.radius.attributes import AcctStatusType, Attr, Microsoft, ServiceType
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.mschap import (
    MsChapResponse,
    authenticator_response,
    challenge_hash,
    nt_response,
    password_hash,
)
from spotfi_cloud.radius.values import integer, octets, text, vendor_octets
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.passwords import store_password
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE
from tests.integration.access.asking import access_request, ask, serving
from tests.integration.access.conftest import PASSWORD, SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import accounting_request

MAC = "AA-BB-CC-0D-0E-0F"


@pytest.fixture
async def server(database: Database, place: Place) -> AsyncIterator[RadiusServer]:
    await place.add_nas("sf-one", kind="coovachilli")
    async with serving(database) as server:
        yield server


def mschap(username: str, password: str) -> tuple[bytes, bytes]:
    """A request that proves the password, and the proof it expects of the server."""
    proof = MsChapResponse(5, username.encode(), os.urandom(16), os.urandom(16), b"")
    proof = replace(proof, nt_response=nt_response(challenge_hash(proof), password_hash(password.encode())))
    response = bytes((proof.identifier, 0)) + proof.peer_challenge + bytes(8) + proof.nt_response
    request = access_request(
        username,
        None,
        more=[
            vendor_octets(Microsoft.VENDOR, Microsoft.CHAP_CHALLENGE, proof.challenge),
            vendor_octets(Microsoft.VENDOR, Microsoft.CHAP2_RESPONSE, response),
        ],
    )
    expected = authenticator_response(proof, password_hash(password.encode())).hex().upper()
    return request, bytes((proof.identifier,)) + b"S=" + expected.encode()


async def test_mschap_proves_both_sides_and_brings_keys(server: RadiusServer, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    request, expected = mschap("ada", PASSWORD)
    reply = await ask(request, server.auth_port)
    assert reply.code == Code.ACCESS_ACCEPT
    assert reply.vendor(Microsoft.VENDOR, Microsoft.CHAP2_SUCCESS) == expected
    assert reply.vendor(Microsoft.VENDOR, Microsoft.MPPE_RECV_KEY)


async def test_a_wrong_mschap_password_and_an_unknown_name_look_the_same(server: RadiusServer, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    wrong = await ask(mschap("ada", "guess")[0], server.auth_port)
    unknown = await ask(mschap("eve", "guess")[0], server.auth_port)
    assert (wrong.code, unknown.code) == (Code.ACCESS_REJECT, Code.ACCESS_REJECT)
    assert wrong.text(Attr.REPLY_MESSAGE) == unknown.text(Attr.REPLY_MESSAGE)
    error = wrong.vendor(Microsoft.VENDOR, Microsoft.CHAP_ERROR) or b""
    assert error[1:].startswith(b"E=691 R=0 C=")
    assert len(error) == len(unknown.vendor(Microsoft.VENDOR, Microsoft.CHAP_ERROR) or b"")


async def test_a_device_logs_in_by_its_address_and_its_usage_is_its_accounts(
    server: RadiusServer, place: Place
) -> None:
    subscriber_id = await place.add_subscriber(MAC, await place.add_plan())
    calling = text(Attr.CALLING_STATION_ID, "aa:bb:cc:0d:0e:0f")
    request = access_request(
        "aabbcc0d0e0f", "aabbcc0d0e0f", more=[calling, integer(Attr.SERVICE_TYPE, ServiceType.CALL_CHECK)]
    )
    assert (await ask(request, server.auth_port)).code == Code.ACCESS_ACCEPT
    started = accounting_request(
        SECRET,
        1,
        {
            Attr.NAS_IDENTIFIER: "sf-one",
            Attr.ACCT_STATUS_TYPE: int(AcctStatusType.START),
            Attr.USER_NAME: "aabbcc0d0e0f",
            Attr.ACCT_SESSION_ID: "s1",
            Attr.CALLING_STATION_ID: "aa:bb:cc:0d:0e:0f",
        },
    )
    assert (await ask(started, server.acct_port)).code == Code.ACCOUNTING_RESPONSE
    rows = await place.query("SELECT username, subscriber_id FROM sessions")
    assert rows == [("aabbcc0d0e0f", subscriber_id)], "a disconnect must name the guest as the NAS does"


async def test_a_device_cannot_be_played_by_typing_its_address(server: RadiusServer, place: Place) -> None:
    await place.add_subscriber(MAC, await place.add_plan())
    calling = text(Attr.CALLING_STATION_ID, "02-00-00-00-00-01")
    for name in (MAC, "aabbcc0d0e0f"):
        reply = await ask(access_request(name, name, more=[calling]), server.auth_port)
        assert reply.code == Code.ACCESS_REJECT


async def test_an_identity_to_charge_comes_where_it_is_asked_for(server: RadiusServer, place: Place) -> None:
    plan = await place.add_plan()
    for name in ("ada", "bob"):
        await place.add_subscriber(name, plan)
    wish = [octets(Attr.CHARGEABLE_USER_IDENTITY, b"\0")]
    identities = [
        (await ask(access_request(name, PASSWORD, more=more), server.auth_port)).get(Attr.CHARGEABLE_USER_IDENTITY)
        for name, more in (("ada", wish), ("ada", wish), ("bob", wish), ("ada", []))
    ]
    assert identities[0] is not None
    assert identities[0] == identities[1] != identities[2]
    assert identities[3] is None
    assert b"ada" not in identities[0]


async def test_a_hashed_password_lets_in_by_pap_and_says_why_not_by_chap(server: RadiusServer, place: Place) -> None:
    plan = await place.add_plan(password_storage="argon2id")
    sealer = Sealer(SECRET_KEY, PASSWORD_PURPOSE)
    stored = await store_password(PASSWORD, PasswordStorage.ARGON2ID, sealer)
    await place.add_subscriber("ada", plan, password_sealed=stored)
    for password, code in ((PASSWORD, Code.ACCESS_ACCEPT), (PASSWORD, Code.ACCESS_ACCEPT), ("no", Code.ACCESS_REJECT)):
        assert (await ask(access_request("ada", password), server.auth_port)).code == code
    for request in (mschap("ada", PASSWORD)[0], access_request("ada", None, more=[octets(3, bytes(17))])):
        reply = await ask(request, server.auth_port)
        assert reply.code == Code.ACCESS_REJECT
        assert "must use PAP" in (reply.text(Attr.REPLY_MESSAGE) or "")
