"""What is left to bill: the months of hosts that are over, the current ones and any that were missed."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import activity
from spotfi_cloud.billing.repository.activity import Activity
from spotfi_cloud.billing.rules import first_day, open_months


async def months_to_bill(session: AsyncSession, now: datetime) -> list[tuple[str, list[UUID]]]:
    """(month `YYYY-MM`, the hosts whose month is over and not billed), the oldest month first."""
    billed = await activity.billed_periods(session)
    found: dict[str, list[UUID]] = {}
    for each in await activity.activities(session):
        for period in _open_months(each, billed.get(each.host.id, set()), now):
            found.setdefault(period, []).append(each.host.id)
    return sorted(found.items())


def _open_months(each: Activity, billed: set[str], now: datetime) -> list[str]:
    zone = ZoneInfo(each.host.timezone)
    used_at = each.first_usage_at
    first_usage_on = None if used_at is None else used_at.astimezone(zone).date()
    first = first_day(each.host.created_at.astimezone(zone).date(), first_usage_on, each.first_tariff_on)
    return [] if first is None else open_months(first, zone, billed, now)
