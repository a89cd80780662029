"""Payments, credit notes and void documents over HTTP."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from spotfi_cloud.billing import service
from spotfi_cloud.billing.endpoints.shown import invoice_out
from spotfi_cloud.billing.schemas.invoices import InvoiceOut
from spotfi_cloud.billing.schemas.payments import AllocationOut, CreditNoteIn, PaymentIn, PaymentOut, ReversalIn
from spotfi_cloud.billing.service import Credit, NewPayment, PaymentView
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


def _payment_out(view: PaymentView) -> PaymentOut:
    payment = view.payment
    free_minor = 0 if payment.reversed_at else payment.amount_minor - payment.allocated_minor
    shares = [AllocationOut(invoice_id=each.invoice_id, amount_minor=each.amount_minor) for each in view.shares]
    columns = {name: getattr(payment, name) for name in PaymentOut.model_fields.keys() - {"free_minor", "allocations"}}
    return PaymentOut(**columns, free_minor=free_minor, allocations=shares)


@router.post("/invoices/{invoice_id}/payments", status_code=201)
async def record_payment(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    once: Once,
    invoice_id: UUID,
    body: PaymentIn,
) -> PaymentOut:
    """Enter a payment of an invoice, or one to the host for a settlement. Admin only.

    What is too much pays the host's other open documents, oldest first, and otherwise its next ones.
    """

    async def record() -> PaymentOut:
        new = NewPayment(**body.model_dump(), account_id=principal.account_id)
        clock = request.app.state.clock
        return _payment_out(await service.record_payment(session, scope, invoice_id, new, clock=clock))

    return await once(PaymentOut, record)


@router.get("/payments")
async def list_payments(
    *,
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at")],
    host_id: Annotated[UUID | None, Query(description="Only this host's.")] = None,
    invoice_id: Annotated[UUID | None, Query(description="Only those that pay this document.")] = None,
) -> Page[PaymentOut]:
    """Payments, latest first. A Host sees its own."""
    found = await service.list_payments(session, scope, page, host_id=host_id, invoice_id=invoice_id)
    return found.to_page(_payment_out)


@router.get("/payments/{payment_id}")
async def get_payment(session: RequestSession, scope: RequestScope, payment_id: UUID) -> PaymentOut:
    """One payment, and what it pays."""
    return _payment_out(await service.get_payment(session, scope, payment_id))


@router.post("/payments/{payment_id}/reverse")
async def reverse_payment(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    once: Once,
    payment_id: UUID,
    body: ReversalIn | None = None,
) -> PaymentOut:
    """Take a payment back, such as one that bounced: what it paid is open again. Admin only."""
    note, account_id = (body or ReversalIn()).note, principal.account_id
    clock = request.app.state.clock

    async def reverse() -> PaymentOut:
        return _payment_out(
            await service.reverse_payment(session, scope, payment_id, note=note, account_id=account_id, clock=clock)
        )

    return await once(PaymentOut, reverse)


@router.post("/invoices/{invoice_id}/credit-notes", status_code=201)
async def make_credit_note(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    once: Once,
    invoice_id: UUID,
    body: CreditNoteIn,
) -> InvoiceOut:
    """Take back part or all of an issued document, taxed as it was. Admin only; never more than is left of it."""
    lines = None if body.lines is None else [(line.position, line.amount_minor) for line in body.lines]
    clock = request.app.state.clock

    async def make() -> InvoiceOut:
        credit = Credit(body.reason, lines)
        note = await service.make_credit_note(session, scope, invoice_id, credit, clock=clock)
        return invoice_out(note, clock.now())

    return await once(InvoiceOut, make)


@router.post("/invoices/{invoice_id}/void")
async def void_invoice(
    request: Request, session: RequestSession, scope: RequestScope, once: Once, invoice_id: UUID
) -> Page[InvoiceOut]:
    """Take back a host's latest month: all its documents become void and the next run bills it anew. Admin only.

    409 where a later month is billed, or something is paid or credited: make a credit note then.
    """

    async def void() -> Page[InvoiceOut]:
        documents = await service.void_invoice(session, scope, invoice_id)
        shown = partial(invoice_out, now=request.app.state.clock.now())
        return Page(items=[shown(document) for document in documents], next=None, prev=None)

    return await once(Page[InvoiceOut], void)
