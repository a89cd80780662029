"""Statements of account, what is owed since when, a month's report, and shares of what was sold."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from spotfi_cloud.billing.service import verify
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, plan_body
from tests.integration.api.monthly_run import run_month
from tests.integration.billing.conftest import Ledger, add_router
from tests.integration.billing.test_payments import TARIFF, cafe, pay

__all__ = ["cafe"]


async def test_the_statement_of_account_runs_from_its_opening_to_its_closing_balance(
    cafe: Person, town: Town, admin: Person, clock: ManualClock
) -> None:
    (august,) = await run_month(admin, "2026-08")
    payment = await pay(admin, august, 500)
    clock.advance(timedelta(days=1))
    fresh = await town.admin()
    (september,) = await run_month(fresh, "2026-09")
    credit = {"reason": "x", "lines": [{"position": 1, "amount_minor": 100}]}
    await fresh.post(f"/invoices/{september['id']}/credit-notes", credit)
    await fresh.post(f"/payments/{payment['id']}/reverse", None, expect=200)
    path = f"/hosts/{cafe.host_id}/account"
    whole = await fresh.get(path)
    assert [(each["kind"], each["amount_minor"], each["balance_minor"]) for each in whole["items"]] == [
        ("invoice", 1200, 1200),
        ("payment", -500, 700),
        ("invoice", 1200, 1900),
        ("credit_note", -120, 1780),
        ("reversal", 500, 2280),
    ]
    assert (whole["opening_minor"], whole["closing_minor"], whole["currency"]) == (0, 2280, "EUR")
    later = await fresh.call("GET", path, expect=200, params={"from": "2026-11-16", "to": "2026-11-16"})
    assert (later["opening_minor"], later["closing_minor"]) == (700, 2280)
    assert [each["kind"] for each in later["items"]] == ["opening", "invoice", "credit_note", "reversal"]
    balances = [(await fresh.get(f"/invoices/{each['id']}"))["balance_minor"] for each in (august, september)]
    assert sum(balances) == 2280
    rows = list(csv.DictReader(io.StringIO((await fresh.get(path, format="csv")).decode())))
    assert [row["balance_minor"] for row in rows] == ["1200", "700", "1900", "1780", "2280"]


async def test_receivables_tell_who_owes_what_since_when(
    cafe: Person, town: Town, admin: Person, clock: ManualClock
) -> None:
    inn = await town.move_in("Inn", currency="JPY")
    (august,) = await run_month(admin, "2026-08")  # due on 29 November
    clock.advance(timedelta(days=40))
    fresh = await town.admin()
    await fresh.put(f"/hosts/{inn.host_id}/tariff", TARIFF)
    await run_month(fresh, "2026-09")  # due on 8 January
    await pay(fresh, august, 200)
    clock.advance(timedelta(days=10))
    of_cafe, of_inn = (await (await town.admin()).get("/reports/receivables"))["items"]
    named = [(row["host_name"], row["currency"], row["oldest_due_on"]) for row in (of_cafe, of_inn)]
    assert named == [("Café", "EUR", "2026-11-29"), ("Inn", "JPY", "2027-01-08")]
    ages = ("not_due_minor", "days_1_to_30_minor", "days_31_to_60_minor", "days_over_90_minor", "total_minor")
    assert [of_cafe[age] for age in ages] == [1200, 0, 1000, 0, 2200]
    assert [of_inn[age] for age in ages] == [1200, 0, 0, 0, 1200]


async def test_a_months_report_has_usage_fees_and_what_is_paid_by_host_and_in_sum(
    cafe: Person, town: Town, admin: Person, ledger: Ledger
) -> None:
    bar = await add_router(cafe, "Bar", cafe.host_id)
    inn = await town.move_in("Inn")
    await admin.put(f"/hosts/{inn.host_id}/tariff", TARIFF)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", {**TARIFF, "price_per_gb_minor": 100})
    await ledger.book(bar, datetime(2026, 10, 5, tzinfo=UTC), 10**9, 2 * 10**9)
    of_cafe = next(each for each in await run_month(admin, "2026-10") if each["host_id"] == cafe.host_id)
    await pay(admin, of_cafe, 60)
    report = await admin.get("/reports/billing", period="2026-10")
    first, second = report["items"]
    assert (first["host_name"], first["fees_minor"], first["usage_minor"], first["total_minor"]) == (
        "Café",
        1000,
        300,
        1560,
    )
    assert (first["up_bytes"], first["down_bytes"], first["paid_minor"], first["balance_minor"]) == (
        10**9,
        2 * 10**9,
        60,
        1500,
    )
    assert (second["host_name"], second["total_minor"]) == ("Inn", 1200)
    (total,) = report["totals"]
    assert (total["kind"], total["total_minor"], total["paid_minor"]) == ("invoice", 2760, 60)
    assert [row["host_name"] for row in (await cafe.get("/reports/billing", period="2026-10"))["items"]] == ["Café"]
    assert len((await admin.get("/reports/billing", period="2026-10", format="csv")).splitlines()) == 3


async def _sell(owner: Person, database: Database, clock: ManualClock) -> None:
    """Two vouchers used of three, a guest's plan, a top-up; and one in another currency."""
    plan = await owner.post("/plans", plan_body(price_minor=300))
    foreign = await owner.post("/plans", plan_body(name="Foreign", price_minor=999, currency="USD"))
    batch = await owner.post("/voucher-batches", {"count": 3, "plan_id": plan["id"], "price_minor": 250})
    guest = await owner.post("/subscribers", {"username": "ada", "password": "correct horse", "plan_id": plan["id"]})
    await owner.post("/subscribers", {"username": "eve", "password": "correct horse", "plan_id": foreign["id"]})
    await owner.post(f"/subscribers/{guest['id']}/top-ups", {"bytes": 1000, "price_minor": 70})
    async with database.unit_of_work() as session:
        used = "UPDATE subscribers SET first_used_at = :at WHERE voucher_batch_id = :batch AND voucher_number <= 2"
        await session.execute(text(used), {"at": clock.now(), "batch": batch["id"]})


