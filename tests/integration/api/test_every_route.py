"""Tenancy over every route of the app, by enumeration: a new route fails here until it is put into the table below."""

from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from spotfi_cloud.identity.permissions import area_of
from spotfi_cloud.identity.rules import PERMISSIONS, Area, Right, Role
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town, fields_of, plan_body
from tests.integration.api.monthly_run import run_month

PUBLIC = {
    "GET /",
    "GET /favicon.svg",
    "GET /assets/{name}",
    "GET /docs",
    "GET /docs/start.js",
    "GET /docs/{name}",
    "GET /openapi.json",
    "GET /portal/{key}",
    "GET /portal/{key}/",
    "POST /portal/{key}",
    "POST /portal/{key}/",
    "GET /portal/{key}/logo",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /api/v1/auth/token",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/password-reset",
    "POST /api/v1/auth/password",
    "GET /api/v1/enrolment/ca",
    "POST /api/v1/enrolment",
}
"""Answered without a login."""

FILES = {"POST /api/v1/subscribers/import"}
"""Takes a file and makes things of it: for another host as little as `CREATES` (test_subscriber_import.py)."""

DEVICES = {"GET /api/v1/device/speed", "POST /api/v1/device/speed", "GET /api/v1/device/packages/{name:path}"}
"""Answered to a router's own key (tests/integration/fleet/test_device.py), and to no person."""

ANYONE = {
    "GET /api/v1/auth/me",
    "POST /api/v1/auth/logout",
    "GET /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/auth/password/change",
    "POST /api/v1/auth/second-factor",
    "POST /api/v1/auth/second-factor/confirm",
    "POST /api/v1/auth/second-factor/remove",
    "GET /api/v1/auth/api-keys",
    "POST /api/v1/auth/api-keys",
    "DELETE /api/v1/auth/api-keys/{key_id}",
}
"""Needs a login, and touches nothing but the caller's own account."""

AREAS: dict[str, set[Area]] = {
    "/api/v1/settings": {Area.SETTINGS},
    "/api/v1/staff": {Area.STAFF},
    "/api/v1/audit": {Area.AUDIT},
    "POST /api/v1/hosts": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/suspend": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/resume": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/export": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/erase": {Area.HOSTS, Area.SETTINGS},
    "/api/v1/hosts/{host_id}/alert-rules": {Area.ALERTS},
    "/api/v1/hosts/{host_id}/tariff": {Area.MONEY},
    "/api/v1/hosts/{host_id}/account": {Area.MONEY},
    "/api/v1/reports": {Area.MONEY},
    "/api/v1/hosts/{host_id}/billing-details": {Area.MONEY},
    "/api/v1/hosts/{host_id}/invoice-preview": {Area.MONEY},
    "/api/v1/billing": {Area.MONEY},
    "/api/v1/hosts": {Area.HOSTS},
    "/api/v1/invoices/runs": {Area.MONEY, Area.SETTINGS},
    "/api/v1/invoices": {Area.MONEY},
    "/api/v1/payments": {Area.MONEY},
    "/api/v1/plans": {Area.PLANS},
    "/api/v1/subscribers": {Area.GUESTS},
    "/api/v1/voucher-batches": {Area.GUESTS},
    "/api/v1/sessions": {Area.GUESTS},
    "/api/v1/login-attempts": {Area.GUESTS},
    "/api/v1/routers/{router_id}/terminals": {Area.TERMINALS},
    "/api/v1/routers": {Area.ROUTERS},
    "/api/v1/commands": {Area.ROUTERS},
    "/api/v1/events": {Area.ROUTERS},
    "/api/v1/overview": {Area.ROUTERS},
    "GET /api/v1/alert-rules": {Area.ALERTS},
    "/api/v1/alert-rules": {Area.ALERTS, Area.SETTINGS},
    "/api/v1/alert": {Area.ALERTS},
}
"""What a route asks permission for, by the first of these it begins with."""

