"""The months that are billed, and which late usage they settled."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from spotfi_cloud.billing import tables

BilledMonth = tables.BilledMonth


async def months_of(session: AsyncSession, host_ids: Collection[UUID]) -> dict[UUID, list[BilledMonth]]:
    """The billed months of the hosts, each host's in their order; what they were rated by is left in the database."""
    found: dict[UUID, list[BilledMonth]] = {host_id: [] for host_id in host_ids}
    statement = select(BilledMonth).where(BilledMonth.host_id.in_(host_ids)).options(defer(BilledMonth.frozen))
    for month in await session.scalars(statement.order_by(BilledMonth.host_id, BilledMonth.period)):
        found[month.host_id].append(month)
    return found


async def frozen_of(session: AsyncSession, month: BilledMonth) -> dict[str, Any]:
    """All that a month of `months_of` was rated by."""
    mine = (BilledMonth.host_id == month.host_id, BilledMonth.period == month.period)
    frozen: dict[str, Any] = (await session.scalars(select(BilledMonth.frozen).where(*mine))).one()
    return frozen


async def every_month(session: AsyncSession) -> Sequence[BilledMonth]:
    """Every billed month of every host."""
    return (await session.scalars(select(BilledMonth).order_by(BilledMonth.host_id, BilledMonth.period))).all()


async def add_months(session: AsyncSession, closed: Sequence[BilledMonth]) -> None:
    session.add_all(closed)
    await session.flush()


async def settle(session: AsyncSession, settled: Iterable[tuple[UUID, str, Iterable[UUID]]]) -> None:
    """Note of (host, month, late usage) that the usage is billed in that month."""
    rows = [
        {"late_usage_id": late_usage_id, "host_id": host_id, "period": period}
        for host_id, period, late_usage_ids in settled
        for late_usage_id in late_usage_ids
    ]
    if rows:
        await session.execute(insert(tables.BilledLateUsage), rows)


async def reopen(session: AsyncSession, host_id: UUID, period: str) -> None:
    """Forget that the host's months from this one on are billed, and with them their sales and the late usage they settled."""
    settled = tables.BilledLateUsage
    sale = tables.BilledSale
    await session.execute(delete(settled).where(settled.host_id == host_id, settled.period >= period))
    await session.execute(delete(sale).where(sale.host_id == host_id, sale.period >= period))
    await session.execute(delete(BilledMonth).where(BilledMonth.host_id == host_id, BilledMonth.period >= period))


async def hosts_billed_in(session: AsyncSession, period: str) -> set[UUID]:
    """The hosts whose month is billed."""
    return set(await session.scalars(select(BilledMonth.host_id).where(BilledMonth.period == period)))


async def find_month(session: AsyncSession, host_id: UUID, period: str) -> BilledMonth | None:
    return await session.get(BilledMonth, (host_id, period))
