"""API keys act for their owner within the rights they were given, until they expire or are revoked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of, plan_body


def key_body(clock: ManualClock, **changes: Any) -> dict[str, Any]:
    ends = (clock.now() + timedelta(days=30)).isoformat()
    return {"name": "export", "rights": {"plans": "read"}, "expires_at": ends} | changes


async def test_a_key_may_what_it_was_given_and_no_more(town: Town, clock: ManualClock) -> None:
    owner = await town.move_in("Café")
    made = await owner.post("/auth/api-keys", key_body(clock))
    program = Person(town.open_client(made["key"]))
    await program.get("/plans")
    await program.post("/plans", plan_body(), expect=403)
    await program.get("/subscribers", expect=403)
    await program.get("/auth/me")
    for path in ("/auth/api-keys", "/auth/sessions"):
        await program.get(path, expect=403)
    await program.post("/auth/second-factor", None, expect=403)


async def test_a_key_is_shown_once_and_kept_as_a_hash(town: Town, clock: ManualClock, database: Database) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    made = await owner.post("/auth/api-keys", key_body(clock))
    await Person(town.open_client(made["key"])).get("/plans")
    (shown,) = await owner.get("/auth/api-keys")
    assert "key" not in shown
    assert made["key"].startswith(shown["prefix"])
    assert shown["used_at"] is not None
    async with database.unit_of_work() as session:
        stored = (await session.execute(text("SELECT api_keys::text FROM api_keys"))).scalar_one()
    assert made["key"] not in stored
    assert await stranger.get("/auth/api-keys") == []
    await stranger.delete(f"/auth/api-keys/{made['id']}", expect=404)


async def test_revoked_and_expired_keys_are_void(town: Town, clock: ManualClock) -> None:
    owner = await town.move_in("Café")
    first, second = [await owner.post("/auth/api-keys", key_body(clock)) for _ in range(2)]
    await owner.delete(f"/auth/api-keys/{first['id']}")
    await Person(town.open_client(first["key"])).get("/plans", expect=401)
    clock.advance(timedelta(days=31))
    await Person(town.open_client(second["key"])).get("/plans", expect=401)
    await Person(town.open_client("spotfi_made_up")).get("/plans", expect=401)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rights": {"staff": "read"}}, "rights"),
        ({"rights": {"money": "write"}}, "rights"),
        ({"rights": {}}, "rights"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2036-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2026-12-01T00:00:00"}, "expires_at"),
    ],
)
async def test_keys_that_make_no_sense(town: Town, clock: ManualClock, change: dict[str, Any], field: str) -> None:
    owner = await town.move_in("Café")
    assert fields_of(await owner.post("/auth/api-keys", key_body(clock, **change), expect=422)) == [field]
