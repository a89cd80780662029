"""Whether what was billed is what the ledger says."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import repository
from spotfi_cloud.billing.repository import Invoice
from spotfi_cloud.billing.rules import Line, LineKind
from spotfi_cloud.billing.service.invoices import line_of
from spotfi_cloud.sessions.service import usage_by_router

Volumes = dict[UUID | None, tuple[int, int]]


async def verify(session: AsyncSession) -> list[str]:
    """Every difference, one sentence each; empty when there is none.

    Issued invoices add up, their numbers have no gaps, and their lines are the ledger of their month. Usage that reached
    the ledger after the issue is a difference too, reported as not yet billed.
    """
    differences: list[str] = []
    invoices = await repository.issued_invoices(session)
    differences += _gaps(invoices)
    for invoice in invoices:
        lines = [line_of(row) for row in await repository.lines_of(session, invoice.id)]
        usage = await usage_by_router(session, invoice.host_id, invoice.period_start, invoice.period_end)
        differences += _sums(invoice, lines)
        differences += _volumes(invoice, lines, {row.router_id: (row.up_bytes, row.down_bytes) for row in usage})
    return differences


def _gaps(invoices: Sequence[Invoice]) -> Iterator[str]:
    numbers = [invoice.number for invoice in invoices]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"The numbers of the {len(numbers)} issued invoices have gaps."


def _sums(invoice: Invoice, lines: list[Line]) -> Iterator[str]:
    of_lines_minor = sum(line.amount_minor for line in lines)
    if of_lines_minor != invoice.subtotal_minor:
        yield f"Invoice {invoice.number}: its lines sum to {of_lines_minor}, its subtotal is {invoice.subtotal_minor}."


def _volumes(invoice: Invoice, lines: list[Line], ledger: Volumes) -> Iterator[str]:
    billed: Volumes = {
        line.router_id: (line.up_bytes or 0, line.down_bytes or 0) for line in lines if line.kind is LineKind.USAGE
    }
    for router_id in sorted(billed.keys() | ledger.keys(), key=str):
        was, now = billed.get(router_id, (0, 0)), ledger.get(router_id, (0, 0))
        if now == was:
            continue
        late = (now[0] - was[0], now[1] - was[1])
        if min(late) >= 0:
            yield (
                f"Invoice {invoice.number}, router {router_id}: {late[0]} bytes up and {late[1]} down came after the "
                f"issue and are not yet billed."
            )
        else:
            yield (
                f"Invoice {invoice.number}, router {router_id}: billed {was[0]} bytes up and {was[1]} down, "
                f"the ledger has {now[0]} and {now[1]}."
            )
