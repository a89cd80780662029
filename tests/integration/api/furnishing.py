"""One of everything in a host, and calls of any route with the ids of what is there."""

from typing import Any

import httpx
from sqlalchemy import text

from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, plan_body
from tests.integration.api.monthly_run import run_month
from tests.integration.api.route_table import CREATES


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