async def test_a_share_of_what_was_sold_is_charged_in_the_hosts_currency(
    town: Town, admin: Person, clock: ManualClock, database: Database
) -> None:
    cafe, inn = await town.move_in("Café"), await town.move_in("Inn")
    for owner in (cafe, inn):
        await admin.put(f"/hosts/{owner.host_id}/tariff", {"valid_from": "2026-11", "sales_share_percent": "12.5"})
    await _sell(cafe, database, clock)
    clock.advance(timedelta(days=20))
    fresh = await town.admin()
    (invoice,) = await run_month(fresh, "2026-11")
    (line,) = (await fresh.get(f"/invoices/{invoice['id']}"))["lines"]
    assert (line["kind"], line["quantity"], line["amount_minor"]) == ("sales_share", 4, 109)  # 12.5 % of 870
    (row,) = (await fresh.get("/reports/billing", period="2026-11"))["items"]
    assert (row["sales_minor"], row["sales_share_minor"]) == (870, 109)
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_guest_is_counted_once_however_often_a_month_is_drawn_up(
    town: Town, admin: Person, clock: ManualClock, database: Database
) -> None:
    cafe = await town.move_in("Café")
    for day in ("2026-11", "2026-11-20"):  # two stretches: what was sold is of the first
        await admin.put(f"/hosts/{cafe.host_id}/tariff", {"valid_from": day, "sales_share_percent": "10"})
    await _sell(cafe, database, clock)
    drafts: list[dict[str, Any]] = [(await run_month(admin, "2026-11"))[0] for _ in range(2)]
    assert [draft["subtotal_minor"] for draft in drafts] == [87, 87]
