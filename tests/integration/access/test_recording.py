"""A batch of accounting in PostgreSQL: sessions, ledger, balances and enforcements move together, and once."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.rules import AccountingEvent, EventKind
from spotfi_cloud.storage.batches import transaction
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import Place

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
MEGABYTE = 1_000_000


def report(place: Place, nas: UUID, session: str, time_s: int, up: int, **values: Any) -> AccountingEvent:
    at = NOW + timedelta(seconds=time_s)
    defaults: dict[str, Any] = {
        "kind": EventKind.INTERIM,
        "username": "ada",
        "event_at": at,
        "arrived_at": at,
        "up_bytes": up,
        "down_bytes": 0,
        "session_time_s": time_s,
    }
    return AccountingEvent(router_id=nas, host_id=place.host_id, acct_session_id=session, **defaults | values)


async def record(
    connection: psycopg.AsyncConnection,
    events: Sequence[AccountingEvent | sessions.NasRestart],
    memory: sessions.SessionMemory | None = None,
) -> int:
    """As one process does that remembers what it wrote, or as one that has just started."""
    memory = sessions.SessionMemory() if memory is None else memory
    while True:
        try:
            async with transaction(connection) as batch:
                recorded = await sessions.record_accounting(batch, events, memory)
                clock = ManualClock(NOW)
                enforced = await quotas.record_usage(batch, recorded, clock=clock, default_zone="UTC")
        except sessions.OvertakenError:
            continue
        memory.keep(recorded.written)
        return enforced


async def differences(database: Database) -> list[str]:
    async with database.unit_of_work() as session:
        return [*await sessions.verify(session), *await quotas.verify(session)]


async def test_repeated_and_reordered_reports_count_once(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    ada = await place.add_subscriber("ada", await place.add_plan())
    connection, memory = await connect(), sessions.SessionMemory()
    history = [report(place, nas, "s1", time_s, time_s * 1000) for time_s in range(0, 6000, 300)]
    shuffled = history * 3
    random.Random(7).shuffle(shuffled)

    for start in range(0, len(shuffled), 7):
        await record(connection, shuffled[start : start + 7], memory)

    assert await place.query("SELECT up_bytes FROM sessions") == [(5_700_000,)]
    assert await place.query("SELECT sum(up_bytes) FROM usage_ledger") == [(5_700_000,)]
    assert await place.query("SELECT subscriber_id, used_bytes FROM quota_balances") == [(ada, 5_700_000)]
    assert await differences(database) == []


async def test_usage_goes_to_the_quarter_and_the_months_it_happened_in(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    """Vienna's November begins at 23:00 UTC on 31 October: usage before it leaves November's balance alone."""
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    before, after = datetime(2026, 10, 31, 22, 50, tzinfo=UTC), datetime(2026, 10, 31, 23, 5, tzinfo=UTC)
    connection = await connect()

    await record(
        connection,
        [
            report(place, nas, "s1", 600, 400 * MEGABYTE, event_at=before),
            report(place, nas, "s1", 1500, 401 * MEGABYTE, event_at=after),
        ],
    )

    ledger = await place.query("SELECT quarter_start, up_bytes FROM usage_ledger ORDER BY 1")
    assert ledger == [(before.replace(minute=45), 400 * MEGABYTE), (after.replace(minute=0), MEGABYTE)]
    balances = await place.query("SELECT period_start, used_bytes FROM quota_balances ORDER BY 1")
    assert balances == [
        (datetime(2026, 9, 30, 22, tzinfo=UTC), 400 * MEGABYTE),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), MEGABYTE),
    ]
    assert await differences(database) == []


async def test_usage_that_arrives_over_an_hour_after_its_quarter_is_noted_as_late_once(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    connection, memory = await connect(), sessions.SessionMemory()
    long_ago, lately = NOW - timedelta(days=2), NOW - timedelta(minutes=60)
    history = [
        report(place, nas, "s1", 300, 7000, event_at=long_ago),
        report(place, nas, "s1", 600, 9000, event_at=lately),
        report(place, nas, "s1", 900, 9500),
    ]

    for _ in range(2):
        for event in history:
            await record(connection, [event], memory)

    late = await place.query("SELECT quarter_start, up_bytes, down_bytes, router_id FROM late_usage")
    assert late == [(long_ago, 7000, 0, nas)]
    assert await place.query("SELECT sum(up_bytes) FROM usage_ledger") == [(9500,)]
    assert await differences(database) == []


async def test_passing_the_quota_enforces_every_open_session_and_the_stop_proves_it(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    first, second = await place.add_nas("sf-1"), await place.add_nas("sf-2")
    ada = await place.add_subscriber("ada", await place.add_plan())
    connection = await connect()
    opened = [report(place, first, "s1", 0, 0), report(place, second, "s1", 0, 0)]
    assert await record(connection, [*opened, report(place, first, "s1", 60, 499 * MEGABYTE)]) == 0

    assert await record(connection, [report(place, second, "s1", 70, 1 * MEGABYTE)]) == 2
    assert await record(connection, [report(place, second, "s1", 80, 2 * MEGABYTE)]) == 0

    states = "SELECT state FROM enforcements ORDER BY state"
    assert await place.query(states) == [("pending",), ("pending",)]
    stop = report(place, first, "s1", 90, 499 * MEGABYTE, kind=EventKind.STOP, terminate_cause="admin-reset")
    await record(connection, [stop])
    assert await place.query(states) == [("pending",), ("proved",)]
    async with database.unit_of_work() as session:
        usage = await quotas.usage_of(session, Scope.everything(), ada, clock=ManualClock(NOW), default_zone="UTC")
    assert (usage.used_bytes, usage.remaining_bytes) == (501 * MEGABYTE, 0)
    assert {row.router_id: row.up_bytes for row in usage.by_router} == {first: 499 * MEGABYTE, second: 2 * MEGABYTE}
    (still_open,) = usage.open_sessions
    assert still_open.enforcement is not None
    assert await differences(database) == []


async def test_of_a_crowd_in_one_batch_exactly_those_are_cut_off_who_reached_their_quota(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    """Far from it, near it, at it to the byte, in two quarters of an hour at once, by the week from the start, without any."""
    nas, plan = await place.add_nas("sf-1"), await place.add_plan()
    weekly = await place.add_plan(period="week_from_start", quota_bytes=200 * MEGABYTE, name="Week")
    unlimited = await place.add_plan(quota_bytes=None, name="Free")
    plans = {
        "far": plan,
        "near": plan,
        "byte-short": plan,
        "at-it": plan,
        "twice": plan,
        "week": weekly,
        "free": unlimited,
    }
    ids = {await place.add_subscriber(name, plan_id): name for name, plan_id in plans.items()}
    connection, memory = await connect(), sessions.SessionMemory()
    used = {"far": 1, "near": 410, "twice": 300, "week": 200, "free": 5000}
    used_bytes = {name: amount * MEGABYTE for name, amount in used.items()}
    used_bytes |= {"byte-short": 500 * MEGABYTE - 1, "at-it": 500 * MEGABYTE}
    await record(connection, [report(place, nas, name, 0, 0, username=name) for name in plans], memory)

    reports = [report(place, nas, name, 300, amount, username=name) for name, amount in used_bytes.items()]
    later = report(place, nas, "twice", 1200, 600 * MEGABYTE, username="twice")

    assert await record(connection, [*reports, later], memory) == 3

    cut_off = {ids[row[0]] for row in await place.query("SELECT subscriber_id FROM enforcements")}
    assert cut_off == {"at-it", "twice", "week"}
    assert await differences(database) == []


async def test_a_nas_that_starts_again_ends_its_sessions_and_no_others(
    place: Place, connect: Callable[[], Any]
) -> None:
    first, second = await place.add_nas("sf-1"), await place.add_nas("sf-2")
    connection = await connect()
    await record(connection, [report(place, first, "a", 60, 10), report(place, second, "a", 60, 10)])

    restart = sessions.NasRestart(first, NOW + timedelta(seconds=100), "nas-reboot")
    await record(connection, [restart, report(place, first, "b", 120, 5, event_at=NOW + timedelta(seconds=240))])

    closed = await place.query(
        "SELECT router_id, acct_session_id, terminate_cause FROM sessions WHERE ended_at IS NOT NULL"
    )
    assert closed == [(first, "a", "nas-reboot")]


async def test_a_plan_that_changes_its_period_keeps_what_was_used_in_it(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    """To a plan by the day and back: each time the balance holds what the new period has seen so far."""
    nas = await place.add_nas("sf-1")
    monthly, daily = await place.add_plan(), await place.add_plan(period="day")
    await place.add_subscriber("ada", monthly)
    connection = await connect()
    yesterday = report(place, nas, "s1", 60, 100 * MEGABYTE, event_at=NOW - timedelta(days=1))
    await record(connection, [yesterday, report(place, nas, "s1", 120, 300 * MEGABYTE)])
    for plan_id, used in ((daily, 300), (monthly, 500)):
        await place.query("UPDATE subscribers SET plan_id = %s RETURNING 1", plan_id)
        up = used + (100 if plan_id == daily else 0)
        await record(connection, [report(place, nas, "s1", up, up * MEGABYTE)])
        assert await place.query("SELECT used_bytes FROM quota_balances") == [(used * MEGABYTE,)]
        assert await differences(database) == []


async def test_a_week_that_begins_on_the_day_of_a_daily_balance_is_another_period(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    daily, weekly = await place.add_plan(period="day"), await place.add_plan(period="week")
    await place.add_subscriber("ada", daily)
    connection = await connect()
    monday = NOW - timedelta(days=1)
    await record(connection, [report(place, nas, "s1", 60, 5, event_at=monday)])
    await place.query("UPDATE subscribers SET plan_id = %s RETURNING 1", weekly)
    await record(connection, [report(place, nas, "s1", 120, 9, event_at=monday), report(place, nas, "s1", 180, 30)])
    assert await place.query("SELECT used_bytes FROM quota_balances") == [(30,)]
    assert await differences(database) == []


async def test_two_processes_write_the_same_sessions_at_once_without_loss(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    plan = await place.add_plan(quota_bytes=None)
    for number in range(20):
        await place.add_subscriber(f"guest{number}", plan)
    history = [
        report(place, nas, f"s{number}", time_s, time_s * 1000, username=f"guest{number}")
        for number in range(20)
        for time_s in range(60, 1260, 60)
    ]

    async def write(seed: int) -> None:
        connection, memory = await connect(), sessions.SessionMemory()
        mine = list(history)
        random.Random(seed).shuffle(mine)
        for start in range(0, len(mine), 40):
            await record(connection, mine[start : start + 40], memory)

    await asyncio.gather(*(write(seed) for seed in range(4)))

    assert await place.query("SELECT sum(up_bytes) FROM sessions") == [(20 * 1_200_000,)]
    assert await differences(database) == []


async def test_a_process_that_remembers_takes_up_what_others_have_changed(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    """Two processes in turns on one session, a third change by hand: nothing is counted twice, nothing is lost."""
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    connection = await connect()
    first, second = sessions.SessionMemory(), sessions.SessionMemory()
    await record(connection, [report(place, nas, "s1", 0, 0, kind=EventKind.START)], first)
    for time_s, memory in ((60, second), (120, first), (180, first), (240, second), (300, first)):
        neighbour = report(place, nas, f"s-{time_s}", 0, 0, kind=EventKind.START)
        await record(connection, [report(place, nas, "s1", time_s, time_s * 1000), neighbour], memory)
    await place.query("UPDATE sessions SET ended_at = now(), terminate_cause = 'lost-contact' RETURNING 1")
    await record(connection, [report(place, nas, "s1", 360, 360_000, event_at=datetime.now(UTC))], first)

    assert await place.query("SELECT up_bytes, ended_at FROM sessions WHERE acct_session_id = 's1'") == [
        (360_000, None)
    ]
    assert len(await place.query("SELECT id FROM sessions")) == 6
    assert await differences(database) == []


async def test_a_start_for_a_session_that_is_there_already_makes_no_second_one(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    connection = await connect()
    await record(connection, [report(place, nas, "s1", 60, 1000)])
    await record(
        connection, [report(place, nas, "s1", 0, 0, kind=EventKind.START), report(place, nas, "s1", 120, 3000)]
    )
    assert await place.query("SELECT up_bytes FROM sessions") == [(3000,)]
    assert await differences(database) == []


async def test_what_accounting_speaks_of_cannot_be_deleted(place: Place, connect: Callable[[], Any]) -> None:
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    await record(await connect(), [report(place, nas, "s1", 60, 1000)])
    for table in ("routers", "hosts", "subscribers", "sessions"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await place.query(f"DELETE FROM {table} RETURNING 1")
