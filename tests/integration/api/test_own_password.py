"""One's own password is changed by who knows the old one; other sessions end, and guessing is braked as at sign-in."""

from datetime import timedelta
from typing import Any

from spotfi_cloud.kernel.clock import ManualClock
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town, fields_of

CHANGE = "/auth/password/change"
NEW = "another good one"


def change(old: str = PASSWORD, new: str = NEW) -> dict[str, str]:
    return {"old_password": old, "new_password": new}


async def sign_in(town: Town, password: str = PASSWORD, *, expect: int = 200) -> Any:
    form = {"username": ADMIN_EMAIL, "password": password}
    return await town.anyone.call("POST", "/auth/token", expect=expect, data=form)


async def test_the_password_changes_and_every_other_session_ends(town: Town) -> None:
    here, there = await town.sign_in(ADMIN_EMAIL), await sign_in(town)
    await here.post(CHANGE, change(), expect=204)
    await here.get("/auth/me")
    elsewhere = Person(town.open_client(there["access_token"]))
    await elsewhere.get("/auth/me", expect=401)
    await town.anyone.post("/auth/refresh", {"refresh_token": there["refresh_token"]}, expect=401)
    await sign_in(town, expect=401)
    await sign_in(town, NEW)


async def test_who_does_not_know_the_old_one_changes_nothing_and_is_slowed(town: Town, clock: ManualClock) -> None:
    thief = await town.admin()
    for _ in range(6):
        problem = await thief.post(CHANGE, change(old="a guess"), expect=422)
        assert (problem["code"], fields_of(problem)) == ("old_password_wrong", ["old_password"])
    refused = await thief.post(CHANGE, change(), expect=429)
    assert refused["code"] == "too_many_sign_ins"
    await sign_in(town, expect=429)  # one count: whoever guesses here does not begin anew there
    clock.advance(timedelta(seconds=3))
    await thief.post(CHANGE, change(), expect=204)


async def test_a_password_that_will_not_do_is_named(admin: Person) -> None:
    for body, field in (
        (change(new="short"), "new_password"),
        (change(new=PASSWORD), "new_password"),
        ({"new_password": NEW}, "old_password"),
        (change() | {"role": "admin"}, "role"),
    ):
        assert fields_of(await admin.post(CHANGE, body, expect=422)) == [field]
    problem = await admin.post(CHANGE, change(new="short"), expect=422)
    assert problem["errors"][0]["message"] == "It must have at least 10 characters."


async def test_an_api_key_does_not_change_its_owners_password(town: Town, admin: Person, clock: ManualClock) -> None:
    expires_at = (clock.now() + timedelta(days=1)).isoformat()
    body = {"name": "Script", "rights": {"staff": "write"}, "expires_at": expires_at}
    key = await admin.post("/auth/api-keys", body)
    await Person(town.open_client(key["key"])).post(CHANGE, change(), expect=403)


async def test_the_audit_log_says_that_it_changed_and_no_more(admin: Person) -> None:
    await admin.post(CHANGE, change(), expect=204)
    entries = (await admin.get("/audit", kind="staff_accounts"))["items"]
    assert entries[0]["action"] == f"POST /api/v1{CHANGE}"
    assert entries[0]["after"] == {"password_hash": "•••"}
