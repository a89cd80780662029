"""Sales noted after their month was billed: a dated line on the next document; and the records behind shares of sales."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from spotfi_cloud.billing.service import verify
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, plan_body
from tests.integration.api.monthly_run import run_month

AUGUST, SEPTEMBER = datetime(2026, 8, 20, tzinfo=UTC), datetime(2026, 9, 20, tzinfo=UTC)


class Shop:
    """A host's vouchers, of 250 each, which are used when a test says so."""

    def __init__(self, batch_id: str, database: Database) -> None:
        self._batch_id, self._database = batch_id, database

    async def sell(self, number: int, at: datetime) -> None:
        async with self._database.unit_of_work() as session:
            used = "UPDATE subscribers SET first_used_at = :at WHERE voucher_batch_id = :batch AND voucher_number = :number"
            await session.execute(text(used), {"at": at, "batch": self._batch_id, "number": number})


async def open_shop(owner: Person, admin: Person, database: Database) -> Shop:
    tariff = {"valid_from": "2026-01", "base_fee_minor": 100, "sales_share_percent": "10"}
    await admin.put(f"/hosts/{owner.host_id}/tariff", tariff)
    plan = await owner.post("/plans", plan_body())
    batch = await owner.post("/voucher-batches", {"count": 9, "plan_id": plan["id"], "price_minor": 250})
    return Shop(batch["id"], database)


async def bill(admin: Person, period: str) -> dict[str, Any]:
    (document,) = await run_month(admin, period)
    shown: dict[str, Any] = await admin.get(f"/invoices/{document['id']}")
    return shown


def shares(document: dict[str, Any]) -> list[tuple[str, str | None, int, int]]:
    kinds = ("sales_share", "late_sales")
    lines = [line for line in document["lines"] if line["kind"] in kinds]
    return [(line["kind"], line["used_in"], line["quantity"], line["amount_minor"]) for line in lines]


async def prices(person: Person, document: dict[str, Any], kind: str) -> list[str]:
    (line,) = [line for line in document["lines"] if line["kind"] == kind]
    content = await person.get(f"/invoices/{document['id']}/lines/{line['position']}/evidence")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert all(row["kind"] == "voucher" for row in rows)
    return [f"{row['sold_at'][:10]} {row['price_minor']}" for row in rows]


async def test_sales_noted_late_are_a_dated_line_on_the_next_document_once(
    town: Town, admin: Person, database: Database
) -> None:
    cafe = await town.move_in("Café")
    shop = await open_shop(cafe, admin, database)
    await shop.sell(1, AUGUST)
    august = await bill(admin, "2026-08")
    assert shares(august) == [("sales_share", None, 1, 25)]
    for number in (2, 3, 4):
        await shop.sell(number, AUGUST)
    await shop.sell(5, SEPTEMBER)
    september = await bill(admin, "2026-09")
    assert shares(september) == [("sales_share", None, 1, 25), ("late_sales", "2026-08", 3, 75)]
    assert (await admin.get(f"/invoices/{august['id']}"))["lines"] == august["lines"]
    assert await prices(cafe, august, "sales_share") == ["2026-08-20 250"]
    assert await prices(cafe, september, "sales_share") == ["2026-09-20 250"]
    assert await prices(cafe, september, "late_sales") == ["2026-08-20 250"] * 3
    await shop.sell(6, AUGUST)
    await shop.sell(7, SEPTEMBER)
    october = await bill(admin, "2026-10")
    assert shares(october) == [("late_sales", "2026-08", 1, 25), ("late_sales", "2026-09", 1, 25)]
    (row,) = (await admin.get("/reports/billing", period="2026-10"))["items"]
    assert row["sales_share_minor"] == 50
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_what_a_void_document_counted_is_counted_again_by_the_next_one(
    town: Town, admin: Person, database: Database
) -> None:
    cafe = await town.move_in("Café")
    shop = await open_shop(cafe, admin, database)
    await bill(admin, "2026-08")
    await shop.sell(1, AUGUST)
    await shop.sell(2, SEPTEMBER)
    september = await bill(admin, "2026-09")
    await admin.post(f"/invoices/{september['id']}/void", None, expect=200)
    again = await bill(admin, "2026-09")
    assert shares(again) == shares(september) == [("sales_share", None, 1, 25), ("late_sales", "2026-08", 1, 25)]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_a_host_that_is_paid_has_its_late_sales_on_its_settlement(
    town: Town, admin: Person, database: Database
) -> None:
    cafe = await town.move_in("Café")
    shop = await open_shop(cafe, admin, database)
    await admin.put(
        f"/hosts/{cafe.host_id}/tariff",
        {"valid_from": "2026-01", "direction": "pay", "base_fee_minor": 100, "sales_share_percent": "40"},
    )
    assert (await bill(admin, "2026-08"))["total_minor"] == 100
    await shop.sell(1, AUGUST)
    september = await bill(admin, "2026-09")
    assert (september["kind"], september["total_minor"]) == ("settlement", 200)
    assert shares(september) == [("late_sales", "2026-08", 1, 100)]
