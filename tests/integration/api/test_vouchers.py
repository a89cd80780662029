"""Vouchers from the printer to the guest: made, logged in with, sold at first use, revoked."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from spotfi_cloud.access.rules import Account, Grant, Refusal, Rejection, decide
from spotfi_cloud.access.service import find_accounts
from spotfi_cloud.entrypoints.used_bytes import used_bytes
from spotfi_cloud.entrypoints.worker.guests import PlanKeeper
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas.service import enforce_disabled
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE, Conditions, vouchers
from spotfi_cloud.subscribers.service.voucher_paper import sheet_of
from tests.integration.api.conftest import NOW, SECRET_KEY, Person, Town, fields_of, plan_body
from tests.integration.api.furnishing import open_session


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café")


async def make(owner: Person, **fields: Any) -> dict[str, Any]:
    plan = await owner.post("/plans", plan_body(period="once", password_storage="argon2id"))
    batch: dict[str, Any] = await owner.post("/voucher-batches", {"plan_id": plan["id"], "count": 3} | fields)
    return batch


async def account_of(database: Database, clock: ManualClock, username: str) -> Account:
    async with await database.connect() as connection:
        sealer = Sealer(SECRET_KEY, PASSWORD_PURPOSE)
        return (await find_accounts(connection, [username], sealer, clock=clock, default_zone="UTC"))[username]


async def log_in(database: Database, clock: ManualClock, username: str) -> Grant | Rejection:
    account = await account_of(database, clock, username)
    fits = account.password == username.encode()  # which PAP and CHAP prove
    return decide(account, password_fits=fits, calling_station_id="", now=clock.now(), proved_by_challenge=True)


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements of the database's sessions meanwhile."""
    engine, said = database._engine.sync_engine, []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


async def test_a_hall_of_guests_who_come_at_once_is_worked_through_in_a_few_statements(
    owner: Person, database: Database, clock: ManualClock
) -> None:
    """Cut-offs wait for the same worker."""
    capped = {"valid_for_s": 7200, "valid_until": (NOW + timedelta(hours=3)).isoformat()}
    batch = await make(owner, count=600, **capped)
    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    model = await open_session(
        database,
        router["id"],
        owner.host_id,
        (await owner.get(f"/voucher-batches/{batch['id']}/vouchers"))["items"][0]["id"],
    )
    copies = """
        INSERT INTO sessions SELECT (jsonb_populate_record(model, jsonb_build_object(
            'id', gen_random_uuid(), 'acct_session_id', s.id, 'subscriber_id', s.id,
            'started_at', model.started_at + s.voucher_number * interval '10 seconds'))).*
        FROM sessions model JOIN subscribers s ON s.voucher_batch_id = :batch WHERE model.id = :model
    """
    async with database.unit_of_work() as session:
        await session.execute(text(copies), {"batch": batch["id"], "model": model})
        await session.execute(text("DELETE FROM sessions WHERE id = :model"), {"model": model})
    with counting(database) as statements:
        await PlanKeeper(database, Conditions(clock, "UTC", used_bytes)).look()
    assert len(statements) < 30
    assert (await counts(owner, batch))["used"] == 600
    async with database.unit_of_work() as session:
        wrong = """
            SELECT count(*) FROM subscribers s JOIN assignments a ON a.subscriber_id = s.id AND a.state = 'active'
            WHERE s.valid_until IS DISTINCT FROM least(s.first_used_at + interval '2 hours', CAST(:capped AS timestamptz))
                OR a.valid_until IS DISTINCT FROM s.valid_until OR s.period_since IS DISTINCT FROM s.first_used_at
                OR s.valid_for_s IS NOT NULL OR s.first_router_id IS NULL
        """
        assert (await session.execute(text("SELECT count(*) FROM limit_changes"))).scalar_one() == 0, (
            "their logins said it"
        )
        values = {"capped": NOW + timedelta(hours=3)}
        assert (await session.execute(text(wrong), values)).scalar_one() == 0
        await session.execute(text("UPDATE subscribers SET valid_until = valid_until - interval '1 minute'"))
        assert (await session.execute(text("SELECT count(*) FROM limit_changes"))).scalar_one() == 600


