"""Commands over HTTP: asked for once however often it is said, refused by field, bounded, and ended by their deadline."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.routers.service import expire_commands
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café Central")


@pytest.fixture
async def path(owner: Person) -> str:
    created = await owner.post("/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent"})
    return f"/routers/{created['id']}/commands"


async def ask(owner: Person, path: str, *, key: str | None = None, expect: int = 202, **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    whole = {"kind": "logs", "args": {}, "deadline_s": 60} | body
    return await owner.call("POST", path, expect=expect, json=whole, headers=headers)


async def test_the_same_key_gives_the_same_command(owner: Person, path: str) -> None:
    first = await ask(owner, path, key="one", args={"lines": 5})
    again = await ask(owner, path, key="one", args={"lines": 5})
    assert again == first
    clash = await ask(owner, path, key="one", args={"lines": 6}, expect=409)
    assert fields_of(clash) == ["Idempotency-Key"]
    assert (await ask(owner, path, key="two", args={"lines": 5}))["id"] != first["id"]
    assert len((await owner.get(path))["items"]) == 2


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"kind": "dance"}, "kind"),
    ({"kind": "shell"}, "args.command"),
    ({"limit_s": 0}, "limit_s"),
    ({"args": {"lines": -1}}, "args.lines"),
    ({"kind": "reboot", "args": {"now": True}}, "args.now"),
    ({"deadline_s": 0}, "deadline_s"),
    ({"deadline_s": "60"}, "deadline_s"),
    ({"args": []}, "args"),
]


async def test_what_does_not_fit_is_refused_by_field(owner: Person, path: str) -> None:
    for body, field in UNFIT:
        assert fields_of(await ask(owner, path, expect=422, **body)) == [field]


async def test_a_router_has_at_most_a_hundred_open_commands(owner: Person, path: str) -> None:
    *_, last = [await ask(owner, path) for _ in range(100)]
    await ask(owner, path, expect=409)
    await owner.post(f"/commands/{last['id']}/cancel", {}, expect=200)
    await ask(owner, path)


async def test_one_for_a_router_that_is_away_waits_and_then_expires(
    owner: Person, path: str, database: Database, clock: ManualClock
) -> None:
    command = await ask(owner, path, deadline_s=60)
    clock.advance(timedelta(seconds=59))
    async with database.unit_of_work() as session:
        assert await expire_commands(session, clock=clock) == 0
    assert (await owner.get(f"/commands/{command['id']}"))["state"] == "queued"
    clock.advance(timedelta(seconds=1))
    async with database.unit_of_work() as session:
        assert await expire_commands(session, clock=clock) == 1
    ended = await owner.get(f"/commands/{command['id']}")
    assert (ended["state"], ended["finished_at"] is not None) == ("expired", True)
    await owner.post(f"/commands/{command['id']}/cancel", {}, expect=409)


async def test_cancelling_twice_is_cancelling_once(owner: Person, path: str) -> None:
    command = await ask(owner, path)
    first = await owner.post(f"/commands/{command['id']}/cancel", {}, expect=200)
    assert first["state"] == "cancelled"
    assert await owner.post(f"/commands/{command['id']}/cancel", {}, expect=200) == first


async def test_others_commands_do_not_exist(town: Town, owner: Person, path: str) -> None:
    command = await ask(owner, path)
    other = await town.move_in("Hotel Post")
    await other.get(f"/commands/{command['id']}", expect=404)
    await other.get(f"/commands/{command['id']}/output", expect=404)
    await other.post(f"/commands/{command['id']}/cancel", {}, expect=404)


async def test_revoking_a_router_cancels_what_waits(owner: Person, path: str, database: Database) -> None:
    command = await ask(owner, path)
    await owner.post(path.replace("commands", "revoke"), {}, expect=200)
    assert (await owner.get(f"/commands/{command['id']}"))["state"] == "cancelled"
    await ask(owner, path, expect=409)
    async with database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM commands WHERE state = 'queued'")) == 0