ADMIN_ONLY = {
    "GET /api/v1/settings",
    "PUT /api/v1/alert-rules/{kind}",
    "DELETE /api/v1/alert-rules/{kind}",
    "GET /api/v1/audit",
    "GET /api/v1/staff",
    "POST /api/v1/staff",
    "GET /api/v1/staff/{account_id}",
    "PATCH /api/v1/staff/{account_id}",
    "DELETE /api/v1/staff/{account_id}/second-factor",
    "POST /api/v1/hosts",
    "POST /api/v1/hosts/{host_id}/suspend",
    "POST /api/v1/hosts/{host_id}/resume",
    "GET /api/v1/hosts/{host_id}/export",
    "POST /api/v1/hosts/{host_id}/erase",
    "PUT /api/v1/hosts/{host_id}/tariff",
    "DELETE /api/v1/hosts/{host_id}/tariffs/{valid_from}",
    "PUT /api/v1/hosts/{host_id}/billing-details",
    "PUT /api/v1/billing/issuer",
    "POST /api/v1/invoices/run",
    "GET /api/v1/invoices/runs/{run_id}",
    "POST /api/v1/invoices/{invoice_id}/payments",
    "POST /api/v1/invoices/{invoice_id}/credit-notes",
    "POST /api/v1/invoices/{invoice_id}/void",
    "POST /api/v1/invoices/{invoice_id}/send",
    "POST /api/v1/payments/{payment_id}/reverse",
}
"""A Host gets 403, whatever the id."""

STREAMS = {
    "GET /api/v1/events",
    "GET /api/v1/routers/{router_id}/live/stream",
    "GET /api/v1/commands/{command_id}/output/stream",
}
"""Answers that do not end: what they show to whom is tests/integration/api/test_streams.py's."""

LISTS = {
    "GET /api/v1/hosts",
    "GET /api/v1/plans",
    "GET /api/v1/subscribers",
    "GET /api/v1/voucher-batches",
    "GET /api/v1/routers",
    "GET /api/v1/routers/positions",
    "GET /api/v1/sessions",
    "GET /api/v1/login-attempts",
    "GET /api/v1/invoices",
    "GET /api/v1/payments",
    "GET /api/v1/reports/billing",
    "GET /api/v1/reports/receivables",
    "GET /api/v1/billing/issuer",
    "GET /api/v1/overview",
    "GET /api/v1/alerts",
    "GET /api/v1/alert-rules",
    "GET /api/v1/alert-channels",
}
"""Answered to a Host with nothing of another host."""

