"""The records behind a line of an invoice: ledger rows that sum to its bytes, sales that it takes a share of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, months, sales
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.repository.ledger import EvidenceRow
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.repository.sales import SaleRow
from spotfi_cloud.billing.repository.usage import Span
from spotfi_cloud.billing.rules import InvoiceStatus, LineKind, thaw
from spotfi_cloud.billing.service.rating import billed_locally
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError

_OF_SALES = (LineKind.SALES_SHARE, LineKind.LATE_SALES)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Records and what their columns are called."""

    head: tuple[str, ...]
    rows: Sequence[EvidenceRow | SaleRow]


async def get_evidence(session: AsyncSession, invoice: Invoice, position: int) -> Evidence:
    """What sessions used in quarters of an hour, or what was sold, in their order. NotFoundError where nothing is behind the
    line, ConflictError for a draft, which still changes with its month, and for a void one."""
    line = await invoices.find_line(session, invoice.id, position)
    if line is None or not (line.kind in _OF_SALES or (line.router_id is not None and line.up_bytes is not None)):
        msg = "Only lines of usage, which name a router, and of sales have records behind them."
        raise NotFoundError(msg)
    if invoice.status != InvoiceStatus.ISSUED:
        msg = f"This invoice is {invoice.status}. The records are told apart once an invoice is issued."
        raise ConflictError(msg)
    month = await months.find_month(session, invoice.host_id, line.used_in or invoice.period)
    assert month is not None  # what is issued is of a billed month
    if line.router_id is None:
        return Evidence(SaleRow._fields, await _sales(session, month, line, invoice.period))
    if line.kind == LineKind.LATE_USAGE:
        rows = await ledger.late_records_of(session, _span(month, line), line.router_id, invoice.period)
    else:
        rows = await ledger.records_of(session, _span(month, line), line.router_id, invoice.period)
    return Evidence(EvidenceRow._fields, rows)


async def _sales(session: AsyncSession, month: BilledMonth, line: InvoiceLine, period: str) -> list[SaleRow]:
    found = await sales.billed_sales(session, _span(month, line), period=period)
    if len(found) != line.quantity:
        msg = "This month was billed before sales were noted one by one."
        raise ConflictError(msg)
    return found


def _span(month: BilledMonth, line: InvoiceLine) -> Span:
    part, local = thaw(month.frozen).stretches[line.stretch], billed_locally(month)
    return Span(0, month.host_id, local.edge(part.first_day), local.edge(part.end_day))
