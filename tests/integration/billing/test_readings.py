"""Months are billed by a reading of the ledger made beforehand, for all hosts in one pass: it holds what it held then."""

from datetime import UTC, datetime
from uuid import UUID

from spotfi_cloud.billing.service import issue_months, read_month, verify
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town
from tests.integration.billing.conftest import Ledger, add_router

TARIFF = {"valid_from": "2026-01", "base_fee_minor": 3100, "price_per_gb_minor": 100}
GB = 10**9
FIFTH = datetime(2026, 10, 5, tzinfo=UTC)


async def test_what_happens_between_reading_and_billing_is_billed_once_and_by_one_tariff(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    cafe, inn = await town.move_in("Café"), await town.move_in("Inn")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    hall = await add_router(inn, "Hall", inn.host_id)
    hosts = [UUID(owner.host_id) for owner in (cafe, inn)]
    for owner, router in ((cafe, bar), (inn, hall)):
        await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
        await ledger.book(router, FIFTH, GB, 0)
        await ledger.book_late(router, FIFTH, GB, 0, recorded_at=NOW)
    async with database.unit_of_work() as session:
        readings = await read_month(session, "2026-10", hosts)
    await ledger.book_late(bar, FIFTH, 3 * GB, 0, recorded_at=NOW)
    await admin.put(f"/hosts/{inn.host_id}/tariff", {**TARIFF, "valid_from": "2026-10-02", "price_per_gb_minor": 700})
    await ledger.book_late(hall, FIFTH, 5 * GB, 0, recorded_at=NOW)
    async with database.unit_of_work() as session:
        assert await issue_months(session, "2026-10", hosts, readings, clock=clock) == 2
    of_cafe, of_inn = sorted((await admin.get("/invoices"))["items"], key=lambda each: int(each["number"]))
    assert of_cafe["total_minor"] == 3100 + 2 * 100  # as it was read
    assert of_inn["total_minor"] == 3100 + 7 * 700  # read anew, for its days fell into other parts
    async with database.unit_of_work() as session:
        assert await verify(session) == []
    clock.advance(datetime(2026, 12, 2, tzinfo=UTC) - NOW)
    async with database.unit_of_work() as session:
        before = await read_month(session, "2026-11", hosts)
    for readings in (before, before):  # the second run finds everything billed
        async with database.unit_of_work() as session:
            await issue_months(session, "2026-11", hosts, readings, clock=clock)
    items = (await (await town.admin()).get("/invoices", period="2026-11"))["items"]
    assert sorted(each["total_minor"] for each in items) == [3100, 3100 + 3 * 100]
    async with database.unit_of_work() as session:
        assert await verify(session) == []


async def test_late_usage_that_another_month_has_billed_meanwhile_is_not_billed_again(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    cafe = await town.move_in("Café")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    host = [UUID(cafe.host_id)]
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    async with database.unit_of_work() as session:
        await issue_months(session, "2026-08", host, {}, clock=clock)
    await ledger.book_late(bar, datetime(2026, 8, 5, tzinfo=UTC), 2 * GB, 0, recorded_at=NOW)
    async with database.unit_of_work() as session:
        readings = await read_month(session, "2026-09", host)
    for period in ("2026-10", "2026-09"):
        async with database.unit_of_work() as session:
            await issue_months(session, period, host, readings, clock=clock)
    items = (await admin.get("/invoices"))["items"]
    totals = {each["period"]: each["total_minor"] for each in items}
    assert totals == {"2026-08": 3100, "2026-10": 3300, "2026-09": 3100}
    async with database.unit_of_work() as session:
        assert await verify(session) == []
