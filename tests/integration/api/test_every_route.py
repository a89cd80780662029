"""Tenancy over every route of the app, by enumeration: a new route fails here until it is put into `route_table.py`."""

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from spotfi_cloud.identity.permissions import area_of
from spotfi_cloud.identity.rules import Area, Role
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of, plan_body
from tests.integration.api.furnishing import call, furnish, shown_to
from tests.integration.api.route_table import (
    ADMIN_ONLY,
    ANYONE,
    BELONGS_TO,
    CREATES,
    DEVICES,
    FILES,
    LISTS,
    PUBLIC,
    STREAMS,
    areas_expected,
    permitted,
)


def routes_of(app: FastAPI) -> set[str]:
    """`METHOD /path` of every HTTP route."""
    return {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
        if method not in {"HEAD", "OPTIONS"}
    }


def areas_asked(app: FastAPI) -> dict[str, set[Area]]:
    """The areas each route demands a permission for, read off its dependencies."""
    asked: dict[str, set[Area]] = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        found = {area_of(each.call) for each in dependant.dependencies} if dependant else set()
        for method in (context.methods or set()) - {"HEAD", "OPTIONS"}:
            asked[f"{method} {context.path}"] = {area for area in found if area is not None}
    return asked


def test_every_route_is_in_the_table(app: FastAPI) -> None:
    table = PUBLIC | ANYONE | DEVICES | ADMIN_ONLY | LISTS | STREAMS | BELONGS_TO.keys() | CREATES.keys() | FILES
    assert routes_of(app) == table


def test_every_route_asks_permission_for_its_area(app: FastAPI) -> None:
    asked = areas_asked(app)
    for route in sorted(routes_of(app) - PUBLIC - ANYONE - DEVICES):
        assert asked[route] == areas_expected(route) != set(), route


async def test_every_role_gets_what_the_table_permits_and_nothing_else(
    town: Town, admin: Person, database: Database
) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    ids = await furnish(owner, admin, database)
    assert owner.host_id is not None
    assert stranger.host_id is not None
    people = {
        Role.HOST: owner,
        Role.SUPPORT: await town.employ(admin, Role.SUPPORT),
        Role.TECHNICIAN: await town.employ(admin, Role.TECHNICIAN, host_ids=[owner.host_id, stranger.host_id]),
        Role.ADMIN: admin,
    }
    order = sorted(
        routes_of(town.app) - PUBLIC - ANYONE - DEVICES - STREAMS, key=lambda route: (route.startswith("DELETE"), route)
    )
    for role, person in people.items():
        for route in order:
            body = BELONGS_TO.get(route)
            answer = await call(person, route, ids, body)
            refused = answer.status_code == httpx.codes.FORBIDDEN
            assert refused != permitted(role, route), f"{role} {route}: {answer.status_code} {answer.text}"
            assert answer.status_code < 500, f"{role} {route}: {answer.text}"


async def test_a_technician_of_other_hosts_finds_nothing(town: Town, admin: Person, database: Database) -> None:
    owner = await town.move_in("Café")
    others = [str((await town.move_in(name)).host_id) for name in ("Hotel", "Inn")]
    ids = await furnish(owner, admin, database)
    for host_ids in ([], others[:1], others):
        technician = await town.employ(admin, Role.TECHNICIAN, host_ids=host_ids)
        for route, body in BELONGS_TO.items():
            answer = await call(technician, route, ids, body)
            expected = httpx.codes.NOT_FOUND if permitted(Role.TECHNICIAN, route) else httpx.codes.FORBIDDEN
            assert answer.status_code == expected, f"{route}: {answer.text}"
        shown = await technician.get("/hosts")
        assert {host["id"] for host in shown["items"]} == set(host_ids)
        assert ids["router_id"] not in (await call(technician, "GET /api/v1/routers", ids)).text
        elsewhere = {"name": "Bar", "nas_kind": "generic", "address": "127.0.0.1", "host_id": owner.host_id}
        await technician.post("/routers", elsewhere, expect=404)


async def test_nothing_but_the_public_routes_answers_without_a_login(
    town: Town, admin: Person, database: Database
) -> None:
    owner = await town.move_in("Café")
    ids = await furnish(owner, admin, database)
    for route in sorted(routes_of(town.app) - PUBLIC):
        answer = await call(town.anyone, route, ids)
        assert answer.status_code == httpx.codes.UNAUTHORIZED, route
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_another_hosts_ids_do_not_exist_and_stay_as_they_are(
    town: Town, admin: Person, database: Database
) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    ids = await furnish(owner, admin, database)
    reads = sorted(
        route
        for route in BELONGS_TO
        if route.startswith("GET") and not route.endswith(("output", "pdf", "stream", "evidence"))
    )
    before = {route: await shown_to(owner, route, ids) for route in reads}
    for route, body in BELONGS_TO.items():
        answer = await call(stranger, route, ids, body)
        assert answer.status_code == httpx.codes.NOT_FOUND, f"{route}: {answer.text}"
    for route in LISTS:
        shown = (await call(stranger, route, ids)).text
        assert not [name for name, each in ids.items() if each in shown], route
    for route in ADMIN_ONLY:
        assert (await call(stranger, route, ids)).status_code == httpx.codes.FORBIDDEN, route
    for route in reads:
        assert await shown_to(owner, route, ids) == before[route], route


async def test_nothing_is_created_for_another_host(town: Town, admin: Person) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    plan = await admin.post("/plans", plan_body())
    for route, body in CREATES.items():
        filled = {name: plan["id"] if value == "{plan_id}" else value for name, value in body.items()}
        answer = await call(stranger, route, {}, filled | {"host_id": owner.host_id})
        assert answer.status_code in {404, 422}, f"{route}: {answer.text}"
        assert fields_of(answer.json()) == ["host_id"]
        assert (await call(stranger, route, {}, filled | {"host_id": stranger.host_id})).is_success, route
