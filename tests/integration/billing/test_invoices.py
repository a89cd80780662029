"""Invoices: one per host and month, equal to the ledger to the byte, frozen when issued."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from spotfi_cloud.billing.service import verify
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of
from tests.integration.api.monthly_run import carry_out_runs, run_month
from tests.integration.billing.conftest import Ledger, add_router

TARIFF = {
    "valid_from": "2026-01",
    "base_fee_minor": 1000,
    "price_per_gb_minor": 333,
    "included_bytes": 10**9,
    "tax_rate_percent": "20",
}
GB = 10**9


async def detail(person: Person, invoice: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = await person.get(f"/invoices/{invoice['id']}")
    return shown


def usage_lines(invoice: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {
        line["router_id"]: (line["up_bytes"], line["down_bytes"])
        for line in invoice["lines"]
        if line["kind"] == "usage"
    }


async def test_a_finished_month_is_issued_in_the_hosts_own_time_zone(town: Town, admin: Person, ledger: Ledger) -> None:
    cafe = await town.move_in("Café")  # Vienna: October 2026 is [Sep 30 22:00, Oct 31 23:00) UTC
    lodge = await town.move_in("Lodge", "Asia/Kathmandu", "NPR")  # [Sep 30 18:15, Oct 31 18:15) UTC
    bar, garden = await add_router(cafe, "Bar", cafe.host_id), await add_router(cafe, "Garden", cafe.host_id)
    hall = await add_router(lodge, "Hall", lodge.host_id)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    for router, at, used in (
        (bar, datetime(2026, 9, 30, 21, 59, tzinfo=UTC), (1, 1)),
        (bar, datetime(2026, 9, 30, 22, 0, tzinfo=UTC), (2 * GB, GB // 2)),
        (garden, datetime(2026, 10, 31, 22, 59, tzinfo=UTC), (0, GB // 2)),
        (garden, datetime(2026, 10, 31, 23, 0, tzinfo=UTC), (1, 1)),
        (hall, datetime(2026, 9, 30, 18, 14, tzinfo=UTC), (1, 1)),
        (hall, datetime(2026, 9, 30, 18, 15, tzinfo=UTC), (70, 7)),
    ):
        await ledger.book(router, at, *used)
    invoices = await run_month(admin, "2026-10")
    assert [(each["host_id"], each["number"], each["status"]) for each in invoices] == [
        (cafe.host_id, 1, "issued"),
        (lodge.host_id, 2, "issued"),
    ]
    of_cafe, of_lodge = [await detail(admin, each) for each in invoices]
    assert usage_lines(of_cafe) == {bar["id"]: (2 * GB, GB // 2), garden["id"]: (0, GB // 2)}
    assert usage_lines(of_lodge) == {hall["id"]: (70, 7)}
    assert (of_cafe["subtotal_minor"], of_cafe["tax_minor"], of_cafe["total_minor"]) == (1666, 333, 1999)
    assert of_cafe["currency"] == "EUR"
    assert of_cafe["taxes"] == [{"category": "standard", "rate_percent": "20", "net_minor": 1666, "tax_minor": 333}]
    assert (of_lodge["total_minor"], of_lodge["currency"]) == (0, "NPR")


async def test_an_issued_invoice_never_changes(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    await ledger.book(bar, datetime(2026, 10, 5, tzinfo=UTC), 5 * GB, 0)
    first = await run_month(admin, "2026-10")
    before = await detail(admin, first[0])
    pdf = await admin.get(f"/invoices/{first[0]['id']}/pdf")
    await admin.patch(f"/hosts/{cafe.host_id}", {"name": "Other", "timezone": "UTC"})
    await admin.patch(f"/routers/{bar['id']}", {"name": "Other"})
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF | {"base_fee_minor": 9})
    clock.advance(timedelta(minutes=5))
    assert await run_month(admin, "2026-10") == first
    assert await detail(admin, first[0]) == before
    assert await admin.get(f"/invoices/{first[0]['id']}/pdf") == pdf
    assert pdf.startswith(b"%PDF")
    async with database.unit_of_work() as session:
        assert await verify(session) == []
    await ledger.book(bar, datetime(2026, 10, 6, tzinfo=UTC), 7, 3)
    assert await run_month(admin, "2026-10") == first
    async with database.unit_of_work() as session:
        (unnoted,) = await verify(session)
    assert "the ledger has 5000000007 and 3" in unnoted


async def test_a_running_month_is_a_draft_until_it_is_over(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await ledger.book(bar, datetime(2026, 11, 5, tzinfo=UTC), 100, 0)
    (draft,) = await run_month(admin, "2026-11")
    assert (draft["status"], draft["number"], draft["issued_at"]) == ("draft", None, None)
    assert await run_month(admin, "2026-11") == [draft]
    assert (await cafe.get(f"/invoices/{draft['id']}/pdf")).startswith(b"%PDF")
    await ledger.book(bar, datetime(2026, 11, 6, tzinfo=UTC), 0, 50)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    (newer,) = await run_month(admin, "2026-11")
    assert (newer["id"], newer["subtotal_minor"]) == (draft["id"], 1000)
    assert usage_lines(await detail(cafe, newer)) == {bar["id"]: (100, 50)}
    clock.advance(timedelta(days=30))
    fresh = await town.admin()  # the earlier login has expired
    (issued,) = await run_month(fresh, "2026-11")
    assert (issued["id"], issued["status"], issued["number"]) == (draft["id"], "issued", 1)
    assert await run_month(fresh, "2026-11") == [issued]


async def test_a_billed_host_keeps_its_currency(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.patch(f"/hosts/{cafe.host_id}", {"currency": "CHF"})
    await admin.patch(f"/hosts/{cafe.host_id}", {"currency": "EUR"})
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    (document,) = await run_month(admin, "2026-10")
    refused = await admin.patch(f"/hosts/{cafe.host_id}", {"currency": "CHF"}, expect=409)
    assert "has documents in EUR" in refused["detail"]
    await admin.patch(f"/hosts/{cafe.host_id}", {"currency": "EUR", "name": "Other"})
    await admin.post(f"/invoices/{document['id']}/void", None, expect=200)
    await admin.patch(f"/hosts/{cafe.host_id}", {"currency": "CHF"})


async def test_what_is_ordered_twice_with_one_key_is_done_once(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    headers = {"Idempotency-Key": "night-run"}
    ordered = [
        await admin.client.post("/api/v1/invoices/run", json={"period": "2026-10"}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in ordered] == [202, 202]
    assert ordered[0].json() == ordered[1].json()
    (document,) = await run_month(admin, "2026-10")
    path, headers = f"/api/v1/invoices/{document['id']}/void", {"Idempotency-Key": "void-17"}
    voided = [await admin.client.post(path, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in voided] == [200, 200]
    assert voided[0].json() == voided[1].json()


async def test_a_month_that_has_not_begun_is_refused(town: Town, admin: Person) -> None:
    for period in ("2026-12", "2999-12"):
        assert fields_of(await admin.post("/invoices/run", {"period": period}, expect=422)) == ["period"]
    cafe = await town.move_in("Café")
    assert fields_of(await admin.post("/invoices/run", {"period": "2026-12"}, expect=422)) == ["period"]
    for body in ({"period": "2026-13"}, {"period": "October"}, {"period": "1999-01"}, {"period": None}, {}):
        assert fields_of(await admin.post("/invoices/run", body, expect=422)) == ["period"]
    await cafe.post("/invoices/run", {"period": "2026-10"}, expect=403)


async def test_runs_at_once_and_runs_that_fail_leave_no_gap(
    town: Town, admin: Person, ledger: Ledger, database: Database
) -> None:
    for name in ("Café", "Hotel", "Lodge"):
        owner = await town.move_in(name)
        await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
    async with database.unit_of_work() as session:
        await session.execute(text("ALTER TABLE invoice_lines ADD CONSTRAINT disk_full CHECK (amount_minor < 0)"))
    refused = await admin.post("/invoices/run", {"period": "2026-09"}, expect=202)
    await carry_out_runs(admin)
    failed = await admin.get(f"/invoices/runs/{refused['id']}")
    assert (failed["state"], failed["hosts_failed"], failed["made"]) == ("failed", 3, [])
    async with database.unit_of_work() as session:
        await session.execute(text("ALTER TABLE invoice_lines DROP CONSTRAINT disk_full"))
    both = await asyncio.gather(run_month(admin, "2026-09"), run_month(admin, "2026-09"))
    assert both[0] == both[1]
    later = await run_month(admin, "2026-10")
    assert [each["number"] for each in both[0] + later] == [1, 2, 3, 4, 5, 6]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_run_that_was_ordered_tells_how_far_it_is_and_what_it_made(
    town: Town, admin: Person, database: Database
) -> None:
    owners = [await town.move_in(name) for name in ("Café", "Inn")]
    for owner, direction in zip(owners, ("charge", "pay"), strict=True):
        await admin.put(f"/hosts/{owner.host_id}/tariff", {**TARIFF, "direction": direction})
    ordered = await admin.post("/invoices/run", {"period": "2026-09"}, expect=202)
    path = f"/invoices/runs/{ordered['id']}"
    assert await admin.get(path) == ordered
    assert (ordered["state"], ordered["hosts"], ordered["hosts_done"], ordered["made"]) == ("queued", 2, 0, [])
    assert (await admin.get("/invoices"))["items"] == []
    await carry_out_runs(admin)
    done = await admin.get(path)
    assert (done["state"], done["hosts_done"], done["finished_at"] is None) == ("done", 2, False)
    row = {"currency": "EUR", "documents": 1, "total_minor": 1200}
    assert done["made"] == [{"kind": "invoice", **row}, {"kind": "settlement", **row}]
    await owners[0].get(path, expect=403)
    await admin.get(f"/invoices/runs/{owners[0].host_id}", expect=404)


async def test_the_sum_over_all_hosts_is_the_ledger(
    town: Town, admin: Person, ledger: Ledger, database: Database
) -> None:
    for name, zone in (("Café", "Europe/Vienna"), ("Lodge", "Asia/Kathmandu"), ("Bay", "America/St_Johns")):
        owner = await town.move_in(name, zone)
        router = await add_router(owner, "Bar", owner.host_id)
        for day in range(-3, 40):
            await ledger.book(router, datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=day, hours=7 * day), day + 5, 1)
    billed = 0
    for period in ("2026-08", "2026-09", "2026-10"):
        for invoice in await run_month(admin, period):
            billed += sum(sum(used) for used in usage_lines(await detail(admin, invoice)).values())
    async with database.unit_of_work() as session:
        assert billed == await session.scalar(text("SELECT sum(up_bytes + down_bytes) FROM usage_ledger"))
        assert await verify(session) == []


async def test_verify_finds_invoices_that_do_not_agree(
    town: Town, admin: Person, ledger: Ledger, database: Database
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await ledger.book(bar, datetime(2026, 10, 5, tzinfo=UTC), 5, 0)
    await run_month(admin, "2026-10")
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE invoice_lines SET up_bytes = 6, amount_minor = 1 WHERE kind = 'usage'"))
        await session.execute(text("UPDATE invoices SET number = 2"))
    async with database.unit_of_work() as session:
        gaps, sums, volumes = await verify(session)
    assert "gaps" in gaps
    assert "sum to 1" in sums
    assert "invoices bill 6 bytes up" in volumes


async def test_hosts_see_their_own_invoices_and_tariff(town: Town, admin: Person) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    later = await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF | {"valid_from": "2026-11", "base_fee_minor": 5})
    assert await cafe.get(f"/hosts/{cafe.host_id}/tariff") == later
    assert (await cafe.get(f"/hosts/{cafe.host_id}/tariff", on="2026-10"))["base_fee_minor"] == 1000
    await cafe.get(f"/hosts/{cafe.host_id}/tariff", on="2025-12-31", expect=404)
    await cafe.put(f"/hosts/{cafe.host_id}/tariff", TARIFF, expect=403)
    await admin.put(f"/hosts/{hotel.host_id}/tariff", TARIFF)
    mine, theirs = await run_month(admin, "2026-10")
    assert (await cafe.get("/invoices"))["items"] == [mine]
    assert (await admin.get("/invoices", host_id=hotel.host_id))["items"] == [theirs]
    assert (await admin.get("/invoices", period="2026-09"))["items"] == []
    await cafe.get(f"/invoices/{theirs['id']}", expect=404)
    await cafe.get(f"/invoices/{theirs['id']}/pdf", expect=404)


async def test_bad_tariffs_are_refused_by_field(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    for change, field in (
        ({"valid_from": "2026"}, "valid_from"),
        ({"base_fee_minor": -1}, "base_fee_minor"),
        ({"base_fee_minor": 2**63}, "base_fee_minor"),
        ({"price_per_gb_minor": 0.5}, "price_per_gb_minor"),
        ({"included_bytes": None}, "included_bytes"),
        ({"tax_rate_percent": 7.7}, "tax_rate_percent"),
        ({"tax_rate_percent": "NaN"}, "tax_rate_percent"),
        ({"tax_rate_percent": "101"}, "tax_rate_percent"),
        ({"tax_rate_percent": "7.12345"}, "tax_rate_percent"),
        ({"discount": 1}, "discount"),
        ({"direction": "both"}, "direction"),
        ({"tiers": [{"above_bytes": 0, "price_per_gb_minor": 1}]}, "tiers.0.above_bytes"),
    ):
        assert fields_of(await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF | change, expect=422)) == [field]
