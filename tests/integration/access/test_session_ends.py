"""Sessions that end without a Stop: the NAS fell silent or knows none, the subscriber was disabled."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from spotfi_cloud.entrypoints.worker.session_ends import enforce_disabled
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock, SystemClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind
from spotfi_cloud.storage.batches import transaction
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import Place
from tests.integration.access.test_enforcement import eventually

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


async def account(database: Database, place: Place, nas: UUID, time_s: int, up: int, **values: Any) -> None:
    at = NOW + timedelta(seconds=time_s)
    defaults: dict[str, Any] = {"kind": EventKind.INTERIM, "event_at": at, "arrived_at": at, "username": "ada"}
    defaults["acct_session_id"] = "s1"
    event = AccountingEvent(
        router_id=nas,
        host_id=place.host_id,
        up_bytes=up,
        down_bytes=0,
        session_time_s=time_s,
        **defaults | values,
    )
    async with await database.connect() as connection, transaction(connection) as batch:
        recorded = await sessions.record_accounting(batch, [event], sessions.SessionMemory())
        await quotas.record_usage(batch, recorded, clock=ManualClock(at), default_zone="UTC")


async def end_silent(database: Database, at: datetime) -> int:
    async with database.unit_of_work() as session:
        return await quotas.end_silent_sessions(session, clock=ManualClock(at))


async def test_a_silent_session_ends_after_three_updates_and_opens_again(database: Database, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan(interim_interval_s=600))
    nas = await place.add_nas("sf-one")
    await account(database, place, nas, 60, 1000)

    assert await end_silent(database, NOW + timedelta(seconds=60 + 1800)) == 0
    assert await end_silent(database, NOW + timedelta(seconds=60 + 1801)) == 1
    ended = "SELECT ended_at, terminate_cause, up_bytes, stopped FROM sessions"
    assert await place.query(ended) == [(NOW + timedelta(seconds=60), "lost-contact", 1000, False)]

    await account(database, place, nas, 4000, 5000)
    assert await place.query(ended) == [(None, "", 5000, False)]
    async with database.unit_of_work() as session:
        assert [*await sessions.verify(session), *await quotas.verify(session)] == []


async def test_a_device_that_is_back_after_a_power_cut_replaces_its_old_session(
    database: Database, place: Place
) -> None:
    plan_id = await place.add_plan(max_sessions=1)
    await place.add_subscriber("ada", plan_id)
    await place.add_subscriber("eve", plan_id)
    nas = await place.add_nas("sf-one")
    await account(database, place, nas, 60, 1000, calling_station_id="aa")
    eve = {"username": "eve", "acct_session_id": "s9"}
    await account(database, place, nas, 60, 10, calling_station_id="aa", **eve)
    back_at = NOW + timedelta(seconds=200)
    again: dict[str, Any] = {
        "acct_session_id": "s2",
        "kind": EventKind.START,
        "event_at": back_at,
        "arrived_at": back_at,
    }
    await account(database, place, nas, 0, 0, calling_station_id="aa", **again)

    assert await end_silent(database, back_at) == 1
    open_ones = "SELECT username, acct_session_id FROM sessions WHERE ended_at IS NULL ORDER BY username"
    assert await place.query(open_ones) == [("ada", "s2"), ("eve", "s9")]
    ended = "SELECT ended_at, terminate_cause, up_bytes FROM sessions WHERE ended_at IS NOT NULL"
    assert await place.query(ended) == [(NOW + timedelta(seconds=60), "lost-contact", 1000)]
    assert await end_silent(database, back_at) == 0


async def test_what_was_to_end_a_silent_session_lapses_and_is_taken_up_again(database: Database, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan(quota_bytes=1000))
    nas = await place.add_nas("sf-one")
    await account(database, place, nas, 60, 2000)
    assert await end_silent(database, NOW + timedelta(hours=1)) == 1
    async with database.unit_of_work() as session:
        assert await quotas.claim_due(session, clock=ManualClock(NOW + timedelta(hours=1)), limit=10) == []
    assert await place.query("SELECT state, proved_at FROM enforcements") == [("lapsed", None)]

    await account(database, place, nas, 4000, 3000)
    states = await place.query("SELECT state FROM enforcements ORDER BY state")
    assert states == [("lapsed",), ("pending",)]


async def test_disabling_a_subscriber_ends_the_open_sessions(database: Database, place: Place) -> None:
    subscriber_id = await place.add_subscriber("ada", await place.add_plan())
    nas = await place.add_nas("sf-one")
    await account(database, place, nas, 60, 1000)
    running = asyncio.create_task(enforce_disabled(database, SystemClock()))
    try:
        await asyncio.sleep(0.3)
        await place.query(
            "UPDATE subscribers SET disabled_at = now() WHERE id = %s RETURNING pg_notify('access', 'subscriber')",
            subscriber_id,
        )
        await eventually(place, "SELECT reason, state FROM enforcements", [("disabled", "pending")])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_session_its_nas_knows_nothing_of_is_ended(database: Database, place: Place) -> None:
    await place.add_subscriber("ada", await place.add_plan())
    nas = await place.add_nas("sf-one")
    await account(database, place, nas, 60, 1000)
    ((session_id,),) = await place.query("SELECT id FROM sessions")
    async with database.unit_of_work() as session:
        await quotas.disconnect_session(session, Scope.everything(), session_id, clock=ManualClock(NOW))
        await quotas.end_lost_session(session, session_id)
    assert await place.query("SELECT terminate_cause, up_bytes FROM sessions") == [("lost-contact", 1000)]
    assert await place.query("SELECT state FROM enforcements") == [("lapsed",)]
