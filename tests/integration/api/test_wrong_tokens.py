"""Tokens that are stolen, expired, taken apart, or used for what they are not: none of them opens anything."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from spotfi_cloud.kernel.clock import ManualClock
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

FORM = {"username": ADMIN_EMAIL, "password": PASSWORD}


async def sign_in(town: Town) -> Any:
    return await town.anyone.call("POST", "/auth/token", expect=200, data=FORM)


async def refused(town: Town, token: str) -> None:
    problem = await Person(town.open_client(token)).get("/auth/me", expect=401)
    assert problem["code"] == "unauthenticated"


async def make_key(admin: Person, clock: ManualClock) -> Any:
    expires_at = (clock.now() + timedelta(days=1)).isoformat()
    return await admin.post("/auth/api-keys", {"name": "S", "rights": {"plans": "read"}, "expires_at": expires_at})


async def test_one_kind_of_token_is_no_other(town: Town, clock: ManualClock) -> None:
    tokens = await sign_in(town)
    admin = Person(town.open_client(tokens["access_token"]))
    key = await make_key(admin, clock)
    await refused(town, tokens["refresh_token"])
    for token in (tokens["access_token"][:200], key["key"], "x" * 200):
        await town.anyone.post("/auth/refresh", {"refresh_token": token}, expect=401)
        await town.anyone.post("/auth/password", {"token": token, "password": PASSWORD}, expect=410)
    body = {"token": tokens["refresh_token"], "password": PASSWORD}
    await town.anyone.post("/auth/password", body, expect=410)
    await town.anyone.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=200)


async def test_parts_of_two_tokens_make_none(town: Town, admin: Person) -> None:
    support = await town.employ(admin, "support")
    mine = support.client.headers["Authorization"].removeprefix("Bearer ").split(".")
    theirs = admin.client.headers["Authorization"].removeprefix("Bearer ").split(".")
    for parts in ((mine[0], theirs[1], mine[2]), (mine[0], mine[1], theirs[2]), mine[:2], (*mine[:2], "")):
        await refused(town, ".".join(parts))


async def test_a_token_with_anothers_session_is_void(town: Town, admin: Person) -> None:
    (session,) = [each for each in await admin.get("/auth/sessions") if each["current"]]
    support = await town.employ(admin, "support")
    account_id = UUID((await support.get("/auth/me"))["id"])
    await refused(town, town.app.state.access_tokens.issue(account_id, UUID(session["id"])))


async def test_a_stolen_token_ends_with_the_session_it_was_stolen_from(town: Town) -> None:
    tokens = await sign_in(town)
    thief, owner = (Person(town.open_client(tokens["access_token"])) for _ in range(2))
    await thief.get("/auth/me")
    await owner.post("/auth/logout", None, expect=204)
    await thief.get("/auth/me", expect=401)
    await town.anyone.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)


async def test_what_is_expired_or_revoked_stays_so(town: Town, clock: ManualClock) -> None:
    admin = await town.admin()
    key = await make_key(admin, clock)
    program = Person(town.open_client(key["key"]))
    await program.get("/plans")
    await program.get("/subscribers", expect=403)
    clock.advance(timedelta(days=2))
    town.app.state.principals.drop()  # the days have passed within the second for which it remembers
    await program.get("/plans", expect=401)
    await refused(town, admin.client.headers["Authorization"].removeprefix("Bearer "))


async def test_what_is_no_header_of_ours_is_no_login(town: Town, admin: Person) -> None:
    token = admin.client.headers["Authorization"].removeprefix("Bearer ")
    for header in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {token}",
        token,
        f"Bearer {token} {token}",
        "Bearer " + "x" * 100_000,
    ):
        answer = await town.anyone.client.get("/api/v1/auth/me", headers={"Authorization": header})
        assert answer.status_code == httpx.codes.UNAUTHORIZED, header[:40]
    elsewhere: tuple[dict[str, Any], ...] = (
        {"params": {"access_token": token}},
        {"headers": {"Cookie": f"access_token={token}"}},
    )
    for place in elsewhere:
        assert (await town.anyone.client.get("/api/v1/auth/me", **place)).status_code == httpx.codes.UNAUTHORIZED
