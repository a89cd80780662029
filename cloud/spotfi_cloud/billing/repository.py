"""Tariffs and invoices in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.hosts.tables as hosts
import spotfi_cloud.routers.tables as routers
from spotfi_cloud.billing import tables
from spotfi_cloud.billing.rules import InvoiceStatus, Line, Rates
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

Tariff = tables.Tariff
Invoice = tables.Invoice
InvoiceLine = tables.InvoiceLine
Host = hosts.Host
_SERIES = "invoice"
_SORTING = Sorting(Invoice.id, (Invoice.period, Invoice.total_minor))


async def save_tariff(
    session: AsyncSession, host_id: UUID, valid_from: str, rates: Rates, created_at: datetime
) -> Tariff:
    """Insert the host's tariff from the month on, or replace the one that starts in the same month."""
    values = {
        "base_fee_minor": rates.base_fee_minor,
        "price_per_gb_minor": rates.price_per_gb_minor,
        "included_bytes": rates.included_bytes,
        "tax_rate_percent": rates.tax_rate_percent,
    }
    statement = upsert(Tariff).values(
        id=new_id(), host_id=host_id, valid_from=valid_from, created_at=created_at, **values
    )
    statement = statement.on_conflict_do_update(index_elements=["host_id", "valid_from"], set_=values)
    rows = await session.scalars(statement.returning(Tariff), execution_options={"populate_existing": True})
    return rows.one()


async def tariffs_in_force(session: AsyncSession, month: str, host_id: UUID | None = None) -> dict[UUID, Tariff]:
    """The tariff that holds in the month, by host; of one host where given."""
    statement = select(Tariff).ext(distinct_on(Tariff.host_id)).where(Tariff.valid_from <= month)
    if host_id is not None:
        statement = statement.where(Tariff.host_id == host_id)
    rows = await session.scalars(statement.order_by(Tariff.host_id, Tariff.valid_from.desc()))
    return {tariff.host_id: tariff for tariff in rows}


async def all_hosts(session: AsyncSession) -> Sequence[Host]:
    """Every host, oldest first."""
    return (await session.scalars(select(Host).order_by(Host.created_at, Host.id))).all()


async def router_names(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, str]:
    rows = await session.execute(
        select(routers.Router.id, routers.Router.name).where(routers.Router.id.in_(router_ids))
    )
    return {row.id: row.name for row in rows}


async def lock_counter(session: AsyncSession) -> int:
    """The last number given out; until the transaction ends nobody else gives one out."""
    counter = tables.InvoiceCounter
    statement = select(counter.last_number).where(counter.series == _SERIES).with_for_update()
    return (await session.scalars(statement)).one()


async def set_counter(session: AsyncSession, last_number: int) -> None:
    counter = tables.InvoiceCounter
    await session.execute(update(counter).where(counter.series == _SERIES).values(last_number=last_number))


async def invoices_of_period(session: AsyncSession, period: str) -> dict[UUID, Invoice]:
    """The invoices of the month there are, by host."""
    rows = await session.scalars(select(Invoice).where(Invoice.period == period))
    return {invoice.host_id: invoice for invoice in rows}


async def save_invoice(session: AsyncSession, invoice: Invoice) -> None:
    session.add(invoice)
    await session.flush()


async def replace_lines(session: AsyncSession, invoice_id: UUID, lines: Sequence[Line], names: dict[UUID, str]) -> None:
    """Write the invoice's lines anew. `names` are the routers'."""
    await session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id))
    rows = [
        {
            "invoice_id": invoice_id,
            "position": position,
            "kind": line.kind,
            "router_id": line.router_id,
            "router_name": None if line.router_id is None else names[line.router_id],
            "up_bytes": line.up_bytes,
            "down_bytes": line.down_bytes,
            "included_bytes": line.included_bytes,
            "amount_minor": line.amount_minor,
        }
        for position, line in enumerate(lines, 1)
    ]
    await session.execute(insert(InvoiceLine), rows)


async def find_invoice(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Invoice | None:
    return await session.scalar(select(Invoice).where(Invoice.id == invoice_id, scope.limit(Invoice.host_id)))


async def list_invoices(
    session: AsyncSession,
    scope: Scope,
    page: PageQuery,
    *,
    period: str | None,
    host_id: UUID | None,
    status: InvoiceStatus | None,
) -> Slice[Invoice]:
    statement = select(Invoice).where(scope.limit(Invoice.host_id))
    if status is not None:
        statement = statement.where(Invoice.status == status)
    if period is not None:
        statement = statement.where(Invoice.period == period)
    if host_id is not None:
        statement = statement.where(Invoice.host_id == host_id)
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def sum_of_period(session: AsyncSession, scope: Scope, period: str) -> list[tuple[str, str, int, int]]:
    """(currency, status, number of invoices, total in minor units) of a month."""
    columns = (Invoice.currency, Invoice.status, func.count(), func.sum(Invoice.total_minor))
    of_month = select(*columns).where(Invoice.period == period, scope.limit(Invoice.host_id))
    rows = await session.execute(of_month.group_by(*columns[:2]).order_by(*columns[:2]))
    return [(currency, status, count, int(total)) for currency, status, count, total in rows]


async def lines_of(session: AsyncSession, invoice_id: UUID) -> Sequence[InvoiceLine]:
    """The invoice's lines in their order."""
    mine = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return (await session.scalars(mine.execution_options(populate_existing=True))).all()


async def save_file(session: AsyncSession, invoice_id: UUID, pdf: bytes) -> None:
    await session.execute(insert(tables.InvoiceFile).values(invoice_id=invoice_id, pdf=pdf))


async def find_file(session: AsyncSession, invoice_id: UUID) -> bytes | None:
    kept = select(tables.InvoiceFile.pdf).where(tables.InvoiceFile.invoice_id == invoice_id)
    return await session.scalar(kept)


async def issued_invoices(session: AsyncSession) -> Sequence[Invoice]:
    """Every issued invoice, by number."""
    issued = select(Invoice).where(Invoice.status == InvoiceStatus.ISSUED).order_by(Invoice.number)
    return (await session.scalars(issued)).all()
