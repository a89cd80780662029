"""What stands in hosts' accounts: documents and payments by day, months and ages summed up."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Date, case, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.repository.payments import Payment
from spotfi_cloud.billing.rules import DocumentKind, Entry, EntryKind, InvoiceStatus, LineKind, PaymentDirection
from spotfi_cloud.hosts.scope import Scope

_BALANCE = Invoice.total_minor - Invoice.paid_minor - Invoice.credited_minor
_PAYMENT_KINDS = {PaymentDirection.RECEIVED: EntryKind.PAYMENT, PaymentDirection.PAID_OUT: EntryKind.PAYOUT}


class Receivable(NamedTuple):
    """What a host owes in a currency, by the days since it was due; minor units."""

    host_id: UUID
    host_name: str
    currency: str
    not_due_minor: int
    days_1_to_30_minor: int
    days_31_to_60_minor: int
    days_61_to_90_minor: int
    days_over_90_minor: int
    total_minor: int
    oldest_due_on: date


class MonthOfHost(NamedTuple):
    """What a host's issued documents of one kind say of a month; minor units, amounts of lines without tax."""

    host_id: UUID
    host_name: str
    kind: DocumentKind
    currency: str
    up_bytes: int
    down_bytes: int
    fees_minor: int
    usage_minor: int
    sales_minor: int
    sales_share_minor: int
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    credited_minor: int
    balance_minor: int


async def entries_of(session: AsyncSession, host_id: UUID, currency: str, timezone: str) -> list[Entry]:
    """All entries of a host's account in a currency, in their order: by day, documents before payments."""
    documents = await _documents(session, host_id, currency)
    return sorted([*documents, *await _payments(session, host_id, currency, timezone)], key=lambda entry: entry.on)


async def _documents(session: AsyncSession, host_id: UUID, currency: str) -> list[Entry]:
    corrected = aliased(Invoice)
    owed_by_host = case(
        (Invoice.kind == DocumentKind.INVOICE, 1),
        (Invoice.kind == DocumentKind.SETTLEMENT, -1),
        (corrected.kind == DocumentKind.INVOICE, -1),
        else_=1,
    )
    on = cast(func.timezone(Invoice.timezone, Invoice.issued_at), Date)
    statement = select(on, Invoice.kind, Invoice.reference, Invoice.id, Invoice.total_minor * owed_by_host)
    wanted = (Invoice.host_id == host_id, Invoice.currency == currency, Invoice.status == InvoiceStatus.ISSUED)
    joined = statement.outerjoin(corrected, corrected.id == Invoice.corrects_id).where(*wanted)
    rows = await session.execute(joined.order_by(Invoice.issued_at, Invoice.id))
    return [
        Entry(day, EntryKind(kind), reference or "", row_id, amount) for day, kind, reference, row_id, amount in rows
    ]


async def _payments(session: AsyncSession, host_id: UUID, currency: str, timezone: str) -> list[Entry]:
    reversed_on = cast(func.timezone(timezone, Payment.reversed_at), Date)
    statement = select(Payment, reversed_on).where(Payment.host_id == host_id, Payment.currency == currency)
    entries = []
    for payment, taken_back_on in await session.execute(statement.order_by(Payment.created_at, Payment.id)):
        direction = PaymentDirection(payment.direction)
        amount_minor = -payment.amount_minor if direction is PaymentDirection.RECEIVED else payment.amount_minor
        kind = _PAYMENT_KINDS[direction]
        entries.append(Entry(payment.paid_on, kind, payment.reference, payment.id, amount_minor))
        if taken_back_on is not None:
            on = max(taken_back_on, payment.paid_on)
            entries.append(Entry(on, EntryKind.REVERSAL, payment.reference, payment.id, -amount_minor))
    return entries


async def receivables(session: AsyncSession, scope: Scope, now: datetime) -> list[Receivable]:
    """What hosts owe by their issued invoices, who owes longest first. Ages count by each host's clock."""
    days = cast(func.timezone(Invoice.timezone, literal(now)), Date) - Invoice.due_on
    bounds = (days <= 0, days.between(1, 30), days.between(31, 60), days.between(61, 90), days > 90)
    sums = [func.coalesce(func.sum(_BALANCE).filter(bound), 0).cast(BigInteger) for bound in bounds]
    last_name = func.max(Invoice.host_name)
    oldest = func.min(Invoice.due_on)
    statement = (
        select(Invoice.host_id, last_name, Invoice.currency, *sums, func.sum(_BALANCE).cast(BigInteger), oldest)
        .where(
            Invoice.kind == DocumentKind.INVOICE,
            Invoice.status == InvoiceStatus.ISSUED,
            _BALANCE > 0,
            scope.limit(Invoice.host_id),
        )
        .group_by(Invoice.host_id, Invoice.currency)
        .order_by(oldest, Invoice.host_id)
    )
    return [Receivable._make(row) for row in await session.execute(statement)]


async def open_documents(session: AsyncSession, host_id: UUID) -> list[str]:
    """References of a host's invoices and settlements that are not settled, oldest first."""
    is_open = (Invoice.status == InvoiceStatus.ISSUED, Invoice.kind != DocumentKind.CREDIT_NOTE, _BALANCE > 0)
    statement = select(Invoice.reference).where(Invoice.host_id == host_id, *is_open)
    return [str(each) for each in await session.scalars(statement.order_by(Invoice.issued_at, Invoice.id))]


async def months_of_hosts(session: AsyncSession, scope: Scope, period: str) -> list[MonthOfHost]:
    """A row for each host and kind of document of the month that is issued."""
    line = InvoiceLine
    usage = (LineKind.USAGE, LineKind.LATE_USAGE)

    def amount(*kinds: LineKind) -> Any:
        return func.coalesce(func.sum(line.amount_minor).filter(line.kind.in_(kinds)), 0).cast(BigInteger)

    def volume(of: Any) -> Any:
        return func.coalesce(func.sum(of), 0).cast(BigInteger)

    month = tables.BilledMonth
    sold = (
        func.jsonb_array_elements(month.frozen["sales"])
        .table_valued(column("sale", JSONB), name="sold")
        .render_derived()
    )
    sales = (
        select(volume(sold.c.sale[2].astext.cast(BigInteger)))
        .select_from(month)
        .join(sold, literal(True))
        .where(month.host_id == Invoice.host_id, month.period == Invoice.period)
        .scalar_subquery()
    )
    statement = (
        select(
            Invoice.host_id,
            Invoice.host_name,
            Invoice.kind,
            Invoice.currency,
            volume(line.up_bytes),
            volume(line.down_bytes),
            amount(LineKind.BASE_FEE, LineKind.ROUTER_FEE),
            amount(*usage),
            sales,
            amount(LineKind.SALES_SHARE, LineKind.LATE_SALES),
            Invoice.subtotal_minor,
            Invoice.tax_minor,
            Invoice.total_minor,
            Invoice.paid_minor,
            Invoice.credited_minor,
            _BALANCE,
        )
        .outerjoin(line, line.invoice_id == Invoice.id)
        .where(
            Invoice.period == period,
            Invoice.status == InvoiceStatus.ISSUED,
            Invoice.kind != DocumentKind.CREDIT_NOTE,
            scope.limit(Invoice.host_id),
        )
        .group_by(Invoice.id)
        .order_by(Invoice.host_name, Invoice.host_id, Invoice.kind)
    )
    return [MonthOfHost._make(row) for row in await session.execute(statement)]
