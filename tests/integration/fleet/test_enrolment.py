"""A code works once, for a day, for one router, and only over a private channel."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.routers.service import RADIUS_SECRET_PURPOSE, get_nas_list
from spotfi_cloud.storage.database import Database
from spotfi_protocol.enrolment import EnrolmentCode, EnrolmentGrant
from tests.integration.api.conftest import SECRET_KEY, Person, Town, fields_of


async def add_router(owner: Person, **changes: Any) -> dict[str, Any]:
    body = {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent", "address": None} | changes
    created: dict[str, Any] = await owner.post("/routers", body)
    return created


async def enrol(town: Town, code: str, *, expect: int = 200) -> dict[str, Any]:
    body = {"code": code, "agent_version": "0.1.0", "hostname": "bar", "from_the_future": 1}
    answer: dict[str, Any] = await town.anyone.post("/enrolment", body, expect=expect)
    return answer


async def key_hash_of(database: Database, router_id: str) -> str | None:
    async with database.unit_of_work() as session:
        query = text("SELECT key_hash FROM broker_access WHERE router_id = :id")
        found: str | None = await session.scalar(query, {"id": UUID(router_id)})
        return found


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café Central")


async def test_a_code_is_traded_for_a_key_the_broker_knows(town: Town, owner: Person, database: Database) -> None:
    router = await add_router(owner)
    assert await key_hash_of(database, router["id"]) is None
    ca_pem = await town.anyone.get("/enrolment/ca")
    assert EnrolmentCode.parse(router["enrolment_code"]).trusts(town.app.state.ca_der)
    grant = EnrolmentGrant.from_wire(await enrol(town, router["enrolment_code"].lower().replace("-", " ")))
    assert grant.ca_pem == ca_pem.decode()
    assert (str(grant.router_id), grant.mqtt_port) == (router["id"], 8883)
    assert grant.websocket_url == "wss://spotfi.test:8443/mqtt"
    key_hash = await key_hash_of(database, router["id"])
    assert key_hash is not None
    assert key_hash.startswith("$7$101$")


async def test_secrets_are_shown_once(owner: Person) -> None:
    router = await add_router(owner)
    shown = str(await owner.get(f"/routers/{router['id']}")) + str(await owner.get("/routers"))
    assert router["radius_secret"] not in shown
    assert router["enrolment_code"] not in shown


async def test_refused_codes_say_what_is_wrong(town: Town, owner: Person, clock: ManualClock) -> None:
    router = await add_router(owner)
    code = router["enrolment_code"]
    mistyped = await enrol(town, code[:-1] + ("0" if code[-1] != "0" else "1"), expect=422)
    assert fields_of(mistyped) == ["code"]
    wrong = await enrol(town, str(EnrolmentCode.generate(town.app.state.ca_der)), expect=403)
    assert wrong["code"] == "enrolment_code_unknown"
    await enrol(town, code)
    used = await enrol(town, code, expect=410)
    assert "used" in used["detail"]
    first = await owner.post(f"/routers/{router['id']}/enrolment-code", {})
    second = await owner.post(f"/routers/{router['id']}/enrolment-code", {"valid_for_s": 60})
    replaced = await enrol(town, first["enrolment_code"], expect=410)
    assert "replaced" in replaced["detail"]
    clock.advance(timedelta(seconds=60))
    expired = await enrol(town, second["enrolment_code"], expect=410)
    assert "expired" in expired["detail"]


async def test_a_revoked_router_is_shut_out_until_reinstated(town: Town, owner: Person, database: Database) -> None:
    router = await add_router(owner)
    path = f"/routers/{router['id']}"
    await enrol(town, router["enrolment_code"])
    fresh = await owner.post(f"{path}/enrolment-code", {})
    assert (await owner.post(f"{path}/revoke", {}, expect=200))["revoked_at"] is not None
    assert await key_hash_of(database, router["id"]) is None
    refused = await enrol(town, fresh["enrolment_code"], expect=403)
    assert refused["code"] == "router_revoked"
    await owner.post(f"{path}/enrolment-code", {}, expect=409)
    await owner.post(f"{path}/reinstate", {}, expect=200)
    assert await key_hash_of(database, router["id"]) is None
    again = await owner.post(f"{path}/enrolment-code", {})
    await enrol(town, again["enrolment_code"])
    assert await key_hash_of(database, router["id"]) is not None


async def test_enrolling_again_replaces_the_key(town: Town, owner: Person, database: Database) -> None:
    router = await add_router(owner)
    await enrol(town, router["enrolment_code"])
    before = await key_hash_of(database, router["id"])
    again = await owner.post(f"/routers/{router['id']}/enrolment-code", {})
    await enrol(town, again["enrolment_code"])
    assert await key_hash_of(database, router["id"]) != before


async def test_of_many_at_once_one_gets_the_key(town: Town, owner: Person) -> None:
    router = await add_router(owner)
    body = {"code": router["enrolment_code"]}
    tries = [town.anyone.client.post("/api/v1/enrolment", json=body) for _ in range(8)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert statuses == [200] + [410] * 7


async def test_plain_http_from_elsewhere_is_refused(town: Town) -> None:
    transport = httpx.ASGITransport(town.app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://spotfi.test") as stranger:
        for answer in (
            await stranger.get("/api/v1/enrolment/ca"),
            await stranger.post("/api/v1/enrolment", json={"code": "x"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "tls_required")
    async with httpx.AsyncClient(transport=transport, base_url="https://spotfi.test") as router:
        assert (await router.get("/api/v1/enrolment/ca")).status_code == 200


async def test_a_flood_of_guesses_is_slowed(town: Town) -> None:
    wrong = str(EnrolmentCode.generate(town.app.state.ca_der))
    for _ in range(20):
        await enrol(town, wrong, expect=403)
    slowed = await enrol(town, wrong, expect=429)
    assert slowed["code"] == "too_many_guesses"


async def test_a_deleted_router_is_gone_everywhere(town: Town, owner: Person, database: Database) -> None:
    router = await add_router(owner)
    await owner.delete(f"/routers/{router['id']}")
    await owner.get(f"/routers/{router['id']}", expect=404)
    assert (await owner.get("/routers"))["items"] == []
    await enrol(town, router["enrolment_code"], expect=403)
    async with database.unit_of_work() as session:
        assert await get_nas_list(session, Sealer(SECRET_KEY, RADIUS_SECRET_PURPOSE)) == []


async def test_hosts_keep_to_their_own_routers(town: Town, owner: Person) -> None:
    router = await add_router(owner)
    other = await town.move_in("Hotel Post")
    refused = await other.post("/routers", {"name": "x", "host_id": owner.host_id, "nas_kind": "agent"}, expect=404)
    assert fields_of(refused) == ["host_id"]
    for action in ("enrolment-code", "revoke", "reinstate", "radius-secret", "commands"):
        body = {"kind": "reboot"} if action == "commands" else {}
        await other.post(f"/routers/{router['id']}/{action}", body, expect=404)
    await other.get(f"/routers/{router['id']}/commands", expect=404)
    await other.get(f"/routers/{router['id']}/telemetry", expect=404)
    await other.delete(f"/routers/{router['id']}", expect=404)


async def test_a_nas_without_agent_has_a_secret_and_no_code(owner: Person, database: Database) -> None:
    router = await add_router(owner, nas_kind="mikrotik", address="192.0.2.7", coa_port=1700)
    assert router["enrolment_code"] is None
    await owner.post(f"/routers/{router['id']}/enrolment-code", {}, expect=409)
    await owner.post(f"/routers/{router['id']}/commands", {"kind": "reboot"}, expect=409)
    async with database.unit_of_work() as session:
        (nas,) = await get_nas_list(session, Sealer(SECRET_KEY, RADIUS_SECRET_PURPOSE))
    assert (nas.secret.decode(), nas.address, nas.coa_port) == (router["radius_secret"], "192.0.2.7", 1700)
    assert not nas.has_agent
    assert not nas.legacy_radius
    fresh = await owner.post(f"/routers/{router['id']}/radius-secret", {}, expect=200)
    assert fresh["radius_secret"] != router["radius_secret"]


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"nas_kind": "toaster"}, "nas_kind"),
    ({"address": "somewhere"}, "address"),
    ({"coa_port": 70_000}, "coa_port"),
    ({"interval_s": 0}, "interval_s"),
    ({"colour": "red"}, "colour"),
]


async def test_a_router_that_does_not_fit_is_refused_by_field(owner: Person) -> None:
    for changes, field in UNFIT:
        body = {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent"} | changes
        assert fields_of(await owner.post("/routers", body, expect=422)) == [field]
