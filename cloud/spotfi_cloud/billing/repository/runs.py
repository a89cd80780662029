"""Months that somebody ordered to be billed."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import tables
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus

BillingRun = tables.BillingRun


class MadeDocuments(NamedTuple):
    """How many documents of a kind a month has in a currency, and what they come to."""

    kind: str
    currency: str
    documents: int
    total_minor: int


async def add_run(session: AsyncSession, run: BillingRun) -> None:
    session.add(run)
    await session.flush()


async def find_run(session: AsyncSession, run_id: UUID) -> BillingRun | None:
    return await session.get(BillingRun, run_id)


async def oldest_unfinished(session: AsyncSession) -> BillingRun | None:
    """The run that is next, locked against its being finished meanwhile."""
    unfinished = select(BillingRun).where(BillingRun.finished_at.is_(None)).order_by(BillingRun.id).limit(1)
    return await session.scalar(unfinished.with_for_update())


async def note_progress(session: AsyncSession, run_id: UUID, done: int, failed: int) -> None:
    mine = update(BillingRun).where(BillingRun.id == run_id, BillingRun.finished_at.is_(None))
    await session.execute(mine.values(hosts_done=done, hosts_failed=failed))


async def finish(session: AsyncSession, run_id: UUID, state: str, failed: int, at: datetime) -> None:
    mine = update(BillingRun).where(BillingRun.id == run_id)
    through = {"hosts_done": BillingRun.hosts, "hosts_failed": failed}
    await session.execute(mine.values(state=state, finished_at=at, **through))


async def documents_made(session: AsyncSession, period: str) -> list[MadeDocuments]:
    """What the month's invoices and settlements come to, drafts too; what is void counts for nothing."""
    columns = (Invoice.kind, Invoice.currency)
    wanted = (
        Invoice.period == period,
        Invoice.kind != DocumentKind.CREDIT_NOTE,
        Invoice.status != InvoiceStatus.VOID,
    )
    sums = select(*columns, func.count(), func.sum(Invoice.total_minor).cast(BigInteger)).where(*wanted)
    return [MadeDocuments(*row) for row in await session.execute(sums.group_by(*columns).order_by(*columns))]
