"""Signing in, and what an Admin does to accounts."""

from datetime import timedelta
from uuid import UUID

import jwt

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import derive_key
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, SECRET_KEY, Person, Town, fields_of


async def test_an_admin_signs_in(admin: Person) -> None:
    me = await admin.get("/auth/me")
    assert (me["email"], me["role"], me["host_id"]) == (ADMIN_EMAIL, "admin", None)


async def test_the_token_answer_is_what_oauth2_says(town: Town) -> None:
    form = {"username": f" {ADMIN_EMAIL.upper()}", "password": PASSWORD, "grant_type": "password"}
    answer = await town.anyone.call("POST", "/auth/token", expect=200, data=form)
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 600


async def test_a_wrong_login_is_refused_without_saying_why(town: Town) -> None:
    for email, password in ((ADMIN_EMAIL, "wrong"), ("nobody@spotfi.test", PASSWORD), ("\0", "x")):
        form = {"username": email, "password": password}
        problem = await town.anyone.call("POST", "/auth/token", expect=401, data=form)
        assert problem["detail"] == "E-mail or password is wrong, or the account is disabled."


async def test_a_login_without_password_names_the_field(town: Town) -> None:
    problem = await town.anyone.call("POST", "/auth/token", expect=422, data={"username": "x"})
    assert fields_of(problem) == ["password"]


async def test_a_disabled_account_is_out_at_once(town: Town, admin: Person) -> None:
    owner = await town.move_in("Café")
    me = await owner.get("/auth/me")
    await admin.patch(f"/staff/{me['id']}", {"disabled": True})
    await owner.get("/auth/me", expect=401)
    await town.anyone.call("POST", "/auth/token", expect=401, data={"username": me["email"], "password": PASSWORD})
    await admin.patch(f"/staff/{me['id']}", {"disabled": False, "password": "another good one"})
    await owner.get("/auth/me")
    await town.sign_in(me["email"], "another good one")


async def test_nobody_disables_themselves(admin: Person) -> None:
    me = await admin.get("/auth/me")
    await admin.patch(f"/staff/{me['id']}", {"disabled": True}, expect=409)


async def test_staff_is_for_admins(town: Town) -> None:
    owner = await town.move_in("Café")
    me = await owner.get("/auth/me")
    await owner.get("/staff", expect=403)
    await owner.get(f"/staff/{me['id']}", expect=403)
    await owner.patch(f"/staff/{me['id']}", {"password": "another good one"}, expect=403)


async def test_bad_accounts_are_refused_by_field(admin: Person) -> None:
    good = {"email": "a@b.test", "password": "a long enough one", "role": "admin"}
    unknown = "00000000-0000-7000-8000-000000000000"
    for change, field in (
        ({"email": "no address"}, "email"),
        ({"email": "a\0@b"}, "email"),
        ({"password": "short"}, "password"),
        ({"role": "owner"}, "role"),
        ({"role": "host"}, "host_id"),
        ({"host_id": unknown}, "host_id"),
        ({"role": "host", "host_id": unknown}, "host_id"),
        ({"admin": True}, "admin"),
    ):
        assert fields_of(await admin.post("/staff", good | change, expect=422)) == [field]
    await admin.post("/staff", good)
    assert fields_of(await admin.post("/staff", good | {"email": "A@B.test"}, expect=409)) == ["email"]


async def test_forged_and_expired_tokens_are_refused(town: Town, admin: Person, clock: ManualClock) -> None:
    account_id = UUID((await admin.get("/auth/me"))["id"])
    claims = {"sub": str(account_id), "aud": "spotfi-api", "exp": clock.now() + timedelta(hours=1)}
    key = derive_key(SECRET_KEY, "access-token")

    async def refused(token: str) -> None:
        await Person(town.open_client(token)).get("/auth/me", expect=401)

    await Person(town.open_client(jwt.encode(claims, key, algorithm="HS256"))).get("/auth/me")
    await refused(jwt.encode(claims, "", algorithm="none"))
    await refused(jwt.encode(claims, b"another installation's key, 32 bytes", algorithm="HS256"))
    await refused(jwt.encode(claims, key * 2, algorithm="HS512"))
    await refused(jwt.encode(claims | {"aud": "another"}, key, algorithm="HS256"))
    await refused(jwt.encode(claims | {"sub": "admin"}, key, algorithm="HS256"))
    await refused("garbage")
    clock.advance(timedelta(hours=13))
    await admin.get("/auth/me", expect=401)
