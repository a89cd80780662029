"""Documents in the database: invoices, settlements and credit notes, their lines, files and numbers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, inspect, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.hosts.tables as hosts
from spotfi_cloud.billing import tables
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, Line
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

Invoice = tables.Invoice
InvoiceLine = tables.InvoiceLine
Host = hosts.Host
_SORTING = Sorting(Invoice.id, (Invoice.period, Invoice.total_minor))


async def all_hosts(session: AsyncSession) -> Sequence[Host]:
    """Every host, oldest first."""
    return (await session.scalars(select(Host).order_by(Host.created_at, Host.id))).all()


async def hosts_with(session: AsyncSession, host_ids: Collection[UUID]) -> Sequence[Host]:
    """The hosts with these ids as they are now, oldest first."""
    statement = select(Host).where(Host.id.in_(host_ids)).order_by(Host.created_at, Host.id)
    return (await session.scalars(statement)).all()


async def lock_counters(session: AsyncSession) -> dict[str, int]:
    """The last number given out in every series; until the transaction ends nobody else gives one out."""
    counter = tables.InvoiceCounter
    statement = select(counter.series, counter.last_number).order_by(counter.series).with_for_update()
    return {row.series: row.last_number for row in await session.execute(statement)}


async def set_counters(session: AsyncSession, last_numbers: Mapping[str, int]) -> None:
    counter = tables.InvoiceCounter
    for series, last_number in last_numbers.items():
        await session.execute(update(counter).where(counter.series == series).values(last_number=last_number))


async def documents_of_period(session: AsyncSession, period: str) -> Sequence[Invoice]:
    """The month's invoices and settlements, void ones left out, in the order of their numbers; drafts first."""
    wanted = (
        Invoice.period == period,
        Invoice.status != InvoiceStatus.VOID,
        Invoice.kind != DocumentKind.CREDIT_NOTE,
    )
    ordered = select(Invoice).where(*wanted).order_by(Invoice.kind, Invoice.number, Invoice.id)
    return (await session.scalars(ordered)).all()


async def latest_documents(session: AsyncSession, host_id: UUID) -> Sequence[Invoice]:
    """The issued invoice and settlement of the host's latest month that has any."""
    own = (Invoice.host_id == host_id, Invoice.status == InvoiceStatus.ISSUED, Invoice.kind != DocumentKind.CREDIT_NOTE)
    latest = select(func.max(Invoice.period)).where(*own).scalar_subquery()
    statement = select(Invoice).where(*own, Invoice.period == latest).order_by(Invoice.kind)
    return (await session.scalars(statement, execution_options={"populate_existing": True})).all()


async def drafts_of(
    session: AsyncSession, months: Sequence[tuple[UUID, str]]
) -> dict[tuple[UUID, DocumentKind], Invoice]:
    """The drafts of hosts' months (host, `YYYY-MM`), by host and kind."""
    wanted = (Invoice.status == InvoiceStatus.DRAFT, tuple_(Invoice.host_id, Invoice.period).in_(months))
    found = await session.scalars(select(Invoice).where(*wanted))
    return {(invoice.host_id, DocumentKind(invoice.kind)): invoice for invoice in found}


async def delete_drafts(session: AsyncSession, drafts: Sequence[Invoice]) -> None:
    ids = [draft.id for draft in drafts]
    if ids:
        await session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids)))
        await session.execute(delete(Invoice).where(Invoice.id.in_(ids)))


async def save_documents(session: AsyncSession, documents: Sequence[Invoice], lines: Sequence[dict[str, Any]]) -> None:
    """Write documents with their lines anew, as `line_values` made them."""
    if not documents:
        return
    old = [document.id for document in documents if inspect(document).persistent]
    if old:
        await session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(old)))
    session.add_all(documents)
    await session.flush()
    await session.execute(insert(InvoiceLine), lines)


