"""A router makes itself a new key: the cloud learns its hash only, and lets the router in by it at once."""

import asyncio
from typing import Any

from sqlalchemy import text

from spotfi_cloud.storage.database import Database
from spotfi_protocol.device_keys import generate_device_key, hash_device_key
from spotfi_protocol.messages import ResultState
from tests.integration.api.conftest import Person
from tests.integration.fleet.router import Router
from tests.integration.fleet.shared import broker, database_url, ingest

__all__ = ["broker", "database_url", "ingest"]


async def rotate(owner: Person, router: Router, **detail: Any) -> dict[str, Any]:
    asked = await owner.post(f"/routers/{router.id}/commands", {"kind": "rotate_key"}, expect=202)
    command = await router.receive_command()
    router.answer(command, ResultState.ACCEPTED)
    router.answer(command, ResultState.SUCCEEDED, message="done", **detail)
    for _ in range(600):  # not for the acknowledgement: who is connected by an old key is hung up on
        ended: dict[str, Any] = await owner.get(f"/commands/{asked['id']}")
        if ended["state"] in {"succeeded", "failed"}:
            return ended
        await asyncio.sleep(0.05)
    raise AssertionError(asked["id"])


async def test_the_new_key_opens_and_its_hash_is_not_shown(owner: Person, router: Router) -> None:
    key = generate_device_key()
    ended = await rotate(owner, router, key_hash=hash_device_key(key))
    assert (ended["state"], ended["result"]) == ("succeeded", {"message": "done"})
    router.cut()
    router.take_key(key)
    await router.connect()


async def test_what_is_no_hash_changes_nothing(owner: Person, router: Router, database: Database) -> None:
    key_hash = text("SELECT key_hash FROM router_keys WHERE router_id = :id")
    async with database.unit_of_work() as session:
        before = await session.scalar(key_hash, {"id": router.id})
    for odd in (None, "$7$101$short$x", "plain", ["x"]):
        assert (await rotate(owner, router, key_hash=odd))["state"] == "failed"
    async with database.unit_of_work() as session:
        assert await session.scalar(key_hash, {"id": router.id}) == before
