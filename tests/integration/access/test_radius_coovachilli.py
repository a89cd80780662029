"""CoovaChilli with `acctupdate`: limits and the session's end in Accounting-Responses; counters in either direction."""

from collections.abc import AsyncIterator

import pytest

from spotfi_cloud.entrypoints.radius.server import RadiusServer
from spotfi_cloud.radius.attributes import AcctStatusType, Attr, ChilliSpot, WISPr
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.storage.database import Database
from tests.integration.access.asking import ask, serving
from tests.integration.access.conftest import SECRET, SIGNED_UP, Place
from tests.integration.access.radius_peer import accounting_request

QUOTA = 6 << 30


@pytest.fixture
async def server(database: Database, place: Place) -> AsyncIterator[RadiusServer]:
    await place.add_nas("sf-chilli", kind="coovachilli")
    await place.add_nas("sf-swapped", kind="coovachilli", swapped_counters=False)
    await place.add_nas("sf-uspot", kind="uspot")
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=QUOTA))
    async with serving(database) as server:
        yield server


async def report(server: RadiusServer, nas: str, status: AcctStatusType, received: int, sent: int = 0) -> Packet:
    request = accounting_request(
        SECRET,
        received % 251,
        {
            Attr.NAS_IDENTIFIER: nas,
            Attr.ACCT_STATUS_TYPE: int(status),
            Attr.USER_NAME: "ada",
            Attr.ACCT_SESSION_ID: f"session at {nas}",
            Attr.ACCT_SESSION_TIME: 3000,
            Attr.ACCT_INPUT_OCTETS: received & 0xFFFFFFFF,
            Attr.ACCT_INPUT_GIGAWORDS: received >> 32,
            Attr.ACCT_OUTPUT_OCTETS: sent & 0xFFFFFFFF,
            Attr.ACCT_OUTPUT_GIGAWORDS: sent >> 32,
        },
    )
    return await ask(request, server.acct_port)


def limit_of(reply: Packet) -> int | None:
    low, high = (
        reply.vendor(ChilliSpot.VENDOR, kind) for kind in (ChilliSpot.MAX_TOTAL_OCTETS, ChilliSpot.MAX_TOTAL_GIGAWORDS)
    )
    return None if low is None or high is None else (int.from_bytes(high, "big") << 32) + int.from_bytes(low, "big")


async def test_limits_follow_what_is_used_anywhere(server: RadiusServer, place: Place) -> None:
    started = await report(server, "sf-chilli", AcctStatusType.START, 0)
    assert limit_of(started) == QUOTA
    assert (started.integer(Attr.SESSION_TIMEOUT), started.integer(Attr.ACCT_INTERIM_INTERVAL)) == (3600, 300)
    assert started.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP) == (2_000_000).to_bytes(4, "big")
    used = await report(server, "sf-chilli", AcctStatusType.INTERIM_UPDATE, 1 << 30, 5)
    assert limit_of(used) == QUOTA, "a limit counts from the session's beginning"
    elsewhere = await report(server, "sf-uspot", AcctStatusType.INTERIM_UPDATE, 2 << 30)
    assert elsewhere.attributes == [], "a NAS that does not look is told nothing"
    used = await report(server, "sf-chilli", AcctStatusType.INTERIM_UPDATE, (1 << 30) + 100, 5)
    assert limit_of(used) == QUOTA - (2 << 30)


async def test_a_session_ends_by_the_response_when_the_quota_is_gone(server: RadiusServer, place: Place) -> None:
    await report(server, "sf-uspot", AcctStatusType.INTERIM_UPDATE, QUOTA)
    reply = await report(server, "sf-chilli", AcctStatusType.INTERIM_UPDATE, 10)
    assert reply.vendor(ChilliSpot.VENDOR, ChilliSpot.CONFIG) == b"admin-reset"
    assert limit_of(reply) is None
    stopped = await report(server, "sf-chilli", AcctStatusType.STOP, 11)
    assert stopped.attributes == []


async def test_a_session_ends_by_the_response_when_the_account_is_disabled(server: RadiusServer, place: Place) -> None:
    await place.connection.execute("UPDATE subscribers SET disabled_at = %s", (SIGNED_UP,))
    reply = await report(server, "sf-chilli", AcctStatusType.INTERIM_UPDATE, 10)
    assert reply.vendor(ChilliSpot.VENDOR, ChilliSpot.CONFIG) == b"admin-reset"


async def test_counters_are_kept_in_one_direction_however_they_come(server: RadiusServer, place: Place) -> None:
    for nas in ("sf-chilli", "sf-swapped", "sf-uspot"):
        await report(server, nas, AcctStatusType.INTERIM_UPDATE, 1000, 30)
    rows = await place.query("SELECT acct_session_id, up_bytes, down_bytes FROM sessions ORDER BY acct_session_id")
    assert rows == [
        ("session at sf-chilli", 30, 1000),
        ("session at sf-swapped", 1000, 30),
        ("session at sf-uspot", 1000, 30),
    ]
