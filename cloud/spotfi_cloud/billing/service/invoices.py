"""Documents to look at: lists, lines, and how a month would be billed now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, months
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.repository.payments import state_at
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, ShownState, shown_state, sum_up
from spotfi_cloud.billing.service.monthly_run import fill_header
from spotfi_cloud.billing.service.parties import read_parties
from spotfi_cloud.billing.service.payments import balance_of
from spotfi_cloud.billing.service.rating import rate_hosts
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import get_host
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.pages import PageQuery, Slice


async def list_invoices(
    session: AsyncSession,
    scope: Scope,
    page: PageQuery,
    *,
    period: str | None = None,
    host_id: UUID | None = None,
    status: InvoiceStatus | None = None,
    kind: DocumentKind | None = None,
    state: ShownState | None = None,
    clock: Clock,
) -> Slice[Invoice]:
    """The documents in scope, latest month first; only of the month (`YYYY-MM`), host, status, kind or state where given."""
    wanted = None if state is None else state_at(clock.now()) == state.value
    return await invoices.list_invoices(
        session, scope, page, period=period, host_id=host_id, status=status, kind=kind, wanted=wanted
    )


def state_of(invoice: Invoice, now: datetime) -> ShownState:
    """Where the document stands at the instant, by its host's clock."""
    kind, status = DocumentKind(invoice.kind), InvoiceStatus(invoice.status)
    today = now.astimezone(ZoneInfo(invoice.timezone)).date()
    return shown_state(kind, status, invoice.total_minor, balance_of(invoice), invoice.due_on, today=today)


async def get_invoice(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Invoice:
    """One document. NotFoundError where there is none in scope."""
    invoice = await invoices.find_invoice(session, scope, invoice_id)
    if invoice is None:
        msg = "There is no invoice with this id."
        raise NotFoundError(msg)
    return invoice


async def get_lines(session: AsyncSession, invoice: Invoice) -> Sequence[InvoiceLine]:
    """The document's lines in their order."""
    return await invoices.lines_of(session, invoice.id)


async def preview_month(
    session: AsyncSession, scope: Scope, host_id: UUID, period: str | None, *, clock: Clock
) -> list[tuple[Invoice, list[dict[str, Any]]]]:
    """(document, lines) of the host's month (`YYYY-MM`; None: the current one) as it would be billed now.

    Nothing is written. ConflictError for a month that is billed.
    """
    host = await get_host(session, scope, host_id)
    period = period or f"{clock.now().astimezone(ZoneInfo(host.timezone)):%Y-%m}"
    if await months.find_month(session, host.id, period) is not None:
        msg = f"{period} is billed for this host: look at its invoice."
        raise ConflictError(msg, field="period")
    (rated,) = await rate_hosts(session, [host], period)
    parties = await read_parties(session, [host])
    names = await ledger.router_names(session, sorted(rated.router_ids()))
    previews = []
    for kind, lines in rated.lines.items():
        document = Invoice(id=new_id(), host_id=host.id, period=period, kind=kind, created_at=clock.now())
        bill = sum_up(lines)
        fill_header(document, rated, parties, bill)
        previews.append((document, invoices.line_values(document.id, bill.lines, names, rated.local.first)))
    return previews
