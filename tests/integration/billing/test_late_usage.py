"""Usage that arrives after its month was billed: a dated line on the next invoice, with the records behind it."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from spotfi_cloud.billing.service import verify
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town
from tests.integration.api.monthly_run import run_month
from tests.integration.billing.conftest import Ledger, add_router

GB = 10**9
TARIFF = {
    "valid_from": "2026-01",
    "base_fee_minor": 1000,
    "price_per_gb_minor": 100,
    "tiers": [{"above_bytes": 3 * GB, "price_per_gb_minor": 50}],
    "tax_rate_percent": "20",
}


async def issued(admin: Person, period: str) -> dict[str, Any]:
    (item,) = await run_month(admin, period)
    shown: dict[str, Any] = await admin.get(f"/invoices/{item['id']}")
    return shown


async def evidence(person: Person, invoice: dict[str, Any], line: dict[str, Any]) -> tuple[int, int]:
    content = await person.get(f"/invoices/{invoice['id']}/lines/{line['position']}/evidence")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    return sum(int(row["up_bytes"]) for row in rows), sum(int(row["down_bytes"]) for row in rows)


async def test_late_usage_is_a_dated_line_on_the_next_invoice(
    town: Town, admin: Person, ledger: Ledger, database: Database
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    await ledger.book(bar, datetime(2026, 8, 5, tzinfo=UTC), 2 * GB, 0)
    august = await issued(admin, "2026-08")
    assert august["subtotal_minor"] == 1200
    await ledger.book_late(bar, datetime(2026, 8, 6, tzinfo=UTC), GB, GB, recorded_at=datetime(2026, 9, 9, tzinfo=UTC))
    await ledger.book(bar, datetime(2026, 9, 5, tzinfo=UTC), GB, 0)
    async with database.unit_of_work() as session:
        assert await verify(session) == []
    september = await issued(admin, "2026-09")
    base, own, late = september["lines"]
    assert (base["kind"], own["kind"], late["kind"]) == ("base_fee", "usage", "late_usage")
    assert (late["used_in"], late["router_id"], late["amount_minor"]) == ("2026-08", bar["id"], 150)
    assert (late["up_bytes"], late["down_bytes"]) == (GB, GB)
    assert september["subtotal_minor"] == 1000 + 100 + 150
    (october,) = [await issued(admin, "2026-10")]
    assert [line["kind"] for line in october["lines"]] == ["base_fee"]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_the_records_behind_each_line_sum_to_it(town: Town, admin: Person, ledger: Ledger) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF | {"valid_from": "2026-08-15"})
    await ledger.book(bar, datetime(2026, 8, 5, tzinfo=UTC), 700, 7)
    await ledger.book(bar, datetime(2026, 8, 14, 21, 59, tzinfo=UTC), 50, 5)  # 23:59 in Vienna
    await ledger.book(bar, datetime(2026, 8, 14, 22, 0, tzinfo=UTC), 30, 3)
    august = await issued(admin, "2026-08")
    late_at = datetime(2026, 9, 9, tzinfo=UTC)
    await ledger.book_late(bar, datetime(2026, 8, 6, tzinfo=UTC), 11, 0, recorded_at=late_at)
    await ledger.book_late(bar, datetime(2026, 8, 20, tzinfo=UTC), 0, 13, recorded_at=late_at)
    september = await issued(admin, "2026-09")
    lines = [(invoice, line) for invoice in (august, september) for line in invoice["lines"] if line["router_id"]]
    assert [(line["up_bytes"], line["down_bytes"]) for _, line in lines] == [(750, 12), (30, 3), (11, 0), (0, 13)]
    for invoice, line in lines:
        assert await evidence(cafe, invoice, line) == (line["up_bytes"], line["down_bytes"])
    invoice, line = lines[0]
    await hotel.get(f"/invoices/{invoice['id']}/lines/{line['position']}/evidence", expect=404)
    await cafe.get(f"/invoices/{invoice['id']}/lines/1/evidence", expect=404)  # the base fee
    await cafe.get(f"/invoices/{invoice['id']}/lines/99/evidence", expect=404)


async def test_a_preview_writes_nothing_and_is_what_the_run_makes(town: Town, admin: Person, ledger: Ledger) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    await ledger.book(bar, datetime(2026, 11, 2, tzinfo=UTC), 2 * GB, 0)
    (preview,) = (await cafe.get(f"/hosts/{cafe.host_id}/invoice-preview", period="2026-11"))["items"]
    assert (await admin.get("/invoices"))["items"] == []
    draft = await issued(admin, "2026-11")
    assert {name: draft[name] for name in preview} == preview
    await issued(admin, "2026-10")
    await cafe.get(f"/hosts/{cafe.host_id}/invoice-preview", period="2026-10", expect=409)


async def test_a_host_that_changes_its_time_zone_leaves_no_gap_and_no_overlap(
    town: Town, admin: Person, ledger: Ledger, database: Database
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await ledger.book(bar, datetime(2026, 8, 31, 21, 59, tzinfo=UTC), 1, 0)
    await ledger.book(bar, datetime(2026, 8, 31, 22, 0, tzinfo=UTC), 20, 0)
    await ledger.book(bar, datetime(2026, 9, 1, 7, 0, tzinfo=UTC), 300, 0)
    assert [line["up_bytes"] for line in (await issued(admin, "2026-08"))["lines"]] == [1]
    await admin.patch(f"/hosts/{cafe.host_id}", {"timezone": "America/Los_Angeles"})
    assert [line["up_bytes"] for line in (await issued(admin, "2026-09"))["lines"]] == [320]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_host_may_be_paid_for_the_usage_of_its_routers(town: Town, admin: Person, ledger: Ledger) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await admin.put("/billing/issuer", {"legal_name": "Alpine Net GmbH", "settlement_prefix": "GS-"})
    await admin.put(f"/hosts/{cafe.host_id}/billing-details", {"legal_name": "Café Central OG", "language": "fr"})
    await admin.put(f"/hosts/{cafe.host_id}/tariff", {**TARIFF, "direction": "pay"})
    await ledger.book(bar, datetime(2026, 10, 5, tzinfo=UTC), 2 * GB, 0)
    settlement = await issued(admin, "2026-10")
    assert (settlement["kind"], settlement["reference"], settlement["total_minor"]) == ("settlement", "GS-000001", 1440)
    assert (settlement["seller"]["legal_name"], settlement["buyer"]["legal_name"]) == (
        "Café Central OG",
        "Alpine Net GmbH",
    )
    assert settlement["language"] == "fr"


async def test_a_document_over_less_than_nothing_is_in_favour_and_not_paid(
    town: Town, admin: Person, ledger: Ledger
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    cheaper = [{"above_bytes": 10 * GB, "price_per_gb_minor": 10}]
    tariff = {"valid_from": "2026-01", "price_per_gb_minor": 100, "tier_mode": "volume", "tiers": cheaper}
    await admin.put(f"/hosts/{cafe.host_id}/tariff", tariff)
    await ledger.book(bar, datetime(2026, 8, 5, tzinfo=UTC), 9 * GB, 0)
    assert (await issued(admin, "2026-08"))["total_minor"] == 900
    await ledger.book_late(
        bar, datetime(2026, 8, 6, tzinfo=UTC), 2 * GB, 0, recorded_at=datetime(2026, 9, 9, tzinfo=UTC)
    )
    september = await issued(admin, "2026-09")
    assert (september["total_minor"], september["state"], september["paid_minor"]) == (110 - 900, "in_favour", 0)
    assert [each["id"] for each in (await admin.get("/invoices", state="in_favour"))["items"]] == [september["id"]]
    assert (await admin.get("/invoices", state="paid"))["items"] == []
