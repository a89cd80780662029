"""Payments and what they pay, in the database. Whoever changes any has locked their host."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Date

from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.invoices import Host, Invoice
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, PaymentDirection, Share, ShownState
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

Payment = tables.Payment
Allocation = tables.PaymentAllocation
_SORTING = Sorting(Payment.id, (Payment.created_at,))
_FRESH = {"populate_existing": True}
_BALANCE = Invoice.total_minor - Invoice.paid_minor - Invoice.credited_minor
_IS_OPEN = (Invoice.status == InvoiceStatus.ISSUED, Invoice.kind != DocumentKind.CREDIT_NOTE, _BALANCE > 0)
_IS_FREE = (Payment.reversed_at.is_(None), Payment.allocated_minor < Payment.amount_minor)


async def lock_host(session: AsyncSession, host_id: UUID) -> None:
    """Let nobody else change the host's payments until the transaction ends."""
    await session.execute(select(Host.id).where(Host.id == host_id).with_for_update(key_share=True))


async def read_again(session: AsyncSession, invoice: Invoice) -> Invoice:
    """The document as it is now that its host is locked."""
    return (await session.scalars(select(Invoice).where(Invoice.id == invoice.id), execution_options=_FRESH)).one()


async def add_payment(session: AsyncSession, payment: Payment) -> None:
    session.add(payment)
    await session.flush()


async def find_payment(session: AsyncSession, scope: Scope, payment_id: UUID) -> Payment | None:
    mine = select(Payment).where(Payment.id == payment_id, scope.limit(Payment.host_id))
    return await session.scalar(mine, execution_options=_FRESH)


async def list_payments(
    session: AsyncSession, scope: Scope, page: PageQuery, *, host_id: UUID | None, invoice_id: UUID | None
) -> Slice[Payment]:
    statement = select(Payment).where(scope.limit(Payment.host_id))
    if host_id is not None:
        statement = statement.where(Payment.host_id == host_id)
    if invoice_id is not None:
        paying = select(Allocation.payment_id).where(Allocation.invoice_id == invoice_id)
        statement = statement.where(Payment.id.in_(paying))
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def shares_of_payments(session: AsyncSession, payment_ids: Collection[UUID]) -> list[Share]:
    statement = select(Allocation).where(Allocation.payment_id.in_(payment_ids)).order_by(Allocation.invoice_id)
    found = await session.scalars(statement, execution_options=_FRESH)
    return [Share(each.payment_id, each.invoice_id, each.amount_minor) for each in found]


async def shares_of_invoice(session: AsyncSession, invoice_id: UUID) -> list[Share]:
    """What payments pay of the document, in the order in which they were entered."""
    statement = select(Allocation).join(Payment, Payment.id == Allocation.payment_id)
    mine = statement.where(Allocation.invoice_id == invoice_id).order_by(Payment.created_at, Payment.id)
    found = await session.scalars(mine, execution_options=_FRESH)
    return [Share(each.payment_id, each.invoice_id, each.amount_minor) for each in found]


async def add_shares(session: AsyncSession, shares: Sequence[Share]) -> None:
    """Let payments pay so much more of documents."""
    for share in shares:
        statement = upsert(Allocation).values(**share._asdict())
        more = {"amount_minor": Allocation.amount_minor + share.amount_minor}
        await session.execute(statement.on_conflict_do_update(index_elements=["payment_id", "invoice_id"], set_=more))
        await _move(session, share, share.amount_minor)


async def take_shares(session: AsyncSession, shares: Sequence[Share]) -> None:
    """Let payments pay so much less of documents."""
    for share in shares:
        mine = (Allocation.payment_id == share.payment_id, Allocation.invoice_id == share.invoice_id)
        await session.execute(delete(Allocation).where(*mine, Allocation.amount_minor == share.amount_minor))
        less = update(Allocation).where(*mine, Allocation.amount_minor > share.amount_minor)
        await session.execute(less.values(amount_minor=Allocation.amount_minor - share.amount_minor))
        await _move(session, share, -share.amount_minor)


async def _move(session: AsyncSession, share: Share, amount_minor: int) -> None:
    payment = update(Payment).where(Payment.id == share.payment_id)
    await session.execute(payment.values(allocated_minor=Payment.allocated_minor + amount_minor))
    invoice = update(Invoice).where(Invoice.id == share.invoice_id)
    await session.execute(invoice.values(paid_minor=Invoice.paid_minor + amount_minor))


