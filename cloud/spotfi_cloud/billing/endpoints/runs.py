"""Billing a month for every host, over HTTP: ordered here, carried out by the worker."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.billing import service
from spotfi_cloud.billing.schemas.invoices import InvoiceRun, InvoiceRunOut
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


@router.post("/invoices/run", status_code=202)
async def run_invoices(request: Request, session: RequestSession, once: Once, body: InvoiceRun) -> InvoiceRunOut:
    """Have a month invoiced: every host that has a tariff or usage. Admin only.

    The worker does it, in transactions of some hosts each; `GET /invoices/runs/{run_id}` tells how far it is.
    A month that is over is issued and frozen, two hours after its end at the earliest; one that still runs gets
    drafts. Run again, the documents are the same.
    """

    async def order() -> InvoiceRunOut:
        run = await service.order_run(session, body.period, clock=request.app.state.clock)
        return await _shown(session, run.id)

    return await once(InvoiceRunOut, order)


@router.get("/invoices/runs/{run_id}", dependencies=[can(Area.SETTINGS)])
async def get_run(session: RequestSession, run_id: UUID) -> InvoiceRunOut:
    """How far a run is, and what the month's documents come to. Admin only."""
    return await _shown(session, run_id)


async def _shown(session: RequestSession, run_id: UUID) -> InvoiceRunOut:
    run, made = await service.get_run(session, run_id)
    columns = ("id", "period", "state", "hosts", "hosts_done", "hosts_failed", "ordered_at", "finished_at")
    return InvoiceRunOut.model_validate(
        {name: getattr(run, name) for name in columns} | {"made": [each._asdict() for each in made]}
    )