async def test_vouchers_are_told_apart_from_guests(owner: Person) -> None:
    batch = await make(owner)
    guest = await owner.post(
        "/subscribers", {"username": "ada", "password": "correct horse", "plan_id": batch["plan_id"]}
    )
    assert guest["voucher_batch_id"] is None

    async def listed(**query: Any) -> list[str | None]:
        return [each["voucher_batch_id"] for each in (await owner.get("/subscribers", **query))["items"]]

    assert await listed(voucher=False) == [None]
    assert await listed(voucher=True) == [batch["id"]] * 3
    assert len(await listed()) == 4


async def test_a_slip_names_every_quota_and_what_holds_at_the_limit(owner: Person, database: Database) -> None:
    limits = {"quota_down_bytes": 10**9, "quota_up_bytes": 10**8, "quota_s": 7200, "session_quota_bytes": 2 * 10**8}
    slow = {"at_limit": "throttle", "throttle_down_bps": 10**6, "throttle_up_bps": 10**6}
    plan = await owner.post("/plans", plan_body(quota_bytes=None, **limits, **slow))
    made = await owner.post("/voucher-batches", {"plan_id": plan["id"], "count": 1})
    async with database.unit_of_work() as session:
        batch = await vouchers.get_batch(session, Scope.everything(), UUID(made["id"]))
        sheet = await sheet_of(session, batch, public_url="https://spotfi.test", default_zone="UTC")
    assert list(sheet.words)[:4] == [
        "1 GB down a day",
        "100 MB up a day",
        "2 hours online a day, then up to 1 Mbit/s",
        "200 MB a session",
    ]


async def counts(owner: Person, batch: dict[str, Any]) -> dict[str, int]:
    shown = await owner.get(f"/voucher-batches/{batch['id']}")
    return {state: shown[f"{state}_count"] for state in ("unused", "used", "expired", "revoked")}


async def test_a_voucher_is_sold_when_it_is_first_used_and_ends_after_its_time(
    owner: Person, database: Database, clock: ManualClock
) -> None:
    batch = await make(owner, prefix="HOTEL", valid_for_s=3600, max_sessions=2)
    assert (batch["price_minor"], batch["currency"], batch["unused_count"]) == (300, "EUR", 3)
    listed = (await owner.get(f"/voucher-batches/{batch['id']}/vouchers"))["items"]
    assert [voucher["number"] for voucher in listed] == [1, 2, 3]
    voucher = listed[1]
    assert voucher["code"].startswith("HOTEL-")
    async with database.unit_of_work() as session:
        found = await vouchers.find_voucher(session, f" {voucher['code'].lower()} ")
        assert found is not None
        assert str(found.id) == voucher["id"]
        assert await vouchers.find_voucher(session, "nobody's") is None
    grant = await log_in(database, clock, voucher["username"])
    assert isinstance(grant, Grant)
    assert grant.session_timeout_s == 3600

    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    session_id = await open_session(database, router["id"], owner.host_id, voucher["id"])
    keeper = PlanKeeper(database, Conditions(clock, "UTC", used_bytes))
    await keeper.look()
    assert await counts(owner, batch) == {"unused": 2, "used": 1, "expired": 0, "revoked": 0}
    (sold,) = (await owner.get(f"/voucher-batches/{batch['id']}/vouchers", state="used"))["items"]
    assert (sold["first_router_id"], sold["first_used_at"]) == (router["id"], "2026-11-15T12:00:00Z")
    assert sold["valid_until"] == "2026-11-15T13:00:00Z"

    clock.advance(timedelta(minutes=9))
    assert (await log_in(database, clock, voucher["username"])).session_timeout_s == 3060  # type: ignore[union-attr] # a Grant
    clock.advance(timedelta(hours=1))
    refusal = await log_in(database, clock, voucher["username"])
    assert isinstance(refusal, Rejection)
    assert refusal.reason is Refusal.VALIDITY_ENDED
    async with database.unit_of_work() as session:
        assert await enforce_disabled(session, clock=clock) == 1
        reason = await session.execute(
            text("SELECT reason FROM enforcements WHERE session_id = :id"), {"id": session_id}
        )
        assert reason.scalar_one() == "validity"


