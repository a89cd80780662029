"""Hosts: contacts, language and branding; suspension, which reaches logins and leaves routers alone."""

from typing import Any

import pytest

from spotfi_cloud.access.batch import find_accounts
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town, fields_of, plan_body

DETAILS = {
    "contact_name": "Ada Lovelace",
    "contact_email": "ada@cafe.test",
    "contact_phone": "+43 1 234567",
    "language": "de",
    "brand_name": "Café Central WLAN",
    "brand_color": "#7a1f3d",
    "logo_url": "https://cafe.test/logo.svg",
    "welcome_text": "Willkommen!",
}


async def test_a_host_says_who_it_is(town: Town, admin: Person) -> None:
    made = await admin.post("/hosts", {"name": "Bar", "timezone": "UTC", "currency": "EUR"} | DETAILS)
    assert made.items() >= DETAILS.items()
    owner = await town.move_in("Café")
    changed = await owner.patch(f"/hosts/{owner.host_id}", DETAILS)
    assert changed.items() >= DETAILS.items()
    cleared = await owner.patch(f"/hosts/{owner.host_id}", {"contact_phone": None})
    assert (cleared["contact_phone"], cleared["contact_name"]) == (None, "Ada Lovelace")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_email", "no address"),
        ("contact_phone", "call me"),
        ("language", "German"),
        ("brand_color", "red"),
        ("logo_url", "http://cafe.test/logo.svg"),
        ("logo_url", "javascript:alert(1)"),
        ("suspended_at", None),
    ],
)
async def test_details_that_do_not_fit(town: Town, field: str, value: Any) -> None:
    owner = await town.move_in("Café")
    assert fields_of(await owner.patch(f"/hosts/{owner.host_id}", {field: value}, expect=422)) == [field]


async def test_suspension_reaches_logins_and_leaves_routers_alone(
    town: Town, admin: Person, database: Database
) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body())
    await owner.post("/subscribers", {"username": "ada", "password": "correct horse", "plan_id": plan["id"]})

    async def suspended() -> bool:
        connection = await database.connect()
        async with connection:
            (row,) = await find_accounts(connection, ["ada"], NOW, "UTC")
            return row.host_suspended

    assert not await suspended()
    await owner.post(f"/hosts/{owner.host_id}/suspend", None, expect=403)
    shown = await admin.post(f"/hosts/{owner.host_id}/suspend", None, expect=200)
    assert shown["suspended_at"] is not None
    assert await suspended()
    router = {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent", "address": None}
    made = await owner.post("/routers", router)
    await owner.post(f"/routers/{made['id']}/commands", {"kind": "reboot", "args": {}, "deadline_s": 60}, expect=202)
    assert (await admin.post(f"/hosts/{owner.host_id}/resume", None, expect=200))["suspended_at"] is None
    assert not await suspended()
