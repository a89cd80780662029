"""Quotas of directions, time and sessions; thresholds; what rolls over: in accounting, at login, and in `spotfi verify`."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from spotfi_cloud.access.rules import Account, Grant, Rejection, decide
from spotfi_cloud.access.service import find_accounts
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.terms import Used, left_of
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.sessions.rules import EventKind
from spotfi_cloud.storage.database import Database
from tests.integration.access.conftest import SECRET_KEY, Place
from tests.integration.access.test_recording import MEGABYTE, NOW, differences, record, report

ENFORCED = "SELECT acct_session_id, reason FROM enforcements JOIN sessions ON sessions.id = session_id ORDER BY 1"
BALANCE = "SELECT used_bytes, used_up_bytes, used_s FROM quota_balances"


async def account_of(connection: psycopg.AsyncConnection, username: str = "ada", now: datetime = NOW) -> Account:
    sealer = Sealer(SECRET_KEY, "subscriber-password")
    return (await find_accounts(connection, [username], sealer, clock=ManualClock(now), default_zone="UTC"))[username]


async def login(connection: psycopg.AsyncConnection, now: datetime = NOW) -> Grant | Rejection:
    return decide(await account_of(connection, now=now), password_fits=True, calling_station_id="bb", now=now)


@pytest.mark.parametrize("seed", range(3))
async def test_time_and_directions_are_counted_like_a_plain_model_whatever_arrives(
    place: Place, database: Database, connect: Callable[[], Any], seed: int
) -> None:
    """Two guests, two routers, repeated and reordered reports in arbitrary batches, from two processes in turns."""
    chance = random.Random(seed)
    plan = await place.add_plan()
    subscribers = {name: await place.add_subscriber(name, plan) for name in ("ada", "eve")}
    routers = [await place.add_nas(f"sf-{number}") for number in range(2)]
    arrivals, expected = [], {name: Counter[str]() for name in subscribers}
    for number in range(8):
        name, nas = chance.choice(list(subscribers)), chance.choice(routers)
        time_s = up = down = 0
        history = []
        for _ in range(6):
            time_s += chance.randrange(1, 4000)
            up, down = up + chance.randrange(10**6), down + chance.randrange(10**6)
            values = {"username": name, "down_bytes": down, "event_at": NOW + timedelta(seconds=time_s - 20_000)}
            history.append(report(place, nas, f"s{number}", time_s, up, **values))
        told = chance.choices(history, k=8)
        furthest = max(told, key=lambda event: event.session_time_s or 0)
        for key, amount in (
            ("up", furthest.up_bytes),
            ("down", furthest.down_bytes),
            ("time", furthest.session_time_s),
        ):
            expected[name][key] += amount or 0
        arrivals += told
    chance.shuffle(arrivals)

    processes = [(await connect(), sessions.SessionMemory()) for _ in range(2)]
    while arrivals:
        count = chance.randrange(1, 9)
        batch, arrivals = arrivals[:count], arrivals[count:]
        await record(*_with(chance.choice(processes), batch))

    assert await differences(database) == []
    clock = ManualClock(NOW)
    for name, subscriber_id in subscribers.items():
        async with database.unit_of_work() as session:
            usage = await quotas.usage_of(session, Scope.everything(), subscriber_id, clock=clock, default_zone="UTC")
        assert usage.used == Used(expected[name]["up"], expected[name]["down"], expected[name]["time"])


def _with(
    process: tuple[Any, sessions.SessionMemory], batch: list[Any]
) -> tuple[Any, list[Any], sessions.SessionMemory]:
    return process[0], batch, process[1]


async def test_time_over_all_sessions_on_all_routers_ends_them_all(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    first, second = await place.add_nas("sf-1"), await place.add_nas("sf-2")
    await place.add_subscriber("ada", await place.add_plan(quota_s=3600, session_timeout_s=None, quota_bytes=None))
    connection = await connect()
    assert await record(connection, [report(place, first, "a", 1800, 5), report(place, second, "b", 1000, 5)]) == 0
    grant = await login(connection)
    assert isinstance(grant, Grant)
    assert grant.session_timeout_s == 800, "what is left of the hour"

    assert await record(connection, [report(place, second, "b", 1800, 5)]) == 2
    assert await place.query(ENFORCED) == [("a", "quota"), ("b", "quota")]
    refused = await login(connection)
    assert isinstance(refused, Rejection)
    assert refused.message == (
        "Your online time for this month was used up on 10 November 2026. It starts afresh on 1 December 2026."
    )
    assert refused.words_for_staff == "Quota (online time) used up on 10 Nov 2026, resets 1 Dec 2026."
    assert await place.query(BALANCE) == [(10, 10, 3600)]
    assert await differences(database) == []


async def test_each_direction_has_a_quota_of_its_own(place: Place, connect: Callable[[], Any]) -> None:
    nas = await place.add_nas("sf-1")
    limits = {"quota_bytes": None, "quota_up_bytes": 10 * MEGABYTE, "quota_down_bytes": 100 * MEGABYTE}
    await place.add_subscriber("ada", await place.add_plan(**limits))
    connection = await connect()
    down = {"down_bytes": 60 * MEGABYTE}
    assert await record(connection, [report(place, nas, "s1", 60, 9 * MEGABYTE, **down)]) == 0
    grant = await login(connection)
    assert isinstance(grant, Grant)
    left = (grant.remaining_bytes, grant.remaining_up_bytes, grant.remaining_down_bytes)
    assert left == (None, MEGABYTE, 40 * MEGABYTE)
    assert await record(connection, [report(place, nas, "s1", 120, 10 * MEGABYTE, **down)]) == 1
    refused = await login(connection)
    assert isinstance(refused, Rejection)
    assert refused.message.startswith("Your upload volume for this month was used up")


async def test_a_session_that_has_used_what_one_may_ends_alone(place: Place, connect: Callable[[], Any]) -> None:
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan(session_quota_bytes=10 * MEGABYTE))
    connection = await connect()
    opened = [report(place, nas, session, 0, 0) for session in ("a", "b")]
    assert await record(connection, [*opened, report(place, nas, "a", 60, 9 * MEGABYTE)]) == 0
    assert await record(connection, [report(place, nas, "a", 120, 11 * MEGABYTE)]) == 1
    assert await place.query(ENFORCED) == [("a", "session_quota")]
    grant = await login(connection)
    assert isinstance(grant, Grant)
    assert grant.remaining_bytes == 10 * MEGABYTE, "the next session has as much"


@pytest.mark.parametrize("at_limit", ["throttle", "continue"])
async def test_a_plan_that_does_not_end_lets_go_on_and_lets_in(
    place: Place, connect: Callable[[], Any], at_limit: str
) -> None:
    nas = await place.add_nas("sf-1")
    slow = {"throttle_up_bps": 64_000, "throttle_down_bps": 128_000}
    plan_id = await place.add_plan(quota_bytes=MEGABYTE, at_limit=at_limit, rate_up_bps=None, **slow)
    await place.add_subscriber("ada", plan_id)
    connection = await connect()
    assert await record(connection, [report(place, nas, "s1", 60, 2 * MEGABYTE)]) == 0
    assert await record(connection, [report(place, nas, "s1", 120, 3 * MEGABYTE)]) == 0
    told = await place.query("SELECT reason FROM limit_changes")
    assert told == ([("quota",)] if at_limit == "throttle" else []), "once, when it is passed"
    grant = await login(connection)
    assert isinstance(grant, Grant)
    throttled = at_limit == "throttle"
    assert (grant.rate_up_bps, grant.rate_down_bps) == ((64_000, 128_000) if throttled else (None, 10_000_000))
    assert (grant.remaining_bytes, grant.throttled) == (None, throttled)


async def test_thresholds_are_events_once_in_a_period(place: Place, connect: Callable[[], Any]) -> None:
    nas = await place.add_nas("sf-1")
    ada = await place.add_subscriber("ada", await place.add_plan(quota_bytes=10 * MEGABYTE, at_limit="continue"))
    connection, memory = await connect(), sessions.SessionMemory()
    for megabytes in (5, 8, 8, 9, 10, 12):
        event = report(place, nas, "s1", 60 * megabytes, megabytes * MEGABYTE)
        await record(connection, [event], memory)
    events = await place.query(
        "SELECT host_id, subject_id, data FROM events WHERE kind = 'quota.threshold' ORDER BY number"
    )
    common = {"measure": "volume", "quota": 10 * MEGABYTE}
    assert events == [
        (place.host_id, ada, {**common, "percent": percent, "used": used * MEGABYTE})
        for percent, used in ((80, 8), (100, 10))
    ]


async def test_unused_volume_rolls_over_and_a_login_knows_it_before_accounting_does(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    """From October's 30 of 100 MB unused, of which half; through nothing else; and what is rolled over ends sessions later."""
    nas = await place.add_nas("sf-1")
    signed_up = datetime(2026, 10, 5, tzinfo=UTC)
    plan_id = await place.add_plan(quota_bytes=100 * MEGABYTE, rollover_percent=50)
    ada = await place.add_subscriber("ada", plan_id, created_at=signed_up)
    connection = await connect()
    await record(connection, [report(place, nas, "s1", 60, 70 * MEGABYTE, event_at=signed_up + timedelta(days=1))])
    account = await account_of(connection)
    assert left_of(account.terms, account.used).total_bytes == 115 * MEGABYTE
    december = await account_of(connection, now=datetime(2026, 12, 5, tzinfo=UTC))
    assert december.terms.quota_bytes == 157_500_000, "November's 115 MB unused, of which half"

    assert await record(connection, [report(place, nas, "s1", 120, 184 * MEGABYTE)]) == 0
    async with database.unit_of_work() as session:
        usage = await quotas.usage_of(session, Scope.everything(), ada, clock=ManualClock(NOW), default_zone="UTC")
    assert (usage.quota_bytes, usage.rolled_bytes, usage.remaining_bytes) == (115 * MEGABYTE, 15 * MEGABYTE, MEGABYTE)
    assert await record(connection, [report(place, nas, "s1", 180, 185 * MEGABYTE)]) == 1
    assert isinstance(await login(connection), Rejection)
    assert await differences(database) == []


