"""The records behind a line of an invoice: ledger rows that sum to its bytes."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, months
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.repository.ledger import EvidenceRow
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.repository.usage import Span
from spotfi_cloud.billing.rules import InvoiceStatus, LineKind, thaw
from spotfi_cloud.billing.service.rating import billed_locally
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError


async def get_evidence(session: AsyncSession, invoice: Invoice, position: int) -> Sequence[EvidenceRow]:
    """What sessions used in quarters of an hour, in their order. NotFoundError where nothing is behind the line,
    ConflictError for a draft, which still changes with its month, and for a void one."""
    line = await invoices.find_line(session, invoice.id, position)
    if line is None or line.router_id is None or line.up_bytes is None:
        msg = "Only lines of usage, which name a router, have records behind them."
        raise NotFoundError(msg)
    if invoice.status != InvoiceStatus.ISSUED:
        msg = f"This invoice is {invoice.status}. The records are told apart once an invoice is issued."
        raise ConflictError(msg)
    month = await months.find_month(session, invoice.host_id, line.used_in or invoice.period)
    assert month is not None  # what is issued is of a billed month
    if line.kind == LineKind.LATE_USAGE:
        return await ledger.late_records_of(session, _span(month, line), line.router_id, invoice.period)
    return await ledger.records_of(session, _span(month, line), line.router_id, invoice.period)


def _span(month: BilledMonth, line: InvoiceLine) -> Span:
    part, local = thaw(month.frozen).stretches[line.stretch], billed_locally(month)
    return Span(0, month.host_id, local.edge(part.first_day), local.edge(part.end_day))
