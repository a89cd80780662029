"""Hosts: contacts, language and branding; suspension, which reaches logins and leaves routers alone."""

from typing import Any
from uuid import UUID

import pytest

from spotfi_cloud.access.batch import find_accounts
from spotfi_cloud.hosts.branding import MAX_LOGO_BYTES
from spotfi_cloud.hosts.service import get_branding
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
    "background_color": "#ffffff",
    "support_contact": "+43 1 234567",
    "terms_url": "https://cafe.test/terms",
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
        ("background_color", "url(x)"),
        ("terms_url", "javascript:alert(1)"),
        ("support_contact", "call\nme"),
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


PNG = b"\x89PNG\r\n\x1a\n" + b"[{" * 100
"""Tells itself a PNG, and is no JSON nested too deeply."""


async def put_logo(person: Person, host_id: str | None, image: bytes, *, expect: int = 204) -> Any:
    headers = {"Content-Type": "image/png"}
    return await person.call("PUT", f"/hosts/{host_id}/logo", expect=expect, content=image, headers=headers)


async def test_guests_see_the_logo_and_branding_of_their_host(town: Town, database: Database) -> None:
    owner = await town.move_in("Café")
    assert owner.host_id is not None
    await owner.get(f"/hosts/{owner.host_id}/logo", expect=404)
    await put_logo(owner, owner.host_id, PNG)
    await put_logo(owner, owner.host_id, b"\xff\xd8\xff\xe0 photo")
    shown = await owner.client.get(f"/api/v1/hosts/{owner.host_id}/logo")
    assert (shown.headers["Content-Type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    await owner.patch(f"/hosts/{owner.host_id}", DETAILS)
    async with database.unit_of_work() as session:
        branding = await get_branding(session, UUID(owner.host_id))
    assert (branding.name, branding.language, branding.terms_url) == (
        "Café Central WLAN",
        "de",
        "https://cafe.test/terms",
    )
    assert branding.logo is not None
    assert branding.logo.content_type == "image/jpeg"
    await owner.delete(f"/hosts/{owner.host_id}/logo")
    await owner.get(f"/hosts/{owner.host_id}/logo", expect=404)


async def test_a_logo_is_an_image_by_its_bytes_and_small(town: Town) -> None:
    owner = await town.move_in("Café")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for image in (b"", svg, b"GIF89a", b"RIFF1234WAVE", PNG + b"x" * MAX_LOGO_BYTES):
        assert fields_of(await put_logo(owner, owner.host_id, image, expect=422)) == ["body"]
