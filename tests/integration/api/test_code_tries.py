"""Codes typed on a page: found however they are written; a thousand wrong ones lock nobody else out."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.service.code_tries import TooManyCodesError, forget_old_tries, try_code
from tests.integration.api.conftest import Person, plan_body

ROUTER = new_id()


async def type_code(database: Database, clock: ManualClock, device: str, code: str, router: UUID = ROUTER) -> str:
    async with database.unit_of_work() as session:
        try:
            voucher = await try_code(session, router, device, code, clock=clock)
        except TooManyCodesError as error:
            return f"wait {error.retry_after_s}"
        return "wrong" if voucher is None else voucher.username


@pytest.fixture
async def code(admin: Person) -> str:
    plan = await admin.post("/plans", plan_body())
    batch = await admin.post("/voucher-batches", {"count": 1, "plan_id": plan["id"]})
    printed: str = (await admin.get(f"/voucher-batches/{batch['id']}/vouchers"))["items"][0]["code"]
    return printed


async def test_a_device_that_guesses_waits_and_its_neighbours_do_not(
    database: Database, clock: ManualClock, code: str
) -> None:
    said = [await type_code(database, clock, "aa-01", "0000-0000-0000") for _ in range(1000)]
    assert said[:5] == ["wrong"] * 5
    assert set(said[5:]) == {"wait 2"}
    assert await type_code(database, clock, "AA-01", code) == "wait 2"
    assert await type_code(database, clock, "aa-02", code.lower()) == code.replace("-", "")
    clock.advance(timedelta(seconds=2))
    assert await type_code(database, clock, "aa-01", code) == code.replace("-", "")
    assert await type_code(database, clock, "aa-01", "wrong again") == "wrong"


async def test_wrong_codes_of_many_devices_at_once_are_all_counted(
    database: Database, clock: ManualClock, code: str
) -> None:
    for _ in range(13):
        await asyncio.gather(*(type_code(database, clock, f"aa-{new_id()}", "guess") for _ in range(10)))
    assert (await type_code(database, clock, "honest", code)).startswith("wait")


async def test_devices_that_change_their_address_are_slowed_down_on_their_router_only(
    database: Database, clock: ManualClock, code: str
) -> None:
    said = [await type_code(database, clock, f"aa-{number}", "guess") for number in range(130)]
    assert said.count("wrong") == 121
    assert await type_code(database, clock, "honest", code) == "wait 2"
    assert await type_code(database, clock, "honest", code, router=new_id()) == code.replace("-", "")
    clock.advance(timedelta(seconds=2))
    assert await type_code(database, clock, "honest", code) == code.replace("-", "")
    clock.advance(timedelta(hours=2))
    async with database.unit_of_work() as session:
        await forget_old_tries(session, clock=clock)
    assert await type_code(database, clock, "aa-1", "guess") == "wrong"