async def test_devices_are_counted_over_two_routers_and_only_those_alive(
    place: Place, connect: Callable[[], Any]
) -> None:
    first, second = await place.add_nas("sf-1"), await place.add_nas("sf-2")
    await place.add_subscriber("ada", await place.add_plan(max_sessions=2))
    connection, start = await connect(), EventKind.START
    one = report(place, first, "a", 0, 0, kind=start, calling_station_id="AA-00")
    other = report(place, second, "b", 0, 0, kind=start, calling_station_id="CC-00")
    await record(connection, [one, other])
    assert isinstance(await login(connection), Rejection)
    silent = NOW + timedelta(minutes=16)
    alive = report(place, second, "b", 900, 5, calling_station_id="CC-00")
    await record(connection, [alive])
    assert isinstance(await login(connection, now=silent), Grant), "the other router has lost its power"


async def test_books_that_do_not_agree_on_time_or_direction_are_told_of(
    place: Place, database: Database, connect: Callable[[], Any]
) -> None:
    nas = await place.add_nas("sf-1")
    await place.add_subscriber("ada", await place.add_plan())
    await record(await connect(), [report(place, nas, "s1", 60, 5)])
    assert await differences(database) == []
    await place.query("UPDATE quota_balances SET used_s = 61 RETURNING 1")
    assert "5 bytes (5 up) and 61 s" in (await differences(database))[0]
    await place.query("UPDATE quota_balances SET used_s = 60, used_up_bytes = 4 RETURNING 1")
    assert "5 bytes (4 up) and 60 s" in (await differences(database))[0]
    await place.query("UPDATE sessions SET used_s = 7 RETURNING 1")
    assert "and 7 s" in (await differences(database))[0]