def line_values(
    invoice_id: UUID, lines: Sequence[Line], names: Mapping[UUID, str], first_on: date | None
) -> list[dict[str, Any]]:
    """The rows of a document's lines. `names` are the routers'; `first_on` the first day of the month."""
    return [
        {
            "invoice_id": invoice_id,
            "position": position,
            "kind": line.kind,
            "stretch": line.stretch,
            "first_on": _day(first_on, line, line.first_day),
            "last_on": _day(first_on, line, line.end_day - 1),
            "router_id": line.router_id,
            "router_name": None if line.router_id is None else names[line.router_id],
            "up_bytes": line.up_bytes,
            "down_bytes": line.down_bytes,
            "quantity": line.quantity,
            "used_in": line.used_in,
            "text": line.text,
            "tax_category": line.tax.category,
            "tax_rate_percent": line.tax.rate_percent,
            "amount_minor": line.amount_minor,
        }
        for position, line in enumerate(lines, 1)
    ]


def _day(first_on: date | None, line: Line, day: int) -> date | None:
    """The date of a day of the month; none on lines that are for no days of it."""
    return None if first_on is None or line.first_day >= line.end_day else first_on + timedelta(days=day)


async def find_invoice(session: AsyncSession, scope: Scope, invoice_id: UUID, *, lock: bool = False) -> Invoice | None:
    wanted = select(Invoice).where(Invoice.id == invoice_id, scope.limit(Invoice.host_id))
    return await session.scalar(wanted.with_for_update() if lock else wanted)


async def list_invoices(
    session: AsyncSession,
    scope: Scope,
    page: PageQuery,
    *,
    period: str | None,
    host_id: UUID | None,
    status: InvoiceStatus | None,
    kind: DocumentKind | None,
    wanted: ColumnElement[bool] | None,
) -> Slice[Invoice]:
    statement = select(Invoice).where(scope.limit(Invoice.host_id))
    if wanted is not None:
        statement = statement.where(wanted)
    if status is not None:
        statement = statement.where(Invoice.status == status)
    if period is not None:
        statement = statement.where(Invoice.period == period)
    if host_id is not None:
        statement = statement.where(Invoice.host_id == host_id)
    if kind is not None:
        statement = statement.where(Invoice.kind == kind)
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def sum_of_period(session: AsyncSession, scope: Scope, period: str) -> list[tuple[str, str, int, int]]:
    """(currency, status, number of invoices, total in minor units) of a month; what is void counts for nothing."""
    columns = (Invoice.currency, Invoice.status, func.count(), func.sum(Invoice.total_minor))
    wanted = (Invoice.period == period, Invoice.kind == DocumentKind.INVOICE, Invoice.status != InvoiceStatus.VOID)
    of_month = select(*columns).where(*wanted, scope.limit(Invoice.host_id))
    rows = await session.execute(of_month.group_by(*columns[:2]).order_by(*columns[:2]))
    return [(currency, status, count, int(total)) for currency, status, count, total in rows]


async def lines_of(session: AsyncSession, invoice_id: UUID) -> Sequence[InvoiceLine]:
    """The document's lines in their order."""
    mine = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return (await session.scalars(mine.execution_options(populate_existing=True))).all()


async def find_line(session: AsyncSession, invoice_id: UUID, position: int) -> InvoiceLine | None:
    mine = (InvoiceLine.invoice_id == invoice_id, InvoiceLine.position == position)
    return await session.scalar(select(InvoiceLine).where(*mine))


async def keep_file(session: AsyncSession, invoice_id: UUID, pdf: bytes) -> None:
    """Keep the document's file, unless somebody was quicker."""
    statement = upsert(tables.InvoiceFile).values(invoice_id=invoice_id, pdf=pdf)
    await session.execute(statement.on_conflict_do_nothing())


async def find_file(session: AsyncSession, invoice_id: UUID) -> bytes | None:
    kept = select(tables.InvoiceFile.pdf).where(tables.InvoiceFile.invoice_id == invoice_id)
    return await session.scalar(kept)


async def numbered(session: AsyncSession) -> Sequence[Invoice]:
    """Every document with a number, void ones too, by kind and number."""
    found = select(Invoice).where(Invoice.number.is_not(None)).order_by(Invoice.kind, Invoice.number)
    return (await session.scalars(found)).all()
