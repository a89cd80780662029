"""Tariffs and invoices over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.billing import service
from spotfi_cloud.billing.rules import InvoiceStatus, Rates
from spotfi_cloud.billing.schemas import (
    InvoiceDetail,
    InvoiceLineOut,
    InvoiceOut,
    InvoiceRun,
    Month,
    TariffIn,
    TariffOut,
)
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(tags=["billing"], dependencies=[can(Area.MONEY)])


@router.put("/hosts/{host_id}/tariff")
async def put_tariff(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    host_id: UUID,
    body: TariffIn,
) -> TariffOut:
    """Charge a host by these rates from a month on. Admin only. Issued invoices stay as they are.

    `If-Match` takes the `ETag` of the tariff that month had so far.
    """
    rates = Rates(body.base_fee_minor, body.price_per_gb_minor, body.included_bytes, body.tax_rate_percent)
    tariff = await service.put_tariff(
        session, scope, host_id, body.valid_from, rates, clock=request.app.state.clock, expected=expected
    )
    show_version(response, tariff)
    return TariffOut.model_validate(tariff)


@router.get("/hosts/{host_id}/tariff")
async def get_tariff(
    *,
    request: Request,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    host_id: UUID,
    month: Annotated[Month | None, Query(description="The current month where left out.")] = None,
) -> TariffOut:
    """The tariff a host is charged by in a month."""
    tariff = await service.get_tariff(session, scope, host_id, month, clock=request.app.state.clock)
    show_version(response, tariff)
    return TariffOut.model_validate(tariff)


@router.post("/invoices/run")
async def run_invoices(request: Request, session: RequestSession, body: InvoiceRun) -> Page[InvoiceOut]:
    """Invoice a month: one invoice per host. Admin only.

    A month that is over is issued and frozen; one that still runs gets drafts. Run again, the invoices are the same.
    """
    invoices = await service.run_month(session, body.period, clock=request.app.state.clock)
    return Page(items=[InvoiceOut.model_validate(invoice) for invoice in invoices], next=None, prev=None)


@router.get("/invoices")
async def list_invoices(
    *,
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("period", "total_minor")],
    period: Annotated[Month | None, Query()] = None,
    host_id: Annotated[UUID | None, Query(description="Only this host's.")] = None,
    status: Annotated[InvoiceStatus | None, Query(description="Only drafts, or only what is issued.")] = None,
) -> Page[InvoiceOut]:
    """Invoices, latest month first. A Host sees its own."""
    found = await service.list_invoices(session, scope, page, period=period, host_id=host_id, status=status)
    return found.to_page(InvoiceOut.model_validate)


@router.get("/invoices/{invoice_id}")
async def get_invoice(session: RequestSession, scope: RequestScope, invoice_id: UUID) -> InvoiceDetail:
    """One invoice with its lines."""
    invoice = await service.get_invoice(session, scope, invoice_id)
    lines = [InvoiceLineOut.model_validate(line) for line in await service.get_lines(session, invoice)]
    return InvoiceDetail(**InvoiceOut.model_validate(invoice).model_dump(), lines=lines)


@router.get(
    "/invoices/{invoice_id}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_invoice_pdf(session: RequestSession, scope: RequestScope, invoice_id: UUID) -> Response:
    """The invoice as PDF; of an issued one always the same file."""
    invoice = await service.get_invoice(session, scope, invoice_id)
    name = f"invoice-{invoice.number}.pdf" if invoice.number is not None else f"draft-{invoice.period}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(await service.get_pdf(session, invoice), media_type="application/pdf", headers=headers)
