"""Invoices, settlements and credit notes over HTTP."""

import csv
import io
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.billing import service
from spotfi_cloud.billing.endpoints.shown import invoice_out
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, ShownState
from spotfi_cloud.billing.schemas.invoices import (
    InvoiceDetail,
    InvoiceLineOut,
    InvoiceOut,
    InvoicePreview,
    PreviewDetail,
    PreviewList,
)
from spotfi_cloud.billing.schemas.tariffs import Month
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


@router.get("/invoices")
async def list_invoices(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("period", "total_minor")],
    period: Annotated[Month | None, Query(description="Only of this month.")] = None,
    host_id: Annotated[UUID | None, Query(description="Only this host's.")] = None,
    status: Annotated[
        InvoiceStatus | None, Query(description="Only drafts, only what is issued, or only void.")
    ] = None,
    kind: Annotated[DocumentKind | None, Query(description="Only documents of this kind.")] = None,
    state: Annotated[
        ShownState | None, Query(description="Only documents that stand so, such as overdue ones.")
    ] = None,
) -> Page[InvoiceOut]:
    """Invoices, settlements and credit notes, latest month first. A Host sees its own."""
    clock = request.app.state.clock
    found = await service.list_invoices(
        session, scope, page, period=period, host_id=host_id, status=status, kind=kind, state=state, clock=clock
    )
    return found.to_page(partial(invoice_out, now=clock.now()))


@router.get("/hosts/{host_id}/invoice-preview")
async def preview_invoice(
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    host_id: UUID,
    period: Annotated[Month | None, Query(description="The current month where left out.")] = None,
) -> PreviewList:
    """What a host's month would be billed by if it ended now. Nothing is written; 409 for a month that is billed."""
    found = await service.preview_month(session, scope, host_id, period, clock=request.app.state.clock)
    return PreviewList(
        items=[
            PreviewDetail(
                **InvoicePreview.model_validate(document).model_dump(),
                lines=[InvoiceLineOut.model_validate(line) for line in lines],
            )
            for document, lines in found
        ]
    )


@router.get("/invoices/{invoice_id}")
async def get_invoice(
    request: Request, session: RequestSession, scope: RequestScope, invoice_id: UUID
) -> InvoiceDetail:
    """One document with its lines."""
    invoice = await service.get_invoice(session, scope, invoice_id)
    invoice_lines = [InvoiceLineOut.model_validate(line) for line in await service.get_lines(session, invoice)]
    return InvoiceDetail(
        **invoice_out(invoice, request.app.state.clock.now()).model_dump(),
        seller=invoice.seller,
        buyer=invoice.buyer,
        language=invoice.language,
        note=invoice.note,
        no_e_invoice_because=await service.no_e_invoice_because(session, invoice),
        lines=invoice_lines,
    )


@router.get(
    "/invoices/{invoice_id}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_invoice_pdf(session: RequestSession, scope: RequestScope, invoice_id: UUID) -> Response:
    """The document as PDF; of an issued one always the same file, with its e-invoice inside where there is one (Factur-X)."""
    invoice = await service.get_invoice(session, scope, invoice_id)
    name = f"{invoice.reference}.pdf" if invoice.reference is not None else f"draft-{invoice.period}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name.replace("/", "-")}"'}
    return Response(await service.get_pdf(session, invoice), media_type="application/pdf", headers=headers)


@router.get(
    "/invoices/{invoice_id}/e-invoice",
    response_class=Response,
    responses={200: {"content": {"application/xml": {"schema": {"type": "string"}}}}},
)
async def get_e_invoice(session: RequestSession, scope: RequestScope, invoice_id: UUID) -> Response:
    """The document as an e-invoice: EN 16931 in the syntax of Cross Industry Invoice, as the PDF has it inside.

    409 for a draft, and where a party lacks details that the standard asks for; the answer names them.
    """
    invoice = await service.get_invoice(session, scope, invoice_id)
    xml = await service.get_e_invoice(session, invoice)
    name = f'attachment; filename="{invoice.reference}.xml"'.replace("/", "-")
    return Response(xml, media_type="application/xml", headers={"Content-Disposition": name})


@router.get(
    "/invoices/{invoice_id}/lines/{position}/evidence",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_evidence(session: RequestSession, scope: RequestScope, invoice_id: UUID, position: int) -> Response:
    """The records behind a line, as CSV. They sum to it.

    Of usage: what each session used in each quarter of an hour. Of a share of sales: each sale, and what it was sold for.
    """
    invoice = await service.get_invoice(session, scope, invoice_id)
    evidence = await service.get_evidence(session, invoice, position)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(evidence.head)
    writer.writerows(
        [each.isoformat() if isinstance(each, datetime) else each for each in row] for row in evidence.rows
    )
    name = f'attachment; filename="{invoice.reference}-line-{position}.csv"'.replace("/", "-")
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
