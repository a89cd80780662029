"""Which e-mails about documents were ordered, and which documents may want one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.repository.payments import state_at
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, ShownState
from spotfi_cloud.kernel.ids import new_id

InvoiceLetter = tables.InvoiceLetter
DOCUMENT, REMINDER = "document", "reminder"


class Overdue(NamedTuple):
    """An invoice that is overdue: whose, since when, today by its host's clock, and the last reminder of it."""

    invoice_id: UUID
    host_id: UUID
    reference: str
    due_on: date
    today: date
    last_step: int | None


async def overdue_invoices(session: AsyncSession, now: datetime) -> list[Overdue]:
    """All of them, the oldest first. What is owed to hosts, and by mistake not paid out, is reminded of by nobody."""
    letter = InvoiceLetter
    mine = (letter.invoice_id == Invoice.id, letter.kind == REMINDER)
    last_step = select(func.max(letter.step)).where(*mine).scalar_subquery()
    today = cast(func.timezone(Invoice.timezone, literal(now)), Date)
    statement = select(Invoice.id, Invoice.host_id, Invoice.reference, Invoice.due_on, today, last_step)
    wanted = (Invoice.kind == DocumentKind.INVOICE, state_at(now) == ShownState.OVERDUE.value)
    return [Overdue(*row) for row in await session.execute(statement.where(*wanted).order_by(Invoice.due_on))]


async def unsent_documents(session: AsyncSession, since: datetime) -> Sequence[UUID]:
    """Documents issued since that no e-mail was ordered for, oldest first."""
    sent = select(literal(1)).where(InvoiceLetter.invoice_id == Invoice.id, InvoiceLetter.kind == DOCUMENT).exists()
    wanted = (Invoice.status == InvoiceStatus.ISSUED, Invoice.issued_at >= since, ~sent)
    return (await session.scalars(select(Invoice.id).where(*wanted).order_by(Invoice.issued_at, Invoice.id))).all()


async def note_letter(
    session: AsyncSession, invoice_id: UUID, kind: str, step: int | None, recipient: str, *, now: datetime
) -> bool:
    """Note an e-mail; False where one of this kind and step was ordered before. Without a step there may be many."""
    values = {"invoice_id": invoice_id, "kind": kind, "step": step, "recipient": recipient, "ordered_at": now}
    statement = insert(InvoiceLetter).values(id=new_id(), **values).on_conflict_do_nothing()
    return await session.scalar(statement.returning(InvoiceLetter.id)) is not None


async def letters_of(session: AsyncSession, invoice_id: UUID) -> Sequence[InvoiceLetter]:
    """The e-mails about a document, oldest first."""
    mine = select(InvoiceLetter).where(InvoiceLetter.invoice_id == invoice_id)
    return (await session.scalars(mine.order_by(InvoiceLetter.ordered_at, InvoiceLetter.id))).all()
