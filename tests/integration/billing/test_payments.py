"""Payments, credit notes and void documents: what is open, what is credit, and that it always adds up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from spotfi_cloud.billing.service import verify
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town
from tests.integration.api.monthly_run import run_month
from tests.integration.billing.conftest import Ledger, add_router

TARIFF = {"valid_from": "2026-01", "base_fee_minor": 1000, "tax_rate_percent": "20"}
"""1200 a month with tax."""


async def pay(admin: Person, invoice: dict[str, Any], amount_minor: int) -> dict[str, Any]:
    body = {"amount_minor": amount_minor, "method": "bank transfer"}
    payment: dict[str, Any] = await admin.post(f"/invoices/{invoice['id']}/payments", body)
    return payment


async def standing(person: Person, invoice: dict[str, Any]) -> tuple[str, int, int]:
    shown = await person.get(f"/invoices/{invoice['id']}")
    return shown["state"], shown["paid_minor"], shown["balance_minor"]


@pytest.fixture
async def cafe(town: Town, admin: Person) -> Person:
    """A host that owes 1200 a month."""
    owner = await town.move_in("Café")
    await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
    return owner


async def test_an_invoice_is_paid_in_parts_and_what_is_too_much_pays_the_next_ones(
    cafe: Person, admin: Person, clock: ManualClock, database: Database
) -> None:
    (august,) = await run_month(admin, "2026-08")
    assert (august["state"], august["balance_minor"]) == ("issued", 1200)
    await pay(admin, august, 500)
    assert await standing(cafe, august) == ("partly_paid", 500, 700)
    (september,) = await run_month(admin, "2026-09")
    payment = await pay(admin, august, 3000)
    assert (payment["free_minor"], payment["direction"], payment["currency"]) == (1100, "received", "EUR")
    assert await standing(cafe, august) == ("paid", 1200, 0)
    assert await standing(cafe, september) == ("paid", 1200, 0)
    (october,) = await run_month(admin, "2026-10")
    assert await standing(cafe, october) == ("partly_paid", 1100, 100)
    assert (await cafe.get(f"/payments/{payment['id']}"))["free_minor"] == 0
    await pay(admin, october, 100)
    assert len((await cafe.get("/payments", invoice_id=october["id"]))["items"]) == 2
    assert [each["id"] for each in (await cafe.get("/invoices", state="paid"))["items"]] == [
        october["id"],
        september["id"],
        august["id"],
    ]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_document_is_overdue_from_the_day_after_it_was_due_by_its_hosts_clock(
    town: Town, cafe: Person, admin: Person, clock: ManualClock
) -> None:
    (invoice,) = await run_month(admin, "2026-10")
    assert invoice["due_on"] == "2026-11-29"
    clock.advance(datetime(2026, 11, 29, 22, 59, tzinfo=UTC) - clock.now())  # 23:59 in Vienna
    fresh = await town.admin()
    assert (await standing(fresh, invoice))[0] == "issued"
    assert (await fresh.get("/invoices", state="overdue"))["items"] == []
    clock.advance(timedelta(minutes=1))
    assert (await standing(fresh, invoice))[0] == "overdue"
    (overdue,) = (await fresh.get("/invoices", state="overdue"))["items"]
    assert overdue["id"] == invoice["id"]
    await pay(fresh, invoice, 1200)
    assert (await fresh.get("/invoices", state="overdue"))["items"] == []


async def test_a_payment_is_entered_once_and_reversed_once(cafe: Person, admin: Person, database: Database) -> None:
    august, september = (await run_month(admin, "2026-08"))[0], (await run_month(admin, "2026-09"))[0]
    path, body = f"/api/v1/invoices/{august['id']}/payments", {"amount_minor": 2000, "paid_on": "2026-11-10"}
    key = {"Idempotency-Key": "transfer-17"}
    answers = [await admin.client.post(path, json=body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    payment = answers[0].json()
    assert [each["amount_minor"] for each in payment["allocations"]] == [1200, 800]
    later = await pay(admin, september, 900)
    assert later["free_minor"] == 500
    path, body, key = (
        f"/api/v1/payments/{payment['id']}/reverse",
        {"note": "bounced"},
        {"Idempotency-Key": "bounced-17"},
    )
    reversed_, again = [(await admin.client.post(path, json=body, headers=key)).json() for _ in range(2)]
    assert reversed_ == again
    assert (reversed_["allocations"], reversed_["free_minor"], reversed_["reversal_note"]) == ([], 0, "bounced")
    assert await standing(cafe, august) == ("partly_paid", 500, 700)  # by what was too much of the other one
    assert await standing(cafe, september) == ("partly_paid", 400, 800)
    await admin.post(f"/payments/{payment['id']}/reverse", None, expect=409)
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_payments_at_once_never_pay_too_much(cafe: Person, admin: Person, database: Database) -> None:
    (invoice,) = await run_month(admin, "2026-10")
    payments = await asyncio.gather(*(pay(admin, invoice, 400) for _ in range(5)))
    assert await standing(cafe, invoice) == ("paid", 1200, 0)
    shown = [await admin.get(f"/payments/{payment['id']}") for payment in payments]
    assert sum(payment["free_minor"] for payment in shown) == 800
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_what_cannot_be_paid_is_refused(cafe: Person, admin: Person) -> None:
    (draft,) = await run_month(admin, "2026-11")
    (issued,) = await run_month(admin, "2026-10")
    await admin.post(f"/invoices/{draft['id']}/payments", {"amount_minor": 1}, expect=409)
    for bad in ({"amount_minor": 0}, {"amount_minor": -5}, {}, {"amount_minor": 1, "paid_on": "2026-11-16"}):
        await admin.post(f"/invoices/{issued['id']}/payments", bad, expect=422)
    await cafe.post(f"/invoices/{issued['id']}/payments", {"amount_minor": 1}, expect=403)


async def test_a_settlement_is_paid_out_and_no_credit_crosses_over(cafe: Person, admin: Person, ledger: Ledger) -> None:
    bar = await add_router(cafe, "Bar", cafe.host_id)
    pays = {"valid_from": "2026-09-01", "direction": "pay", "price_per_gb_minor": 100, "tax_category": "zero"}
    await admin.put(f"/hosts/{cafe.host_id}/tariff", pays)
    await ledger.book(bar, datetime(2026, 9, 5, tzinfo=UTC), 5 * 10**9, 0)
    (august,) = await run_month(admin, "2026-08")
    await pay(admin, august, 5000)
    (settlement,) = await run_month(admin, "2026-09")
    assert (settlement["kind"], settlement["state"], settlement["balance_minor"]) == ("settlement", "issued", 500)
    payment = await pay(admin, settlement, 500)
    assert payment["direction"] == "paid_out"
    assert await standing(cafe, settlement) == ("paid", 500, 0)


async def test_a_credit_note_has_a_series_of_its_own_and_takes_back_no_more_than_is_left(
    cafe: Person, admin: Person, database: Database
) -> None:
    (invoice,) = await run_month(admin, "2026-09")
    path = f"/invoices/{invoice['id']}/credit-notes"
    part = {"reason": "Two days without a line", "lines": [{"position": 1, "amount_minor": 67}]}
    note = await admin.post(path, part)
    assert (note["kind"], note["reference"], note["corrects_id"]) == ("credit_note", "CN-000001", invoice["id"])
    assert (note["subtotal_minor"], note["tax_minor"], note["total_minor"], note["state"]) == (67, 13, 80, "issued")
    assert await standing(cafe, invoice) == ("partly_paid", 0, 1120)
    await admin.post(path, {"reason": "x", "lines": [{"position": 1, "amount_minor": 934}]}, expect=409)
    await admin.post(path, {"reason": "x", "lines": [{"position": 9, "amount_minor": 1}]}, expect=422)
    await admin.post(path, {"reason": ""}, expect=422)
    await pay(admin, invoice, 1120)
    (october,) = await run_month(admin, "2026-10")
    rest = await admin.post(path, {"reason": "Cancelled"})
    assert (rest["number"], rest["total_minor"]) == (2, 1120)
    assert await standing(cafe, invoice) == ("paid", 0, 0)
    assert await standing(cafe, october) == ("partly_paid", 1120, 80)  # what had paid the other is credit
    await admin.post(path, {"reason": "Again"}, expect=409)
    await admin.post(f"/invoices/{rest['id']}/payments", {"amount_minor": 1}, expect=409)
    assert (await cafe.get(f"/invoices/{note['id']}/pdf")).startswith(b"%PDF")
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_void_month_keeps_its_number_and_is_billed_anew(
    cafe: Person, admin: Person, ledger: Ledger, database: Database
) -> None:
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await ledger.book(bar, datetime(2026, 9, 5, tzinfo=UTC), 10, 0)
    (september,) = await run_month(admin, "2026-09")
    await ledger.book_late(bar, datetime(2026, 9, 6, tzinfo=UTC), 7, 0, recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    (october,) = await run_month(admin, "2026-10")
    await admin.post(f"/invoices/{september['id']}/void", None, expect=409)
    payment = await pay(admin, october, 5)
    await admin.post(f"/invoices/{october['id']}/void", None, expect=409)
    await admin.post(f"/payments/{payment['id']}/reverse", None, expect=200)
    (void,) = (await admin.post(f"/invoices/{october['id']}/void", None, expect=200))["items"]
    assert (void["state"], void["number"], void["balance_minor"]) == ("void", 2, 0)
    await admin.post(f"/invoices/{october['id']}/void", None, expect=409)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", {**TARIFF, "base_fee_minor": 2000})
    async with database.unit_of_work() as session:
        assert await verify(session) == []
    (again,) = await run_month(admin, "2026-10")
    assert (again["number"], again["total_minor"]) == (3, 2400)
    lines = (await cafe.get(f"/invoices/{again['id']}"))["lines"]
    assert [(line["kind"], line["up_bytes"]) for line in lines] == [("base_fee", None), ("late_usage", 7)]
    await admin.post(f"/invoices/{again['id']}/void", None, expect=200)
    await admin.post(f"/invoices/{september['id']}/void", None, expect=200)
    (whole,) = await run_month(admin, "2026-09")
    lines = (await cafe.get(f"/invoices/{whole['id']}"))["lines"]
    assert [line["up_bytes"] for line in lines] == [None, 17]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_host_with_documents_cannot_be_deleted(cafe: Person, admin: Person, database: Database) -> None:
    await run_month(admin, "2026-10")
    await admin.delete(f"/hosts/{cafe.host_id}", expect=405)
    with pytest.raises(IntegrityError):
        async with database.unit_of_work() as session:
            await session.execute(text(f"DELETE FROM hosts WHERE id = '{cafe.host_id}'"))
