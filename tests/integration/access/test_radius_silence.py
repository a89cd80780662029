"""What deserves no answer gets none, and is counted: nothing for whoever aims at somebody else; no replay counts twice."""

import asyncio
import os
import socket
from collections import Counter

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.radius.attributes import AcctStatusType, Attr
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.passwords import encrypt_pap
from spotfi_cloud.radius.values import octets, text
from spotfi_cloud.storage.database import Database
from tests.integration.access.asking import access_request, serving
from tests.integration.access.conftest import PASSWORD, SECRET, Place
from tests.integration.access.radius_peer import accounting_request, garbage

_EACH = 200


def bound(address: str = "127.0.0.1") -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind((address, 0))
    return made


async def heard(listening: socket.socket, within_s: float = 1.0) -> list[bytes]:
    """Everything that arrives within this time."""
    datagrams: list[bytes] = []
    try:
        async with asyncio.timeout(within_s):
            while True:
                datagrams.append(await asyncio.get_running_loop().sock_recv(listening, 4096))
    except TimeoutError:
        return datagrams


async def first_heard(listening: socket.socket) -> bytes:
    async with asyncio.timeout(20):
        return await asyncio.get_running_loop().sock_recv(listening, 4096)


async def dropped_by(server: RadiusServer, port: int, expected: int) -> Counter[str]:
    """How many datagrams one port dropped, for which reason, once it has looked at as many as expected."""
    tally, found = server.metrics.tallies[port], Counter[str]()
    for _ in range(400):
        found = Counter({outcome: count for (_, outcome, answered), count in tally.totals().items() if not answered})
        if found.total() >= expected:
            break
        await asyncio.sleep(0.05)
    return found


def signed(secret: bytes, identifier: str, *, message_authenticator: bool = True) -> bytes:
    authenticator = os.urandom(16)
    password = octets(Attr.USER_PASSWORD, encrypt_pap(PASSWORD.encode(), authenticator, secret))
    attributes = [text(Attr.USER_NAME, "ada"), password, text(Attr.NAS_IDENTIFIER, identifier)]
    return sign_access_request(1, authenticator, secret, attributes, message_authenticator=message_authenticator)


async def test_an_amplification_attempt_gets_no_octet_and_is_counted(database: Database, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    await place.add_nas("sf-one", address="192.0.2.1", legacy_radius=True)
    forged = {
        "unknown_nas": signed(SECRET, "sf-nobody"),
        "message_authenticator_wrong": signed(b"guessed", "sf-one"),
        "unsigned_from_elsewhere": signed(SECRET, "sf-one", message_authenticator=False),
        "unexpected_code": accounting_request(SECRET, 1, {Attr.NAS_IDENTIFIER: "sf-one", Attr.ACCT_STATUS_TYPE: 1}),
    }
    async with serving(database) as server:
        with bound() as victim:
            datagrams = [*(each for each in forged.values() for _ in range(_EACH)), *garbage(_EACH)]
            for datagram in datagrams:
                victim.sendto(datagram, ("127.0.0.1", server.auth_port))
                await asyncio.sleep(0)  # no more than the kernel keeps for the role
            dropped = await dropped_by(server, 0, len(datagrams))
            assert await heard(victim, 0.3) == []
        (tally, _) = server.metrics.tallies
    assert all(dropped[reason] >= _EACH for reason in forged), dropped
    assert dropped.total() == len(datagrams) == (len(forged) + 2) * _EACH
    assert all(not answered for _, _, answered in tally.totals())


async def test_accounting_under_another_secret_is_counted_and_silent(database: Database, place: Place) -> None:
    nas_id = await place.add_nas("sf-one")
    forged = accounting_request(b"guessed", 1, {Attr.NAS_IDENTIFIER: "sf-one", Attr.ACCT_STATUS_TYPE: 2})
    async with serving(database) as server:
        with bound() as stranger:
            stranger.sendto(forged, ("127.0.0.1", server.acct_port))
            await dropped_by(server, 1, 1)
            assert await heard(stranger, 0.1) == []
    counts = "SELECT router_id, port, outcome, answered, count FROM radius_counts"
    assert await place.query(counts) == [(nas_id, "acct", "request_authenticator_wrong", False, 1)]


async def test_a_login_that_is_repeated_gets_the_same_octets_and_is_decided_once(
    database: Database, place: Place
) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    await place.add_nas("sf-one")
    request = access_request("ada", PASSWORD)
    async with serving(database) as server:
        with bound() as nas:
            replies = []
            for _ in range(3):
                nas.sendto(request, ("127.0.0.1", server.auth_port))
                replies.append(await first_heard(nas))
            assert await heard(nas, 0.3) == []
    assert len(replies) == 3
    assert len(set(replies)) == 1
    assert replies[0][0] == Code.ACCESS_ACCEPT
    assert await place.query("SELECT outcome FROM login_attempts") == [("accepted",)]


async def test_accounting_replayed_by_somebody_else_or_later_adds_nothing(database: Database, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=None))
    await place.add_nas("sf-one")

    def report(time_s: int, up: int) -> bytes:
        values: dict[int, int | str] = {
            Attr.NAS_IDENTIFIER: "sf-one",
            Attr.ACCT_STATUS_TYPE: int(AcctStatusType.INTERIM_UPDATE),
            Attr.USER_NAME: "ada",
            Attr.ACCT_SESSION_ID: "s1",
            Attr.ACCT_SESSION_TIME: time_s,
            Attr.ACCT_INPUT_OCTETS: up,
        }
        return accounting_request(SECRET, 1, values)

    async with serving(database) as server:
        for datagram in (report(60, 1000), report(120, 3000), report(60, 1000), report(120, 3000), report(60, 1000)):
            with bound() as anybody:  # another port each time: nothing of it is in the cache of replies
                anybody.sendto(datagram, ("127.0.0.1", server.acct_port))
                assert (await first_heard(anybody))[0] == Code.ACCOUNTING_RESPONSE
                assert await heard(anybody, 0.1) == []
    assert await place.query("SELECT up_bytes, session_time_s, refused_updates FROM sessions") == [(3000, 120, 0)]
    assert await place.query("SELECT sum(up_bytes)::bigint FROM usage_ledger") == [(3000,)]
    assert await place.query("SELECT used_bytes FROM quota_balances") == [(3000,)]
