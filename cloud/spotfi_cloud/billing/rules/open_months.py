"""Which of a host's months are to be billed. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.periods import month_of

SETTLES_AFTER = timedelta(hours=2)
"""From a month's end to when it can be billed: what reaches the ledger later is noted as late (`late_usage`)."""


def open_months(first_on: date, zone: ZoneInfo, billed: Collection[str], now: datetime) -> list[str]:
    """The months (`YYYY-MM`) from the one of a day on that are over and settled by the host's clock and not billed."""
    found = []
    first = first_on.replace(day=1)
    while (end := month_of(f"{first:%Y-%m}", zone).end) is not None and end + SETTLES_AFTER <= now:
        if f"{first:%Y-%m}" not in billed:
            found.append(f"{first:%Y-%m}")
        first = (first + timedelta(days=31)).replace(day=1)
    return found


def first_day(created_on: date, first_usage_on: date | None, first_tariff_on: date | None) -> date | None:
    """The day a host's billing begins: of its first usage, or of its first tariff once the host was there; None: not yet."""
    of_tariff = None if first_tariff_on is None else max(first_tariff_on, created_on)
    return min((day for day in (first_usage_on, of_tariff) if day is not None), default=None)