async def test_a_revoked_batch_lets_nobody_in_and_ends_what_is_open(
    owner: Person, database: Database, clock: ManualClock
) -> None:
    batch = await make(owner)
    first, *_ = (await owner.get(f"/voucher-batches/{batch['id']}/vouchers"))["items"]
    router = await owner.post("/routers", {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id})
    await open_session(database, router["id"], owner.host_id, first["id"])
    await owner.delete(f"/subscribers/{first['id']}")  # one alone
    assert (await counts(owner, batch))["revoked"] == 1
    for _ in range(2):
        revoked = await owner.post(f"/voucher-batches/{batch['id']}/revoke", None, expect=200)
        assert revoked["revoked_count"] == 3
    assert isinstance(await log_in(database, clock, first["username"]), Rejection)
    async with database.unit_of_work() as session:
        assert await enforce_disabled(session, clock=clock) == 1


async def test_vouchers_between_dates(owner: Person, database: Database, clock: ManualClock) -> None:
    days = {
        "valid_from": (NOW + timedelta(minutes=3)).isoformat(),
        "valid_until": (NOW + timedelta(minutes=6)).isoformat(),
    }
    batch = await make(owner, **days)
    username = (await owner.get(f"/voucher-batches/{batch['id']}/vouchers"))["items"][0]["username"]
    for expected in (Rejection, Grant, Rejection):
        assert isinstance(await log_in(database, clock, username), expected)
        clock.advance(timedelta(minutes=3))
    assert (await counts(owner, batch))["expired"] == 3
    assert fields_of(await owner.post("/voucher-batches", {"count": 1, **days}, expect=422)) == ["plan_id"]


async def test_what_could_be_guessed_or_never_used_is_not_made(owner: Person) -> None:
    plan = await owner.post("/plans", plan_body(valid_for_months=1))
    common = {"plan_id": plan["id"], "valid_for_s": 3600}
    for fields, wrong in (
        ({"count": 10_000, "code_length": 10}, "code_length"),
        ({"count": 10_001}, "count"),
        ({"count": 1, "prefix": "caf-é"}, "prefix"),
        ({"count": 1, "valid_for_s": None}, "valid_for_s"),
        ({"count": 1, "valid_until": NOW.isoformat()}, "valid_until"),
    ):
        assert fields_of(await owner.post("/voucher-batches", common | fields, expect=422)) == [wrong]


async def test_ten_thousand_are_made_at_once_and_listed_as_a_file(owner: Person, admin: Person) -> None:
    batch = await make(owner, count=10_000)
    answer = await owner.client.get(f"/api/v1/voucher-batches/{batch['id']}/vouchers?format=csv&state=unused")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len({row["code"] for row in rows}) == 10_000
    assert {row["state"] for row in rows} == {"unused"}
    logged = (await admin.get("/audit", limit=200))["items"]
    assert [entry["kind"] for entry in logged if entry["action"].endswith("voucher-batches")] == ["voucher_batches"]


async def test_sheets_are_printed_of_what_is_unused(owner: Person, admin: Person) -> None:
    name = {"brand_name": '#panic("evaluated") *Café*', "brand_color": "#7a1f3d"}
    await owner.patch(f"/hosts/{owner.host_id}", name)
    batch = await make(owner, count=22, code_length=20, prefix="LONGNAME")
    pdf = await owner.get(f"/voucher-batches/{batch['id']}/pdf")
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 2 or b"/Count 2" in pdf
    broken = b"\x89PNG\r\n\x1a\n but no image behind its first bytes"
    await owner.call("PUT", f"/hosts/{owner.host_id}/logo", expect=204, content=broken)
    assert (await owner.get(f"/voucher-batches/{batch['id']}/pdf", first=22)).startswith(b"%PDF")
    plan = await admin.post("/plans", plan_body())
    isps = await admin.post("/voucher-batches", {"count": 1, "plan_id": plan["id"]})
    assert (await admin.get(f"/voucher-batches/{isps['id']}/pdf", first=1)).startswith(b"%PDF")
