"""Credit notes: documents of their own series that take back part or all of an issued one, taxed as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, logos, payments
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.rules import (
    CreditError,
    DocumentKind,
    InvoiceStatus,
    Line,
    LineKind,
    Tax,
    TaxCategory,
    TaxGroup,
    credit_bill,
    release,
    what_is_left,
)
from spotfi_cloud.billing.service.monthly_run import tax_values
from spotfi_cloud.billing.service.numbering import hold_numbers
from spotfi_cloud.billing.service.parties import read_parties
from spotfi_cloud.billing.service.payments import lock_document, require_issued, share_out_credit
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, RejectedError
from spotfi_cloud.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Credit:
    """What to take back: so much, without tax, of lines (position, amount); None: all that is left of the document."""

    reason: str
    lines: Sequence[tuple[int, int]] | None


async def make_credit_note(
    session: AsyncSession, scope: Scope, invoice_id: UUID, credit: Credit, *, clock: Clock
) -> Invoice:
    """Issue a credit note. What was paid of what it takes back becomes the host's credit.

    ConflictError where less is left of the document, RejectedError for a line it does not have.
    """
    numbers = await hold_numbers(session)
    invoice = await lock_document(session, scope, invoice_id)
    if invoice.kind == DocumentKind.CREDIT_NOTE:
        msg = "This is a credit note itself."
        raise ConflictError(msg)
    require_issued(invoice)
    groups = _groups(invoice)
    credited = [group for note in await payments.credit_notes_of(session, invoice.id) for group in _groups(note)]
    lines = what_is_left(groups, credited) if credit.lines is None else await _lines(session, invoice, credit.lines)
    try:
        bill = credit_bill(groups, credited, [replace(line, text=line.text or credit.reason) for line in lines])
    except CreditError as error:
        msg = f"This is more than is left of {invoice.reference}: {error}."
        raise ConflictError(msg) from None
    note = _note(invoice, credit.reason)
    note.taxes = [tax_values(group) for group in bill.taxes]
    note.subtotal_minor, note.tax_minor, note.total_minor = bill.subtotal_minor, bill.tax_minor, bill.total_minor
    (host,) = await invoices.hosts_with(session, [invoice.host_id])
    note.number, note.created_at = numbers.take(DocumentKind.CREDIT_NOTE), clock.now()
    note.reference = (await read_parties(session, [host])).reference(DocumentKind.CREDIT_NOTE, note.number)
    note.issued_at, note.logo_digest = note.created_at, await logos.find_current_digest(session)
    await invoices.save_documents(session, [note], invoices.line_values(note.id, bill.lines, {}, None))
    await numbers.save(session)
    await _settle(session, invoice, bill.total_minor)
    return note


async def _settle(session: AsyncSession, invoice: Invoice, credited_minor: int) -> None:
    """Lower what is open of the document; payments it no longer needs are the host's credit."""
    excess_minor = invoice.paid_minor + invoice.credited_minor + credited_minor - max(invoice.total_minor, 0)
    if excess_minor > 0:
        shares = await payments.shares_of_invoice(session, invoice.id)
        await payments.take_shares(session, release(shares, excess_minor))
    await payments.add_credited(session, invoice.id, credited_minor)
    await share_out_credit(session, invoice.host_id)


async def _lines(session: AsyncSession, invoice: Invoice, wanted: Sequence[tuple[int, int]]) -> list[Line]:
    known = {line.position: line for line in await invoices.lines_of(session, invoice.id)}
    lines = []
    for position, amount_minor in wanted:
        line = known.get(position)
        if line is None or not 0 < amount_minor <= line.amount_minor:
            msg = f"{invoice.reference} has no line {position} of that much."
            raise RejectedError(msg, field="lines")
        lines.append(Line(LineKind.CREDIT, amount_minor, _tax(line)))
    return lines


def _tax(line: InvoiceLine) -> Tax:
    return Tax(TaxCategory(line.tax_category), line.tax_rate_percent)


def _groups(document: Invoice) -> list[TaxGroup]:
    return [_group(each) for each in document.taxes]


def _group(values: dict[str, Any]) -> TaxGroup:
    rate_percent = Decimal(values["rate_percent"])
    return TaxGroup(TaxCategory(values["category"]), rate_percent, values["net_minor"], values["tax_minor"])


def _note(invoice: Invoice, reason: str) -> Invoice:
    """A credit note that says what the document does of host, month and parties."""
    same = ("host_id", "period", "host_name", "timezone", "language", "currency", "seller", "buyer")
    months = ("period_start", "period_end")
    copied = {name: getattr(invoice, name) for name in (*same, *months)}
    status, kind = InvoiceStatus.ISSUED.value, DocumentKind.CREDIT_NOTE.value
    return Invoice(id=new_id(), kind=kind, status=status, corrects_id=invoice.id, note=reason, **copied)
