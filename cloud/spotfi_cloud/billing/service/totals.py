"""What documents come to."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices
from spotfi_cloud.hosts.scope import Scope


class MonthTotal(NamedTuple):
    """What the invoices of a month come to, by currency and status; minor units."""

    currency: str
    status: str
    invoices: int
    total_minor: int


async def month_totals(session: AsyncSession, scope: Scope, period: str) -> list[MonthTotal]:
    """The invoices of a month (`YYYY-MM`) within the scope, summed up."""
    return [MonthTotal(*row) for row in await invoices.sum_of_period(session, scope, period)]
