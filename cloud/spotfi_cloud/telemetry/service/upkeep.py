"""Upkeep: partitions made ahead and dropped whole, old rollups forgotten."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.telemetry.repository import partitions
from spotfi_cloud.telemetry.repository.rollups import delete_before
from spotfi_cloud.telemetry.rules import FIVE_MINUTES_KEPT, KEPT, ROLLUPS_KEPT, Resolution, floor

_KEPT = {"telemetry_batches": KEPT, "telemetry_five_minutes": FIVE_MINUTES_KEPT}
_DAYS = range(-2, 3)
"""From the oldest day a sample can still be dated on to the day after tomorrow."""
_ROLLUPS_PER_DELETE = 2000
_ONE_DAY = timedelta(days=1)


async def keep_partitions(session: AsyncSession, *, clock: Clock) -> tuple[int, int]:
    """Make the partitions of the days around now, drop those that are wholly too old; how many of each."""
    made = dropped = 0
    now = clock.now()
    today = floor(now, Resolution.DAY)
    for table, kept in _KEPT.items():
        present = await partitions.list_days(session, table)
        wanted = [today + offset * _ONE_DAY for offset in _DAYS]
        for day in wanted:
            if f"{day:%Y%m%d}" not in present:
                await partitions.add_day(session, table, day)
                made += 1
        oldest = f"{now - kept:%Y%m%d}"
        for day_name in sorted(day for day in present if day < oldest):
            await partitions.drop_day(session, table, day_name)
            dropped += 1
        await partitions.delete_others_before(session, table, now - kept)
    return made, dropped


async def forget_old_rollups(session: AsyncSession, *, clock: Clock) -> int:
    """Delete some of the hourly and daily rollups older than two years; how many, 0 when there is none left."""
    before = clock.now() - ROLLUPS_KEPT
    hours = await delete_before(session, Resolution.HOUR, before, _ROLLUPS_PER_DELETE)
    return hours + await delete_before(session, Resolution.DAY, before, _ROLLUPS_PER_DELETE)