BELONGS_TO: dict[str, Any] = {
    "GET /api/v1/hosts/{host_id}": None,
    "PATCH /api/v1/hosts/{host_id}": {"name": "mine"},
    "GET /api/v1/hosts/{host_id}/logo": None,
    "PUT /api/v1/hosts/{host_id}/logo": None,
    "DELETE /api/v1/hosts/{host_id}/logo": None,
    "GET /api/v1/alerts/{alert_id}": None,
    "POST /api/v1/alerts/{alert_id}/acknowledge": {"note": "mine"},
    "GET /api/v1/hosts/{host_id}/alert-rules": None,
    "PUT /api/v1/hosts/{host_id}/alert-rules/{kind}": {"duration_s": 5},
    "DELETE /api/v1/hosts/{host_id}/alert-rules/{kind}": None,
    "GET /api/v1/alert-channels/{channel_id}": None,
    "PATCH /api/v1/alert-channels/{channel_id}": {"name": "mine"},
    "DELETE /api/v1/alert-channels/{channel_id}": None,
    "POST /api/v1/alert-channels/{channel_id}/test": None,
    "GET /api/v1/alert-channels/{channel_id}/deliveries": None,
    "GET /api/v1/plans/{plan_id}": None,
    "PATCH /api/v1/plans/{plan_id}": {"name": "mine"},
    "GET /api/v1/subscribers/{subscriber_id}": None,
    "PATCH /api/v1/subscribers/{subscriber_id}": {"password": "mine"},
    "DELETE /api/v1/subscribers/{subscriber_id}": None,
    "GET /api/v1/subscribers/{subscriber_id}/assignments": None,
    "POST /api/v1/subscribers/{subscriber_id}/assignments": {"plan_id": "0199a4c2-8d5e-7b3a-9c41-5f6e2d7a8b90"},
    "PATCH /api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}": {"note": "mine"},
    "POST /api/v1/subscribers/{subscriber_id}/assignments/{assignment_id}/cancel": None,
    "GET /api/v1/subscribers/{subscriber_id}/top-ups": None,
    "POST /api/v1/subscribers/{subscriber_id}/top-ups": {"bytes": 1000},
    "GET /api/v1/voucher-batches/{batch_id}": None,
    "POST /api/v1/voucher-batches/{batch_id}/revoke": None,
    "GET /api/v1/voucher-batches/{batch_id}/vouchers": None,
    "GET /api/v1/voucher-batches/{batch_id}/pdf": None,
    "GET /api/v1/routers/{router_id}": None,
    "PATCH /api/v1/routers/{router_id}": {"name": "mine"},
    "DELETE /api/v1/routers/{router_id}": None,
    "POST /api/v1/routers/{router_id}/enrolment-code": None,
    "POST /api/v1/routers/{router_id}/revoke": None,
    "POST /api/v1/routers/{router_id}/reinstate": None,
    "POST /api/v1/routers/{router_id}/radius-secret": None,
    "GET /api/v1/routers/{router_id}/uam": None,
    "POST /api/v1/routers/{router_id}/uam-secret": None,
    "DELETE /api/v1/routers/{router_id}/uam-secret": None,
    "POST /api/v1/routers/{router_id}/radsec-certificate": None,
    "PUT /api/v1/routers/{router_id}/radsec-certificate": {"sha256": "ab" * 32},
    "DELETE /api/v1/routers/{router_id}/radsec-certificate": None,
    "GET /api/v1/routers/{router_id}/telemetry": None,
    "GET /api/v1/routers/{router_id}/radius": None,
    "GET /api/v1/routers/{router_id}/usage": None,
    "GET /api/v1/hosts/{host_id}/usage": None,
    "POST /api/v1/routers/{router_id}/commands": {"kind": "reboot", "args": {}, "deadline_s": 60},
    "GET /api/v1/routers/{router_id}/commands": None,
    "GET /api/v1/commands/{command_id}": None,
    "POST /api/v1/commands/{command_id}/cancel": None,
    "GET /api/v1/commands/{command_id}/output": None,
    "POST /api/v1/routers/{router_id}/live": {"seconds": 60},
    "POST /api/v1/routers/{router_id}/terminals": None,
    "GET /api/v1/routers/{router_id}/live/stream": None,
    "GET /api/v1/commands/{command_id}/output/stream": None,
    "GET /api/v1/sessions/{session_id}": None,
    "GET /api/v1/sessions/{session_id}/enforcement": None,
    "POST /api/v1/sessions/{session_id}/disconnect": None,
    "GET /api/v1/sessions/{session_id}/change": None,
    "POST /api/v1/sessions/{session_id}/change": None,
    "GET /api/v1/subscribers/{subscriber_id}/usage": None,
    "GET /api/v1/subscribers/{subscriber_id}/export": None,
    "POST /api/v1/subscribers/{subscriber_id}/erase": None,
    "GET /api/v1/hosts/{host_id}/tariff": None,
    "GET /api/v1/hosts/{host_id}/tariffs": None,
    "GET /api/v1/hosts/{host_id}/billing-details": None,
    "GET /api/v1/hosts/{host_id}/invoice-preview": None,
    "GET /api/v1/invoices/{invoice_id}/lines/{position}/evidence": None,
    "GET /api/v1/invoices/{invoice_id}": None,
    "GET /api/v1/payments/{payment_id}": None,
    "GET /api/v1/hosts/{host_id}/account": None,
    "GET /api/v1/invoices/{invoice_id}/letters": None,
    "GET /api/v1/invoices/{invoice_id}/pdf": None,
    "GET /api/v1/invoices/{invoice_id}/e-invoice": None,
}
"""What has an owner, with a body that fits: to another host it does not exist (404), and stays as it is."""

CREATES: dict[str, dict[str, Any]] = {
    "POST /api/v1/alert-channels": {"name": "On call", "kind": "email", "recipient": "noc@spotfi.test"},
    "POST /api/v1/plans": plan_body(),
    "POST /api/v1/subscribers": {"username": "eve", "password": "correct horse", "plan_id": "{plan_id}"},
    "POST /api/v1/voucher-batches": {"count": 1, "plan_id": "{plan_id}"},
    "POST /api/v1/routers": {"name": "Bar", "nas_kind": "generic", "address": "127.0.0.1"},
}
"""What a Host creates: with another host's id as `host_id` it is refused like one that does not exist."""


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


def areas_expected(route: str) -> set[Area]:
    path = route.split(" ", 1)[1]
    return next(
        (areas for prefix, areas in AREAS.items() if route.startswith(prefix) or path.startswith(prefix)), set()
    )


def permitted(role: Role, route: str) -> bool:
    right = Right.READ if route.startswith("GET") else Right.WRITE
    return all(right <= PERMISSIONS[role][area] for area in areas_expected(route))


