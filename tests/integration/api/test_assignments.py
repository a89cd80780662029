"""Plans over time: validity, renewal, queue, own limits, history; and what a login makes of them."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from spotfi_cloud.access.rules import Account, Grant, Rejection, decide
from spotfi_cloud.access.service import find_accounts
from spotfi_cloud.entrypoints.used_bytes import used_bytes
from spotfi_cloud.entrypoints.worker.guests import PlanKeeper
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas.service import enforce_disabled
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE, Conditions
from tests.integration.api.conftest import NOW, SECRET_KEY, Person, Town, fields_of, plan_body
from tests.integration.api.furnishing import open_session

HOUR = 3600


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café")


Wait = Callable[[timedelta], Awaitable[None]]


@pytest.fixture
async def wait(town: Town, owner: Person, clock: ManualClock) -> Wait:
    """Time goes by, and the owner is still signed in."""
    account_id = UUID((await owner.get("/auth/me"))["id"])

    async def go_by(time: timedelta) -> None:
        clock.advance(time)
        owner.client.headers["Authorization"] = f"Bearer {town.app.state.access_tokens.issue(account_id)}"

    return go_by


@pytest.fixture
def keeper(database: Database, clock: ManualClock) -> PlanKeeper:
    return PlanKeeper(database, Conditions(clock, "UTC", used_bytes))


async def new_guest(owner: Person, plan: dict[str, Any], **fields: Any) -> str:
    body = {"username": "ada", "password": "correct horse", "plan_id": plan["id"]} | fields
    guest_id: str = (await owner.post("/subscribers", body))["id"]
    return guest_id


async def account_of(database: Database, clock: ManualClock, username: str = "ada") -> Account:
    async with await database.connect() as connection:
        sealer = Sealer(SECRET_KEY, PASSWORD_PURPOSE)
        return (await find_accounts(connection, [username], sealer, clock=clock, default_zone="UTC"))[username]


async def log_in(database: Database, clock: ManualClock) -> Grant | Rejection:
    account = await account_of(database, clock)
    return decide(account, password_fits=True, calling_station_id="", now=clock.now())


async def history(owner: Person, guest_id: str) -> list[tuple[str, str | None]]:
    """(state, reason of the end), oldest first."""
    listed = (await owner.get(f"/subscribers/{guest_id}/assignments"))["items"]
    return [(row["state"], row["end_reason"]) for row in reversed(listed)]


async def test_a_session_may_not_last_longer_than_its_plan(
    owner: Person, wait: Wait, database: Database, clock: ManualClock
) -> None:
    plan = await owner.post("/plans", plan_body(valid_for_s=2 * HOUR, session_timeout_s=HOUR))
    await new_guest(owner, plan)
    grant = await log_in(database, clock)
    assert isinstance(grant, Grant)
    assert grant.session_timeout_s == HOUR
    await wait(timedelta(hours=1, minutes=30))
    grant = await log_in(database, clock)
    assert isinstance(grant, Grant)
    assert grant.session_timeout_s == HOUR // 2
    await wait(timedelta(minutes=30))
    refusal = await log_in(database, clock)
    assert isinstance(refusal, Rejection)
    assert refusal.message == "Your access ended on 15 November 2026 at 15:00."  # in Vienna


async def test_an_account_may_have_days_of_its_own(
    owner: Person, wait: Wait, database: Database, clock: ManualClock
) -> None:
    plan = await owner.post("/plans", plan_body(valid_for_s=10 * HOUR))
    days = {"valid_from": (NOW + timedelta(hours=1)).isoformat(), "valid_until": (NOW + timedelta(hours=2)).isoformat()}
    await new_guest(owner, plan, **days)
    refusal = await log_in(database, clock)
    assert isinstance(refusal, Rejection)
    assert refusal.message == "This account is valid from 15 November 2026 at 14:00 on."
    await wait(timedelta(hours=1))
    assert isinstance(await log_in(database, clock), Grant)
    await wait(timedelta(hours=1))
    assert isinstance(await log_in(database, clock), Rejection)


async def test_a_plan_is_renewed_by_itself_with_its_own_limits(
    owner: Person, wait: Wait, database: Database, clock: ManualClock, keeper: PlanKeeper
) -> None:
    plan = await owner.post("/plans", plan_body(period="once", valid_for_months=1, rate_up_bps=1000))
    guest_id = await new_guest(owner, plan)
    body = {"plan_id": plan["id"], "renews": True, "quota_bytes": 5000, "rate_up_bps": 9000, "max_sessions": 7}
    first = await owner.post(f"/subscribers/{guest_id}/assignments", body)
    assert first["valid_until"] == "2026-12-15T12:00:00Z"
    await wait(timedelta(days=30))
    await keeper.look()
    assert await history(owner, guest_id) == [("ended", "replaced"), ("ended", "renewed"), ("active", None)]
    account = await account_of(database, clock)
    assert (account.terms.quota_bytes, account.rate_up_bps, account.max_sessions) == (5000, 9000, 7)
    assert account.terms.since == datetime.fromisoformat("2026-12-15T12:00:00Z")
    assert account.valid_until == datetime.fromisoformat("2027-01-15T12:00:00Z")


async def test_the_next_plan_begins_when_the_present_one_ends(owner: Person, wait: Wait, keeper: PlanKeeper) -> None:
    day = await owner.post("/plans", plan_body(name="Day", valid_for_s=24 * HOUR))
    week = await owner.post("/plans", plan_body(name="Week", valid_for_s=168 * HOUR))
    guest_id = await new_guest(owner, day)
    await owner.post(f"/subscribers/{guest_id}/assignments", {"plan_id": week["id"], "start": "queue"})
    await keeper.look()
    assert await history(owner, guest_id) == [("active", None), ("queued", None)]
    await wait(timedelta(days=1))
    await keeper.look()
    assert await history(owner, guest_id) == [("ended", "expired"), ("active", None)]
    guest = await owner.get(f"/subscribers/{guest_id}")
    assert (guest["plan_id"], guest["valid_until"]) == (week["id"], "2026-11-23T12:00:00Z")
    await wait(timedelta(days=7))
    await keeper.look()
    assert await history(owner, guest_id) == [("ended", "expired"), ("ended", "expired")]


async def test_a_queued_plan_may_have_a_day_of_its_own(owner: Person, wait: Wait, keeper: PlanKeeper) -> None:
    plan = await owner.post("/plans", plan_body())
    guest_id = await new_guest(owner, plan)
    body = {"plan_id": plan["id"], "start": "queue", "starts_at": (NOW + timedelta(days=2)).isoformat()}
    await owner.post(f"/subscribers/{guest_id}/assignments", body)
    await wait(timedelta(days=1))
    await keeper.look()
    assert await history(owner, guest_id) == [("active", None), ("queued", None)]
    await wait(timedelta(days=1))
    await keeper.look()
    assert await history(owner, guest_id) == [("ended", "replaced"), ("active", None)]


async def test_cancelling_locks_out_and_extending_lets_in_again(
    owner: Person, wait: Wait, database: Database, clock: ManualClock, keeper: PlanKeeper
) -> None:
    plan = await owner.post("/plans", plan_body(valid_for_s=HOUR))
    guest_id = await new_guest(owner, plan)
    path = f"/subscribers/{guest_id}/assignments"
    (first,) = (await owner.get(path))["items"]
    await wait(timedelta(hours=1))
    await keeper.look()
    assert isinstance(await log_in(database, clock), Rejection)
    longer = {"valid_until": (clock.now() + timedelta(hours=1)).isoformat()}
    assert (await owner.patch(f"{path}/{first['id']}", longer))["state"] == "active"
    assert isinstance(await log_in(database, clock), Grant)
    assert (await owner.post(f"{path}/{first['id']}/cancel", None, expect=200))["state"] == "cancelled"
    assert isinstance(await log_in(database, clock), Rejection)
    await owner.patch(f"{path}/{first['id']}", longer, expect=409)
    await owner.post(f"{path}/{first['id']}/cancel", None, expect=409)
    past = {"plan_id": plan["id"], "valid_until": NOW.isoformat()}
    assert fields_of(await owner.post(path, past, expect=422)) == ["valid_until"]


async def test_validity_from_the_first_use_begins_with_the_first_session(
    owner: Person, wait: Wait, database: Database, clock: ManualClock, keeper: PlanKeeper
) -> None:
    plan = await owner.post("/plans", plan_body(valid_for_s=HOUR, valid_from_first_use=True))
    guest_id = await new_guest(owner, plan)
    await keeper.look()
    await wait(timedelta(days=9))
    grant = await log_in(database, clock)
    assert isinstance(grant, Grant)
    assert grant.session_timeout_s == HOUR
    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    await open_session(database, router["id"], owner.host_id, guest_id)  # began at NOW
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE sessions SET started_at = :at"), {"at": clock.now()})
    keeper = PlanKeeper(database, Conditions(clock, "UTC", used_bytes))
    await keeper.look()
    guest = await owner.get(f"/subscribers/{guest_id}")
    assert (guest["first_used_at"], guest["valid_until"]) == ("2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z")
    assert guest["valid_for_s"] is None


async def test_what_the_plan_before_used_in_this_quarter_does_not_count(
    owner: Person, wait: Wait, database: Database
) -> None:
    plan = await owner.post("/plans", plan_body(period="once", quota_bytes=1000))
    guest_id = await new_guest(owner, plan)
    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    session_id = await open_session(database, router["id"], owner.host_id, guest_id)
    async with database.unit_of_work() as session:
        ledger = "INSERT INTO usage_ledger VALUES (:session, :at, :router, :host, :guest, 400, 600)"
        values = {"session": session_id, "router": router["id"], "host": owner.host_id, "guest": guest_id}
        await session.execute(text(ledger), values | {"at": NOW})
    assert (await owner.get(f"/subscribers/{guest_id}/usage"))["remaining_bytes"] == 0
    await wait(timedelta(minutes=3))
    await owner.post(f"/subscribers/{guest_id}/assignments", {"plan_id": plan["id"]})
    assert (await owner.get(f"/subscribers/{guest_id}/usage"))["remaining_bytes"] == 1000


async def test_a_default_plan_is_what_guests_get_for_whom_none_is_named(owner: Person, admin: Person) -> None:
    body = {"username": "ada", "password": "correct horse"}
    assert fields_of(await owner.post("/subscribers", body, expect=422)) == ["plan_id"]
    isps = await admin.post("/plans", plan_body(is_default=True))
    assert (await owner.post("/subscribers", body))["plan_id"] == isps["id"]
    first = await owner.post("/plans", plan_body(is_default=True))
    second = await owner.post("/plans", plan_body())
    assert (await owner.post("/subscribers", body | {"username": "bob"}))["plan_id"] == first["id"]
    await owner.patch(f"/plans/{second['id']}", {"is_default": True})
    assert (await owner.get(f"/plans/{first['id']}"))["is_default"] is False
    assert (await owner.post("/subscribers", body | {"username": "eve"}))["plan_id"] == second["id"]


async def test_a_plans_validity_is_of_one_kind(owner: Person) -> None:
    both = plan_body(valid_for_s=60, valid_for_months=1)
    assert fields_of(await owner.post("/plans", both, expect=422)) == ["valid_for_months"]
    unsaid = plan_body(valid_from_first_use=True)
    assert fields_of(await owner.post("/plans", unsaid, expect=422)) == ["valid_for_s"]


async def test_a_top_up_lets_a_guest_in_again_until_the_period_ends(
    owner: Person, wait: Wait, database: Database, clock: ManualClock
) -> None:
    plan = await owner.post("/plans", plan_body(period="day", quota_bytes=1000))
    guest_id = await new_guest(owner, plan)
    async with database.unit_of_work() as session:
        balance = "INSERT INTO quota_balances VALUES (:guest, '2026-11-14 23:00Z', '2026-11-15 23:00Z', 1000)"
        await session.execute(text(balance), {"guest": guest_id})
    assert isinstance(await log_in(database, clock), Rejection)
    path = f"/subscribers/{guest_id}/top-ups"
    made = await owner.post(path, {"bytes": 300, "price_minor": 100, "note": "at the counter"})
    assert (made["until"], made["currency"]) == ("2026-11-15T23:00:00Z", "EUR")
    assert made["account_id"] == (await owner.get("/auth/me"))["id"]
    await owner.post(path, {"bytes": 200})
    grant = await log_in(database, clock)
    assert isinstance(grant, Grant)
    assert grant.remaining_bytes == 500
    assert [row["bytes"] for row in (await owner.get(path))["items"]] == [200, 300]
    await wait(timedelta(days=1))
    grant = await log_in(database, clock)
    assert isinstance(grant, Grant)
    assert grant.remaining_bytes == 1000


async def test_an_unlimited_plan_has_nothing_to_top_up(owner: Person) -> None:
    guest_id = await new_guest(owner, await owner.post("/plans", plan_body(quota_bytes=None)))
    await owner.post(f"/subscribers/{guest_id}/top-ups", {"bytes": 300}, expect=409)


async def test_sessions_end_with_what_they_are_valid_for(
    owner: Person, wait: Wait, database: Database, clock: ManualClock
) -> None:
    guest_id = await new_guest(owner, await owner.post("/plans", plan_body(valid_for_s=HOUR)))
    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    session_id = await open_session(database, router["id"], owner.host_id, guest_id)
    for expected in (0, 1, 0):
        async with database.unit_of_work() as session:
            assert await enforce_disabled(session, clock=clock) == expected
        await wait(timedelta(hours=1))
    assert (await owner.get(f"/sessions/{session_id}/enforcement"))["reason"] == "validity"


async def test_what_staff_wrote_goes_with_an_erased_guest(owner: Person) -> None:
    guest_id = await new_guest(owner, await owner.post("/plans", plan_body()))
    path = f"/subscribers/{guest_id}"
    await owner.post(f"{path}/top-ups", {"bytes": 300, "note": "for Ada of room 7"})
    (assignment,) = (await owner.get(f"{path}/assignments"))["items"]
    await owner.patch(f"{path}/assignments/{assignment['id']}", {"note": "Ada of room 7"})
    await owner.post(f"{path}/erase", None, expect=204)
    for kind in ("assignments", "top-ups"):
        assert [row["note"] for row in (await owner.get(f"{path}/{kind}"))["items"]] == [""]
