"""Whether what was billed is what the ledger says."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, months, payments
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.rules import InvoiceStatus, LineKind, thaw

Volumes = dict[UUID, tuple[int, int]]


async def verify(session: AsyncSession) -> list[str]:
    """Every difference, one sentence each; empty when there is none.

    Documents and payments add up, numbers have no gaps, and of every billed month ledger = billed + late and not yet billed.
    """
    documents = await invoices.numbered(session)
    differences = [*_gaps(documents)]
    usage: dict[tuple[UUID, str], Volumes] = {}
    for document in documents:
        lines = await invoices.lines_of(session, document.id)
        differences += _sums(document, lines)
        if document.status == InvoiceStatus.ISSUED:
            _collect(usage.setdefault((document.host_id, document.period), {}), lines)
    for month in await months.every_month(session):
        differences += await _month(session, month, usage.get((month.host_id, month.period), {}))
    return [*differences, *await _payments(session)]


async def _payments(session: AsyncSession) -> list[str]:
    documents = await payments.unbalanced_documents(session)
    return [
        *(f"Document {reference}: payments and credit notes do not sum to what it says." for reference in documents),
        *(f"Payment {each} pays other amounts than it says." for each in await payments.unbalanced_payments(session)),
    ]


def _gaps(documents: Sequence[Invoice]) -> Iterator[str]:
    for kind, own in groupby(documents, key=lambda document: document.kind):
        numbers = [document.number for document in own]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"The numbers of the {len(numbers)} issued documents of the kind {kind} have gaps."


def _sums(document: Invoice, lines: Sequence[InvoiceLine]) -> Iterator[str]:
    of_lines_minor = sum(line.amount_minor for line in lines)
    if of_lines_minor != document.subtotal_minor:
        yield f"Document {document.reference}: its lines sum to {of_lines_minor}, its subtotal is {document.subtotal_minor}."


def _collect(usage: Volumes, lines: Sequence[InvoiceLine]) -> None:
    for line in lines:
        if line.kind == LineKind.USAGE and line.router_id is not None:
            up, down = usage.get(line.router_id, (0, 0))
            usage[line.router_id] = (up + (line.up_bytes or 0), down + (line.down_bytes or 0))


async def _month(session: AsyncSession, month: BilledMonth, on_lines: Volumes) -> list[str]:
    name = f"Host {month.host_id}, {month.period}"
    rated: Volumes = {}
    for each in thaw(month.frozen).usage:
        up, down = rated.get(each.router_id, (0, 0))
        rated[each.router_id] = (up + each.up_bytes, down + each.down_bytes)
    found = await ledger.ledger_sums(session, month.host_id, month.starts_at, month.ends_at)
    late = await ledger.late_sums(session, month.host_id, month.starts_at, month.ends_at, month.period)
    expected = {router_id: _plus(rated.get(router_id), late.get(router_id)) for router_id in rated.keys() | late.keys()}
    return [
        *_compare(f"{name}: invoices bill", "it was rated with", on_lines, rated),
        *_compare(f"{name}: billed, with what came late,", "the ledger has", expected, found),
    ]


def _plus(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int]:
    (up, down), (more_up, more_down) = one or (0, 0), other or (0, 0)
    return up + more_up, down + more_down


def _compare(what: str, other: str, have: Volumes, want: Volumes) -> Iterator[str]:
    for router_id in sorted(have.keys() | want.keys()):
        (up, down), (want_up, want_down) = have.get(router_id, (0, 0)), want.get(router_id, (0, 0))
        if (up, down) != (want_up, want_down):
            yield f"{what} {up} bytes up and {down} down of router {router_id}, {other} {want_up} and {want_down}."
