"""The worker bills what is over: once, whoever else does so at the same time, and on from where it was killed."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from spotfi_cloud.billing.service import verify
from spotfi_cloud.entrypoints.worker.billing import Biller
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town
from tests.integration.api.monthly_run import run_month
from tests.integration.billing.conftest import Ledger, add_router

TARIFF = {"valid_from": "2026-09-15", "base_fee_minor": 3000, "price_per_gb_minor": 100}
_BILL = f"""
import asyncio, sys
from datetime import datetime
from spotfi_cloud.entrypoints.worker.billing import Biller
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
asyncio.run(Biller(Database(sys.argv[1]), ManualClock(datetime.fromisoformat("{NOW.isoformat()}")), 2).bill())
"""
_SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END';
CREATE TRIGGER be_slow BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION be_slow();
"""


async def invoices_of(admin: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await admin.get("/invoices", limit=200))["items"]
    return sorted(items, key=lambda item: item["number"])


async def execute(database: Database, *statements: str) -> None:
    async with database.unit_of_work() as session:
        for statement in statements:
            await session.execute(text(statement))


async def differences(database: Database) -> Sequence[str]:
    async with database.unit_of_work() as session:
        return await verify(session)


async def test_every_month_that_is_over_is_billed_from_the_first_on(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    cafe, inn, new = await town.move_in("Café"), await town.move_in("Inn"), await town.move_in("New")
    bar = await add_router(cafe, "Bar", cafe.host_id)
    await ledger.book(bar, datetime(2026, 8, 5, tzinfo=UTC), 5, 0)
    await execute(database, f"UPDATE hosts SET created_at = '2026-09-20' WHERE id = '{inn.host_id}'")
    for owner in (inn, new):
        await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
    biller = Biller(database, clock)
    await biller.bill()
    found = await invoices_of(admin)
    assert [(each["host_id"], each["period"], each["total_minor"], each["status"]) for each in found] == [
        (cafe.host_id, "2026-08", 0, "issued"),
        (inn.host_id, "2026-09", 1600, "issued"),
        (inn.host_id, "2026-10", 3000, "issued"),
    ]
    await biller.bill()
    assert await invoices_of(admin) == found
    assert await differences(database) == []


async def test_a_month_is_billed_two_hours_after_its_end_by_the_hosts_clock(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    lodge = await town.move_in("Lodge", "Asia/Kathmandu")  # November ends there at 18:15 UTC of its last day
    hall = await add_router(lodge, "Hall", lodge.host_id)
    await ledger.book(hall, datetime(2026, 11, 5, tzinfo=UTC), 5, 0)
    clock.advance(datetime(2026, 11, 30, 20, 14, tzinfo=UTC) - clock.now())
    biller = Biller(database, clock)
    await biller.bill()
    assert await invoices_of(await town.admin()) == []
    clock.advance(timedelta(minutes=1))
    await biller.bill()
    assert [each["period"] for each in await invoices_of(await town.admin())] == ["2026-11"]


async def test_two_workers_and_a_person_at_once_bill_everything_once(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    for name in ("Café", "Inn", "Lodge", "Bay", "Hut"):
        owner = await town.move_in(name)
        router = await add_router(owner, "Bar", owner.host_id)
        await ledger.book(router, datetime(2026, 9, 5, tzinfo=UTC), 5, 0)
        await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
    billers = [Biller(database, clock, 2) for _ in range(2)]
    await asyncio.gather(*(biller.bill() for biller in billers), run_month(admin, "2026-10"))
    found = await invoices_of(admin)
    assert [each["number"] for each in found] == list(range(1, 11))
    assert len({(each["host_id"], each["period"]) for each in found}) == 10
    assert await differences(database) == []


async def test_a_worker_killed_in_the_middle_leaves_no_gap_and_the_next_goes_on(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    for number in range(12):
        owner = await town.move_in(f"Café {number}")
        router = await add_router(owner, "Bar", owner.host_id)
        await ledger.book(router, datetime(2026, 10, 5, tzinfo=UTC), 5, 0)
    await execute(database, *_SLOW.strip().splitlines())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _BILL, database.url)
    while not (billed := len(await invoices_of(admin))):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert 0 < billed < 12
    await Biller(database, clock).bill()
    assert [each["number"] for each in await invoices_of(admin)] == list(range(1, 13))
    assert await differences(database) == []


async def test_a_host_that_cannot_be_billed_holds_up_nobody_else(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    owners = [await town.move_in(name) for name in ("Café", "Inn", "Lodge")]
    for owner in owners:
        router = await add_router(owner, "Bar", owner.host_id)
        await ledger.book(router, datetime(2026, 10, 5, tzinfo=UTC), 5, 0)
    bad = f"CHECK (host_id <> '{owners[1].host_id}')"
    await execute(database, f"ALTER TABLE invoices ADD CONSTRAINT bad {bad}")
    await Biller(database, clock).bill()
    assert {each["host_id"] for each in await invoices_of(admin)} == {owners[0].host_id, owners[2].host_id}
    await execute(database, "ALTER TABLE invoices DROP CONSTRAINT bad")
    await Biller(database, clock).bill()
    assert [each["number"] for each in await invoices_of(admin)] == [1, 2, 3]


async def test_a_tariff_changed_while_months_are_billed_holds_in_all_of_a_document_or_in_none(
    town: Town, admin: Person, ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    owners = [await town.move_in(f"Café {number}") for number in range(8)]
    for owner in owners:
        await admin.put(f"/hosts/{owner.host_id}/tariff", {**TARIFF, "valid_from": "2026-09-01"})
    await execute(database, "UPDATE hosts SET created_at = '2026-09-01'")
    dearer = {**TARIFF, "valid_from": "2026-09-01", "base_fee_minor": 7000}
    changes = [admin.put(f"/hosts/{owner.host_id}/tariff", dearer) for owner in owners]
    await asyncio.gather(Biller(database, clock, 2).bill(), *changes)
    found = await invoices_of(admin)
    assert len(found) == 16
    assert {each["total_minor"] for each in found} <= {3000, 7000}
    assert await differences(database) == []
