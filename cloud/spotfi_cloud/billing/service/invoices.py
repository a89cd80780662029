"""Invoices to look at: lists, lines, the file."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import repository
from spotfi_cloud.billing.document import Header, render_pdf
from spotfi_cloud.billing.repository import Invoice, InvoiceLine
from spotfi_cloud.billing.rules import InvoiceStatus, Line, LineKind
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.storage.pages import PageQuery, Slice


class MonthTotal(NamedTuple):
    """What the invoices of a month come to, by currency and status; minor units."""

    currency: str
    status: str
    invoices: int
    total_minor: int


async def month_totals(session: AsyncSession, scope: Scope, period: str) -> list[MonthTotal]:
    """The invoices of a month (`YYYY-MM`) within the scope, summed up."""
    return [MonthTotal(*row) for row in await repository.sum_of_period(session, scope, period)]


async def list_invoices(
    session: AsyncSession,
    scope: Scope,
    page: PageQuery,
    *,
    period: str | None = None,
    host_id: UUID | None = None,
    status: InvoiceStatus | None = None,
) -> Slice[Invoice]:
    """The invoices in scope, latest month first; only of the month (`YYYY-MM`), host or status where given."""
    return await repository.list_invoices(session, scope, page, period=period, host_id=host_id, status=status)


async def get_invoice(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Invoice:
    """One invoice. NotFoundError where there is none in scope."""
    invoice = await repository.find_invoice(session, scope, invoice_id)
    if invoice is None:
        msg = "There is no invoice with this id."
        raise NotFoundError(msg)
    return invoice


async def get_lines(session: AsyncSession, invoice: Invoice) -> Sequence[InvoiceLine]:
    """The invoice's lines in their order."""
    return await repository.lines_of(session, invoice.id)


async def get_pdf(session: AsyncSession, invoice: Invoice) -> bytes:
    """The file kept when the invoice was issued; of a draft, one made now."""
    kept = await repository.find_file(session, invoice.id)
    if kept is not None:
        return kept
    rows = await repository.lines_of(session, invoice.id)
    names = {row.router_id: row.router_name or "" for row in rows if row.router_id is not None}
    return await asyncio.to_thread(render_pdf, header_of(invoice), [line_of(row) for row in rows], names)


def header_of(invoice: Invoice) -> Header:
    """What the invoice's file says besides its lines; a draft is dated by when it was first made."""
    return Header(
        number=invoice.number,
        host_name=invoice.host_name,
        period=invoice.period,
        timezone=invoice.timezone,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        dated_at=invoice.issued_at or invoice.created_at,
        currency=invoice.currency,
        price_per_gb_minor=invoice.price_per_gb_minor,
        tax_rate_percent=invoice.tax_rate_percent,
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
    )


def line_of(row: InvoiceLine) -> Line:
    """A stored line as the rules know it."""
    kind = LineKind(row.kind)
    return Line(kind, row.amount_minor, row.router_id, row.up_bytes, row.down_bytes, row.included_bytes)