async def free_payments(
    session: AsyncSession, host_id: UUID, direction: PaymentDirection
) -> list[tuple[str, UUID, int]]:
    """(currency, payment, what of it is the host's credit), the oldest payment first."""
    mine = (Payment.host_id == host_id, Payment.direction == direction, *_IS_FREE)
    left = Payment.amount_minor - Payment.allocated_minor
    statement = select(Payment.currency, Payment.id, left).where(*mine)
    rows = await session.execute(statement.order_by(Payment.paid_on, Payment.created_at, Payment.id))
    return [(currency, payment_id, free_minor) for currency, payment_id, free_minor in rows]


async def open_documents(session: AsyncSession, host_id: UUID, kind: DocumentKind) -> list[tuple[str, UUID, int]]:
    """(currency, document, what is left to pay), the one due first before all others."""
    statement = select(Invoice.currency, Invoice.id, _BALANCE)
    mine = statement.where(Invoice.host_id == host_id, Invoice.kind == kind, *_IS_OPEN)
    rows = await session.execute(mine.order_by(Invoice.due_on, Invoice.number))
    return [(currency, invoice_id, balance_minor) for currency, invoice_id, balance_minor in rows]


async def hosts_with_credit(session: AsyncSession, host_ids: Collection[UUID] | None) -> list[UUID]:
    """Those of the hosts (None: of all) that have credit and something open, in the order of their ids."""
    also_open = select(literal(1)).where(Invoice.host_id == Payment.host_id, *_IS_OPEN).exists()
    statement = select(Payment.host_id).where(*_IS_FREE, also_open).distinct().order_by(Payment.host_id)
    if host_ids is not None:
        statement = statement.where(Payment.host_id.in_(host_ids))
    return list(await session.scalars(statement))


async def add_credited(session: AsyncSession, invoice_id: UUID, amount_minor: int) -> None:
    mine = update(Invoice).where(Invoice.id == invoice_id)
    await session.execute(mine.values(credited_minor=Invoice.credited_minor + amount_minor))


async def credit_notes_of(session: AsyncSession, invoice_id: UUID) -> Sequence[Invoice]:
    """The credit notes to a document, oldest first."""
    return (
        await session.scalars(select(Invoice).where(Invoice.corrects_id == invoice_id).order_by(Invoice.number))
    ).all()


async def unbalanced_documents(session: AsyncSession) -> list[str]:
    """References of documents whose `paid_minor` or `credited_minor` is not what payments and credit notes come to."""
    paid = select(func.sum(Allocation.amount_minor)).where(Allocation.invoice_id == Invoice.id).scalar_subquery()
    note = aliased(Invoice)
    credited = select(func.sum(note.total_minor)).where(note.corrects_id == Invoice.id).scalar_subquery()
    differs = (Invoice.paid_minor != func.coalesce(paid, 0)) | (Invoice.credited_minor != func.coalesce(credited, 0))
    statement = (
        select(func.coalesce(Invoice.reference, "(draft)")).where(differs).order_by(Invoice.kind, Invoice.number)
    )
    return list(await session.scalars(statement))


async def unbalanced_payments(session: AsyncSession) -> list[UUID]:
    """Payments whose `allocated_minor` is not what they pay of documents."""
    shared = select(func.sum(Allocation.amount_minor)).where(Allocation.payment_id == Payment.id).scalar_subquery()
    statement = select(Payment.id).where(Payment.allocated_minor != func.coalesce(shared, 0)).order_by(Payment.id)
    return list(await session.scalars(statement))


def state_at(now: datetime) -> ColumnElement[str]:
    """A document's `ShownState` as `rules.shown_state` has it, for queries."""
    today = cast(func.timezone(Invoice.timezone, literal(now)), Date)
    settled_by_status = (Invoice.status != InvoiceStatus.ISSUED) | (Invoice.kind == DocumentKind.CREDIT_NOTE)
    return case(
        (settled_by_status, Invoice.status),
        (Invoice.total_minor < 0, ShownState.IN_FAVOUR.value),
        (_BALANCE <= 0, ShownState.PAID.value),
        (Invoice.due_on < today, ShownState.OVERDUE.value),
        (Invoice.paid_minor + Invoice.credited_minor > 0, ShownState.PARTLY_PAID.value),
        else_=ShownState.ISSUED.value,
    )
