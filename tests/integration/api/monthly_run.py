"""Billing a month as people and the worker do together: ordered over HTTP, carried out, looked at."""

from typing import Any

from httpx import ASGITransport

from spotfi_cloud.entrypoints.worker.billing import Biller
from tests.integration.api.conftest import Person


async def carry_out_runs(person: Person) -> None:
    """What the worker does about runs that are ordered, by the database and the clock of the person's app."""
    transport = person.client._transport
    assert isinstance(transport, ASGITransport)
    state = transport.app.state  # type: ignore[attr-defined] # it is FastAPI's
    await Biller(state.database, state.clock).carry_out_runs()


async def run_month(admin: Person, period: str) -> list[dict[str, Any]]:
    """Bill the month of every host: its invoices and settlements, oldest host first."""
    ordered = await admin.post("/invoices/run", {"period": period}, expect=202)
    await carry_out_runs(admin)
    run = await admin.get(f"/invoices/runs/{ordered['id']}")
    assert (run["state"], run["hosts_done"], run["hosts_failed"]) == ("done", run["hosts"], 0)
    found = (await admin.get("/invoices", period=period, limit=200))["items"]
    documents = [each for each in found if each["kind"] != "credit_note" and each["status"] != "void"]
    hosts = (await admin.get("/hosts", limit=200, sort="created_at"))["items"]
    order = [host["id"] for host in hosts]
    return sorted(documents, key=lambda each: (order.index(each["host_id"]), each["kind"]))
