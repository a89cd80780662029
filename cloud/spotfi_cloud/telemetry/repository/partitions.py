"""Partitions of a day (UTC) each: made ahead, dropped whole. `day` is a day's first instant."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ONE_DAY = timedelta(days=1)
KEYS = {"telemetry_batches": "taken_at", "telemetry_five_minutes": "at"}
"""The partitioned tables, and by which column."""


async def list_days(session: AsyncSession, table: str) -> set[str]:
    """The days, as `YYYYMMDD`, that have a partition."""
    names = await session.scalars(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:name AS regclass)"),
        {"name": table},
    )
    return {suffix for name in names if (suffix := name.removeprefix(f"{table}_")).isdecimal()}


async def add_day(session: AsyncSession, table: str, day: datetime) -> None:
    """Make the day's partition; rows of that day in the default one move into it."""
    name, key = f"{table}_{day:%Y%m%d}", KEYS[table]
    span = {"begin": day, "end": day + _ONE_DAY}
    await session.execute(text("SET LOCAL lock_timeout = '10s'"))
    await session.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
    await session.execute(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)"))
    await session.execute(
        text(
            f"WITH moved AS (DELETE FROM {table}_other WHERE {key} >= :begin AND {key} < :end RETURNING *) "  # noqa: S608
            f"INSERT INTO {name} SELECT * FROM moved"
        ),
        span,
    )
    bounds = f"FROM ('{day:%Y-%m-%d} 00:00:00+00') TO ('{day + _ONE_DAY:%Y-%m-%d} 00:00:00+00')"
    await session.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}"))


async def drop_day(session: AsyncSession, table: str, day: str) -> None:
    """Forget a day, `YYYYMMDD`."""
    await session.execute(text("SET LOCAL lock_timeout = '10s'"))
    await session.execute(text(f"DROP TABLE {table}_{day}"))


async def delete_others_before(session: AsyncSession, table: str, before: datetime) -> int:
    """Forget what the default partition holds from before the instant; how many rows went."""
    gone = await session.execute(
        text(f"DELETE FROM {table}_other WHERE {KEYS[table]} < :before RETURNING 1"),  # noqa: S608
        {"before": before},
    )
    return len(gone.all())