def with_ids(route: str, ids: dict[str, str]) -> tuple[str, str]:
    method, path = route.split(" ", 1)
    return method, path.replace(":path}", "}").format(**{"name": "none", "kind": "cpu_high", **ids})


async def call(person: Person, route: str, ids: dict[str, str], body: Any = None) -> httpx.Response:
    method, path = with_ids(route, ids)
    return await person.client.request(method, path, json=body)


async def shown_to(person: Person, route: str, ids: dict[str, str]) -> Any:
    """What a route shows, less the end of a series, which is now."""
    shown = (await call(person, route, ids)).json()
    return {**shown, "to": None} if isinstance(shown, dict) else shown


async def open_session(database: Database, router_id: str, host_id: str | None, subscriber_id: str) -> str:
    """A session as accounting writes it; its id."""
    values: dict[str, Any] = {
        **dict.fromkeys(("acct_session_id", "username", "calling_station_id", "called_station_id"), "ada"),
        **dict.fromkeys(("framed_ip", "nas_address", "login", "terminate_cause"), ""),
        **dict.fromkeys(("known_up_bytes", "known_down_bytes", "up_bytes", "down_bytes"), 0),
        **dict.fromkeys(("session_time_s", "refused_updates"), 0),
        **dict.fromkeys(("started_at", "updated_at", "heard_at"), NOW),
        **{"id": str(new_id()), "router_id": router_id, "host_id": host_id, "subscriber_id": subscriber_id},
        **{"gigawords": False, "stopped": False},
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    async with database.unit_of_work() as session:
        await session.execute(text(f"INSERT INTO sessions ({names}) VALUES ({marks})"), values)
    return str(values["id"])


async def raise_alert(database: Database, router_id: str, host_id: str | None) -> str:
    """An alert as the worker raises it; its id."""
    ids = {"id": str(new_id()), "router_id": router_id, "host_id": host_id, "at": NOW}
    async with database.unit_of_work() as session:
        statement = (
            "INSERT INTO alerts (id, host_id, kind, severity, subject_id, router_id, details, raised_at)"
            " VALUES (:id, :host_id, 'cpu_high', 'warning', :router_id, :router_id, '{}', :at)"
        )
        await session.execute(text(statement), ids)
    return str(ids["id"])


async def furnish(owner: Person, admin: Person, database: Database) -> dict[str, str]:
    """One of everything, of the owner's host: its ids by the names of the path parameters."""
    me = await owner.get("/auth/me")
    plan = await owner.post("/plans", plan_body())
    guest = {"username": "ada", "password": "correct horse", "plan_id": plan["id"]}
    subscriber = await owner.post("/subscribers", guest)
    body = {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent", "address": None}
    router = await owner.post("/routers", body)
    reboot = {"kind": "reboot", "args": {}, "deadline_s": 600}
    command = await owner.post(f"/routers/{router['id']}/commands", reboot, expect=202)
    await admin.put(f"/hosts/{owner.host_id}/tariff", {"valid_from": "2026-01", "base_fee_minor": 1})
    run = await admin.post("/invoices/run", {"period": "2026-10"}, expect=202)
    documents = await run_month(admin, "2026-10")
    session_id = await open_session(database, router["id"], owner.host_id, subscriber["id"])
    invoice_id = next(invoice["id"] for invoice in documents if invoice["host_id"] == owner.host_id)
    payment = await admin.post(f"/invoices/{invoice_id}/payments", {"amount_minor": 5})
    return {
        "payment_id": payment["id"],
        "run_id": run["id"],
        "session_id": session_id,
        "position": "10007",
        "valid_from": "2031-01-01",
        "key_id": str(new_id()),
        "invoice_id": invoice_id,
        "account_id": me["id"],
        "host_id": owner.host_id or "",
        "plan_id": plan["id"],
        "subscriber_id": subscriber["id"],
        "batch_id": (await owner.post("/voucher-batches", {"count": 2, "plan_id": plan["id"]}))["id"],
        "assignment_id": (await owner.get(f"/subscribers/{subscriber['id']}/assignments"))["items"][0]["id"],
        "alert_id": await raise_alert(database, router["id"], owner.host_id),
        "channel_id": (await owner.post("/alert-channels", CREATES["POST /api/v1/alert-channels"]))["id"],
        "router_id": router["id"],
        "command_id": command["id"],
    }


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
