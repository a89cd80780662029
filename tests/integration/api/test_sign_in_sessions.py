"""Sessions last by refresh tokens that are good once; guessing gets slower for whoever guesses, and for nobody else."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

FORM = {"username": ADMIN_EMAIL, "password": PASSWORD}


async def sign_in(town: Town, **more: str) -> Any:
    return await town.anyone.call("POST", "/auth/token", expect=200, data=FORM | more)


def bearer(town: Town, tokens: dict[str, str]) -> Person:
    return Person(town.open_client(tokens["access_token"]))


def from_address(town: Town, address: str) -> Person:
    transport = httpx.ASGITransport(town.app, client=(address, 50000))
    town.clients.append(httpx.AsyncClient(transport=transport, base_url="http://spotfi.test"))
    return Person(town.clients[-1])


async def test_a_refresh_token_gives_the_next_pair(town: Town, clock: ManualClock) -> None:
    first = await sign_in(town)
    clock.advance(timedelta(minutes=11))
    await bearer(town, first).get("/auth/me", expect=401)
    second = await town.anyone.post("/auth/refresh", {"refresh_token": first["refresh_token"]}, expect=200)
    assert second["refresh_token"] != first["refresh_token"]
    assert (await bearer(town, second).get("/auth/me"))["email"] == ADMIN_EMAIL


async def test_a_refresh_token_used_twice_ends_the_whole_session(town: Town) -> None:
    first = await sign_in(town)
    second = await town.anyone.post("/auth/refresh", {"refresh_token": first["refresh_token"]}, expect=200)
    problem = await town.anyone.post("/auth/refresh", {"refresh_token": first["refresh_token"]}, expect=401)
    assert problem["code"] == "refresh_token_reused"
    await bearer(town, second).get("/auth/me", expect=401)
    await town.anyone.post("/auth/refresh", {"refresh_token": second["refresh_token"]}, expect=401)


async def test_unused_sessions_expire_and_foreign_tokens_are_refused(town: Town, clock: ManualClock) -> None:
    tokens = await sign_in(town)
    await town.anyone.post("/auth/refresh", {"refresh_token": tokens["access_token"][:200]}, expect=401)
    clock.advance(timedelta(days=15))
    await town.anyone.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)


async def test_one_sees_and_ends_ones_own_sessions(town: Town) -> None:
    stranger = await town.move_in("Café")
    there = bearer(town, await sign_in(town))
    (other,) = [each for each in await there.get("/auth/sessions") if each["current"]]
    here = bearer(town, await sign_in(town))
    assert [each["current"] for each in await here.get("/auth/sessions")].count(True) == 1
    await stranger.delete(f"/auth/sessions/{other['id']}", expect=404)
    await here.delete(f"/auth/sessions/{other['id']}")
    await there.get("/auth/me", expect=401)
    await here.post("/auth/logout", None, expect=204)
    await here.get("/auth/me", expect=401)


async def test_a_new_password_ends_every_session(town: Town, admin: Person) -> None:
    account = await admin.post("/staff", {"email": "s@spotfi.test", "password": PASSWORD, "role": "support"})
    support = await town.sign_in("s@spotfi.test")
    await support.get("/auth/me")
    await admin.patch(f"/staff/{account['id']}", {"password": "another good one"})
    await support.get("/auth/me", expect=401)


async def test_guessing_gets_slower_and_locks_nobody_else_out(town: Town, clock: ManualClock) -> None:
    guesser, owner = from_address(town, "203.0.113.9"), from_address(town, "198.51.100.7")
    wrong = {"username": ADMIN_EMAIL, "password": "a guess"}
    for _ in range(6):
        await guesser.call("POST", "/auth/token", expect=401, data=wrong)
    refused = await guesser.client.post("/api/v1/auth/token", data=FORM)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_sign_ins")
    assert int(refused.headers["retry-after"]) == 2
    await owner.call("POST", "/auth/token", expect=200, data=FORM)
    clock.advance(timedelta(seconds=3))
    await guesser.call("POST", "/auth/token", expect=200, data=FORM)
    await guesser.call("POST", "/auth/token", expect=401, data=wrong)  # the count began anew


async def test_many_names_from_one_address_are_slowed_too(town: Town) -> None:
    guesser = from_address(town, "2001:db8::1")
    for number in range(31):
        form = {"username": f"nobody{number}@spotfi.test", "password": "a guess"}
        await guesser.call("POST", "/auth/token", expect=401, data=form)
    neighbour = from_address(town, "2001:db8::2")  # the same customer's network
    await neighbour.call("POST", "/auth/token", expect=429, data=FORM)
    await from_address(town, "2001:db8:0:1::1").call("POST", "/auth/token", expect=200, data=FORM)


async def test_what_another_process_does_to_an_account_counts_within_a_second(
    town: Town, admin: Person, database: Database
) -> None:
    other = await town.employ(admin, "support")
    account = await other.get("/auth/me")
    async with database.unit_of_work() as session:
        await session.execute(
            text("UPDATE staff_accounts SET disabled_at = now() WHERE id = :id"), {"id": account["id"]}
        )
    disabled_at = time.monotonic()
    while (await other.client.get("/api/v1/auth/me")).status_code != 401:
        assert time.monotonic() < disabled_at + 10  # of one second that is meant: this machine may be busy
        await asyncio.sleep(0.05)


async def test_what_this_process_does_to_an_account_counts_at_once(town: Town, admin: Person) -> None:
    other = await town.employ(admin, "technician")
    account = await other.get("/auth/me")
    host = await town.move_in("Café")
    await other.get(f"/hosts/{host.host_id}", expect=404)
    await admin.patch(f"/staff/{account['id']}", {"host_ids": [host.host_id]})
    await other.get(f"/hosts/{host.host_id}")
    await admin.patch(f"/staff/{account['id']}", {"disabled": True})
    await other.get("/auth/me", expect=401)
