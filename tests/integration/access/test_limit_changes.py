"""A plan that is changed, or exchanged, reaches the open sessions by CoA-Request; what came of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from spotfi_cloud.entrypoints.worker.enforcement import spread_limit_changes
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.plans import service as plans
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.radius.attributes import AcctStatusType, Attr, ChilliSpot, Mikrotik, WISPr
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import Place
from tests.integration.access.radius_peer import Peer
from tests.integration.access.test_enforcement import MEGABYTE, MakePeer, eventually, new_peer, server

__all__ = ["new_peer", "server"]
CHANGES = "SELECT state, answer FROM enforcements WHERE action = 'change' ORDER BY created_at"


@pytest.fixture(autouse=True)
async def spreading(database: Database) -> AsyncIterator[None]:
    """The worker's loop that finds whom changes concern."""
    running = asyncio.create_task(spread_limit_changes(database, SystemClock()))
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def change_plan(database: Database, plan_id: UUID, **changes: int | None) -> None:
    async with database.unit_of_work() as session:
        await plans.change_plan(session, Scope.everything(), plan_id, changes)


async def start(peer: Peer, session: str = "s1", up: int = 0) -> None:
    assert await peer.account(AcctStatusType.START, "ada", session, 0, 0)
    if up:
        assert await peer.account(AcctStatusType.INTERIM_UPDATE, "ada", session, 60, up)


async def test_a_plans_new_speed_reaches_open_sessions_on_every_nas(
    place: Place, new_peer: MakePeer, database: Database
) -> None:
    plan_id = await place.add_plan(quota_bytes=500 * MEGABYTE)
    await place.add_subscriber("ada", plan_id)
    _, mikrotik = await new_peer("sf-garden", "mikrotik")
    _, chilli = await new_peer("sf-bar", "coovachilli")
    await start(mikrotik)
    await start(chilli, up=100 * MEGABYTE)
    await change_plan(database, plan_id, rate_up_bps=64_000, rate_down_bps=128_000)
    later = "acknowledged; changes of times and volume hold from the next login"
    await eventually(place, f"{CHANGES[:-10]}answer", [("acknowledged", "acknowledged"), ("acknowledged", later)])

    (told,) = mikrotik.changed
    assert told.vendor(Mikrotik.VENDOR, Mikrotik.RATE_LIMIT) == b"64000/128000"
    (told,) = chilli.changed
    assert (told.text(Attr.USER_NAME), told.text(Attr.ACCT_SESSION_ID)) == ("ada", "s1")
    assert told.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN) == (128_000).to_bytes(4, "big")
    volume = told.vendor(ChilliSpot.VENDOR, ChilliSpot.MAX_TOTAL_OCTETS)
    assert volume == (500 * MEGABYTE).to_bytes(4, "big"), "what is left, and what the session has used"
    assert mikrotik.disconnected == chilli.disconnected == []


async def test_another_plan_reaches_the_subscribers_session_and_no_other(place: Place, new_peer: MakePeer) -> None:
    plan_id, faster = await place.add_plan(), await place.add_plan(rate_down_bps=50_000_000)
    await place.add_subscriber("ada", plan_id)
    await place.add_subscriber("eve", plan_id)
    _, peer = await new_peer("sf-garden", "generic")
    await start(peer)
    assert await peer.account(AcctStatusType.START, "eve", "s2", 0, 0)
    text = "UPDATE subscribers SET plan_id = %s WHERE username = 'ada' RETURNING pg_notify('access', 'subscriber')"
    await place.query(text, faster)
    await eventually(place, "SELECT state FROM enforcements", [("acknowledged",)])
    (told,) = peer.changed
    assert told.text(Attr.ACCT_SESSION_ID) == "s1"
    assert told.vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_DOWN) == (50_000_000).to_bytes(4, "big")


async def test_a_refusal_is_kept_with_its_cause_and_not_repeated(
    place: Place, new_peer: MakePeer, database: Database
) -> None:
    plan_id = await place.add_plan()
    await place.add_subscriber("ada", plan_id)
    _, peer = await new_peer("sf-garden", "uspot")
    peer.on_change, peer.error_cause = Code.COA_NAK, 401
    await start(peer)
    await change_plan(database, plan_id, idle_timeout_s=60)
    await eventually(place, CHANGES, [("refused", "refused: unsupported attribute")])
    await asyncio.sleep(2.5)
    assert len(peer.changed) == 1


async def test_a_nas_that_takes_no_changes_holds_them_from_the_next_login(
    place: Place, new_peer: MakePeer, database: Database
) -> None:
    plan_id = await place.add_plan()
    await place.add_subscriber("ada", plan_id)
    _, peer = await new_peer("sf-garden", "opennds")
    await start(peer)
    await change_plan(database, plan_id, rate_up_bps=None)
    words = "a NAS of kind opennds takes no new limits for an open session: they hold from the next login"
    await eventually(place, CHANGES, [("deferred", words)])
    assert peer.changed == []


async def test_a_silent_nas_is_asked_again_with_the_newest_limits_and_its_end_is_another_matter(
    place: Place, new_peer: MakePeer, database: Database
) -> None:
    plan_id = await place.add_plan()
    await place.add_subscriber("ada", plan_id)
    _, peer = await new_peer("sf-garden", "generic")
    peer.on_change = None
    await start(peer)
    await change_plan(database, plan_id, rate_up_bps=64_000)
    await eventually(place, CHANGES, [("sent", "no answer")])
    ((session_id,),) = await place.query("SELECT id FROM sessions")
    async with database.unit_of_work() as session:
        await quotas.disconnect_session(session, Scope.everything(), session_id, clock=SystemClock())
    await change_plan(database, plan_id, rate_up_bps=32_000)
    peer.on_change = Code.COA_ACK
    await eventually(place, f"SELECT state FROM ({CHANGES}) AS changes", [("acknowledged",)])
    assert peer.changed[-1].vendor(WISPr.VENDOR, WISPr.BANDWIDTH_MAX_UP) == (32_000).to_bytes(4, "big")
    await eventually(place, "SELECT state FROM enforcements WHERE action = 'disconnect'", [("acknowledged",)])

    assert await peer.account(AcctStatusType.STOP, "ada", "s1", 60, 0)
    states = "SELECT action, state FROM enforcements ORDER BY action"
    await eventually(place, states, [("change", "acknowledged"), ("disconnect", "proved")])


async def test_a_change_is_given_up_and_said_so(place: Place, new_peer: MakePeer, database: Database) -> None:
    plan_id = await place.add_plan()
    await place.add_subscriber("ada", plan_id)
    _, peer = await new_peer("sf-garden", "generic")
    peer.on_change = None
    await start(peer)
    await change_plan(database, plan_id, rate_up_bps=64_000)
    await eventually(place, CHANGES, [("sent", "no answer")])
    await place.query("UPDATE enforcements SET attempts = 5, next_attempt_at = now() RETURNING 1")
    await eventually(place, CHANGES, [("gave_up", "no answer; the new limits hold from the next login")])
