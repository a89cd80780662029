"""Live view: asked for over the API, told to the router, ended by itself."""

from typing import Any

from spotfi_protocol.messages import Settings
from spotfi_protocol.topics import Down, Up
from tests.integration.api.conftest import Person
from tests.integration.fleet.router import Router
from tests.integration.fleet.shared import broker, database_url, ingest

__all__ = ["broker", "database_url", "ingest"]


async def settings_with_live(router: Router) -> Settings:
    return Settings.from_wire(await router.receive(Down.SETTINGS))


async def test_a_router_is_told_to_go_live_and_told_again_when_it_comes_back(owner: Person, router: Router) -> None:
    answer: dict[str, Any] = await owner.post(f"/routers/{router.id}/live", {"seconds": 60}, expect=202)
    assert answer["live_until"]
    assert 50 <= (await settings_with_live(router)).live_for_s <= 60
    router.publish(Up.HELLO, router.hello().to_wire())
    assert 0 < (await settings_with_live(router)).live_for_s <= 60
    await owner.post(f"/routers/{router.id}/live", {"seconds": 0}, expect=202)
    assert (await settings_with_live(router)).live_for_s == 0
    await owner.post(f"/routers/{router.id}/live", {"seconds": 301}, expect=422)
