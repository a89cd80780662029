"""Since when hosts have anything that is billed, and up to where they are billed."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import spotfi_cloud.hosts.tables as hosts
import spotfi_cloud.sessions.tables as sessions
from spotfi_cloud.billing import tables

Host = hosts.Host
Quarter = sessions.UsageQuarter


class Activity(NamedTuple):
    """A host, its first quarter of the ledger and the first day of its first tariff, where it has any."""

    host: Host
    first_usage_at: datetime | None
    first_tariff_on: date | None


async def activities(session: AsyncSession) -> list[Activity]:
    """Of every host, oldest first."""
    own_usage = select(Quarter.quarter_start).where(Quarter.host_id == Host.id)
    first_usage = own_usage.order_by(Quarter.quarter_start).limit(1).scalar_subquery()
    own_tariffs = select(func.min(tables.Tariff.valid_from)).where(tables.Tariff.host_id == Host.id)
    statement = select(Host, first_usage, own_tariffs.scalar_subquery()).order_by(Host.created_at, Host.id)
    return [Activity(*row) for row in await session.execute(statement)]


async def billed_periods(session: AsyncSession) -> dict[UUID, set[str]]:
    """The billed months (`YYYY-MM`) of every host that has any."""
    month = tables.BilledMonth
    statement = select(month.host_id, func.array_agg(month.period)).group_by(month.host_id)
    return {host_id: set(periods) for host_id, periods in await session.execute(statement)}
