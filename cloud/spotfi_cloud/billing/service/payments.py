"""Payments: what hosts paid for their invoices, and what was paid out to them for settlements.

Whatever changes a host's payments or what it owes ends by sharing out its credit anew, so nothing stays open while there is
credit. All of it happens with the host locked; who needs numbers as well has taken hold of them before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, payments
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.repository.payments import Payment
from spotfi_cloud.billing.rules import PAYS, DocumentKind, InvoiceStatus, Share, allocate
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.pages import PageQuery, Slice


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment of a document, in its currency. `paid_on` None: today by the host's clock."""

    amount_minor: int
    paid_on: date | None
    method: str
    reference: str
    note: str
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment and what it pays."""

    payment: Payment
    shares: list[Share]


async def record_payment(
    session: AsyncSession, scope: Scope, invoice_id: UUID, new: NewPayment, *, clock: Clock
) -> PaymentView:
    """Enter a payment of an issued document; what is too much of it pays the host's other ones, or waits as its credit."""
    invoice = await lock_document(session, scope, invoice_id)
    direction = PAYS.get(DocumentKind(invoice.kind))
    if direction is None:
        msg = "A credit note is not paid: it lowers what is open of the document it refers to."
        raise ConflictError(msg)
    require_issued(invoice)
    today = clock.now().astimezone(ZoneInfo(invoice.timezone)).date()
    if new.paid_on is not None and new.paid_on > today:
        msg = "This day has not come yet: enter the payment when it is there."
        raise RejectedError(msg, field="paid_on")
    payment = Payment(
        id=new_id(),
        host_id=invoice.host_id,
        direction=direction.value,
        amount_minor=new.amount_minor,
        allocated_minor=0,
        currency=invoice.currency,
        paid_on=new.paid_on or today,
        method=new.method,
        reference=new.reference,
        note=new.note,
        created_at=clock.now(),
        account_id=new.account_id,
    )
    await payments.add_payment(session, payment)
    paid = allocate([(payment.id, payment.amount_minor)], [(invoice.id, balance_of(invoice))])
    await payments.add_shares(session, paid)
    await share_out_credit(session, invoice.host_id)
    return await get_payment(session, scope, payment.id)


async def reverse_payment(
    session: AsyncSession, scope: Scope, payment_id: UUID, *, note: str, account_id: UUID | None, clock: Clock
) -> PaymentView:
    """Take a payment back, such as one that bounced: what it paid is open again. ConflictError for one taken back."""
    found = await get_payment(session, scope, payment_id)
    await payments.lock_host(session, found.payment.host_id)
    view = await get_payment(session, scope, payment_id)
    if view.payment.reversed_at is not None:
        msg = "This payment was reversed before."
        raise ConflictError(msg)
    await payments.take_shares(session, view.shares)
    payment = (await get_payment(session, scope, payment_id)).payment
    payment.reversed_at, payment.reversed_by, payment.reversal_note = clock.now(), account_id, note
    await session.flush()
    await share_out_credit(session, payment.host_id)
    return await get_payment(session, scope, payment_id)


async def get_payment(session: AsyncSession, scope: Scope, payment_id: UUID) -> PaymentView:
    """One payment. NotFoundError where there is none in scope."""
    payment = await payments.find_payment(session, scope, payment_id)
    if payment is None:
        msg = "There is no payment with this id."
        raise NotFoundError(msg)
    return PaymentView(payment, await payments.shares_of_payments(session, [payment.id]))


async def list_payments(
    session: AsyncSession,
    scope: Scope,
    page: PageQuery,
    *,
    host_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> Slice[PaymentView]:
    """The payments in scope, latest first; only of the host, or those that pay the document, where given."""
    found = await payments.list_payments(session, scope, page, host_id=host_id, invoice_id=invoice_id)
    shares: dict[UUID, list[Share]] = {payment.id: [] for payment in found.items}
    for share in await payments.shares_of_payments(session, shares.keys()):
        shares[share.payment_id].append(share)
    return Slice([PaymentView(each, shares[each.id]) for each in found.items], found.next, found.prev)


async def apply_credit(session: AsyncSession, host_ids: Collection[UUID] | None = None) -> int:
    """Let the credit of hosts (None: of all) pay what is open; of how many hosts."""
    found = await payments.hosts_with_credit(session, host_ids)
    shared_out = 0
    for host_id in found:
        await payments.lock_host(session, host_id)
        shared_out += await share_out_credit(session, host_id)
    return shared_out


async def lock_document(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Invoice:
    """A document, with its host locked. NotFoundError where there is none in scope."""
    invoice = await invoices.find_invoice(session, scope, invoice_id)
    if invoice is None:
        msg = "There is no invoice with this id."
        raise NotFoundError(msg)
    await payments.lock_host(session, invoice.host_id)
    return await payments.read_again(session, invoice)


def require_issued(invoice: Invoice) -> None:
    """ConflictError for a draft and for what is void."""
    if invoice.status != InvoiceStatus.ISSUED:
        msg = f"This document is {invoice.status}: only issued ones are paid, credited or voided."
        raise ConflictError(msg)


def balance_of(invoice: Invoice) -> int:
    """What is left to pay of an issued document, in minor units; nothing of any other, nor of a credit note."""
    if invoice.status != InvoiceStatus.ISSUED or invoice.kind == DocumentKind.CREDIT_NOTE:
        return 0
    return invoice.total_minor - invoice.paid_minor - invoice.credited_minor


async def share_out_credit(session: AsyncSession, host_id: UUID) -> bool:
    """Share the host's credit out, each currency and direction by itself; whether anything was paid by it."""
    shares: list[Share] = []
    for kind, direction in PAYS.items():
        free = await payments.free_payments(session, host_id, direction)
        due = await payments.open_documents(session, host_id, kind) if free else []
        for currency in sorted({each[0] for each in free}):
            shares += allocate(
                [each[1:] for each in free if each[0] == currency], [each[1:] for each in due if each[0] == currency]
            )
    await payments.add_shares(session, shares)
    return bool(shares)
