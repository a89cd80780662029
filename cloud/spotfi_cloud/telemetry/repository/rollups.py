"""Rollups in the database, and how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.telemetry import tables
from spotfi_cloud.telemetry.figures import Figures
from spotfi_cloud.telemetry.rules import Resolution

_TABLES: dict[Resolution, type[tables.FiveMinutes | tables.Hour | tables.Day]] = {
    Resolution.FIVE_MINUTES: tables.FiveMinutes,
    Resolution.HOUR: tables.Hour,
    Resolution.DAY: tables.Day,
}
Key = tuple[UUID, datetime]


async def list_rollups(
    session: AsyncSession, resolution: Resolution, router_id: UUID, begin: datetime, end: datetime
) -> list[tuple[datetime, Figures]]:
    """A router's rollups over [begin, end), oldest first."""
    table = _TABLES[resolution]
    statement = (
        select(table.at, cast(table.figures, Text))
        .where(table.router_id == router_id, table.at >= begin, table.at < end)
        .order_by(table.at)
    )
    rows = await session.execute(statement)
    return [(at, Figures.from_json(orjson.loads(figures))) for at, figures in rows]


async def put_rollups(session: AsyncSession, resolution: Resolution, rollups: dict[Key, Figures]) -> None:
    """Store, in place of what is there."""
    if not rollups:
        return
    statement = text(
        f"""
        INSERT INTO {_TABLES[resolution].__tablename__} (router_id, at, figures)
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS new (router_id uuid, at timestamptz, figures jsonb)
        ON CONFLICT (router_id, at) DO UPDATE SET figures = excluded.figures
        """  # noqa: S608 - one of three names
    )
    rows = [{"router_id": key[0], "at": key[1], "figures": rollups[key].to_json()} for key in sorted(rollups)]
    await session.execute(statement, {"rows": orjson.dumps(rows).decode()})


async def list_parts(
    session: AsyncSession, resolution: Resolution, of: Resolution, keys: Iterable[Key]
) -> Sequence[tuple[UUID, datetime, Figures]]:
    """The finer rollups (`resolution`) that lie in these coarser ones, oldest first within a router."""
    chosen = sorted(keys)
    statement = text(
        f"""
        SELECT part.router_id, part.at, part.figures::text
        FROM unnest(CAST(:router_ids AS uuid[]), CAST(:ats AS timestamptz[])) AS whole (router_id, at)
        JOIN {_TABLES[resolution].__tablename__} AS part ON part.router_id = whole.router_id
            AND part.at >= whole.at AND part.at < whole.at + make_interval(secs => :seconds)
        ORDER BY part.router_id, part.at
        """  # noqa: S608 - one of three names
    )
    arrays: dict[str, Any] = {
        "router_ids": [router_id for router_id, _ in chosen],
        "ats": [at for _, at in chosen],
        "seconds": int(of),
    }
    rows = await session.execute(statement, arrays)
    return [(router_id, at, Figures.from_json(orjson.loads(figures))) for router_id, at, figures in rows]


async def list_open(
    session: AsyncSession, parts: Resolution, wholes: Resolution, end: datetime, most: int
) -> Sequence[Key]:
    """At most so many coarse rollups that are not there though finer ones of them are, beginning before `end`.

    Looked for from the newest coarse one on: those before it are complete.
    """
    part, whole = _TABLES[parts].__tablename__, _TABLES[wholes].__tablename__
    statement = text(
        f"""
        SELECT DISTINCT part.router_id, date_bin(make_interval(secs => :seconds), part.at, 'epoch') AS at
        FROM {part} AS part
        WHERE part.at < :end AND part.at >= coalesce((SELECT max(at) FROM {whole} WHERE at < :end), '-infinity')
            AND NOT EXISTS (
                SELECT FROM {whole} AS whole WHERE whole.router_id = part.router_id
                    AND whole.at = date_bin(make_interval(secs => :seconds), part.at, 'epoch')
            )
        LIMIT :most
        """  # noqa: S608 - names of tables of ours
    )
    rows = await session.execute(statement, {"seconds": int(wholes), "end": end, "most": most})
    return [(router_id, at) for router_id, at in rows]


async def delete_before(session: AsyncSession, resolution: Resolution, before: datetime, most: int) -> int:
    """Forget up to `most` rollups of spans that began before the instant; how many went."""
    table = _TABLES[resolution]
    old = select(table.router_id, table.at).where(table.at < before).order_by(table.at).limit(most).subquery()
    gone = await session.execute(
        delete(table)
        .where(table.router_id == old.c.router_id, table.at == old.c.at)
        .returning(table.at)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rollups are (see `tables.Progress`)."""

    rolled_up_to: int
    seen_to: int
    closed_before: datetime


async def read_progress(session: AsyncSession) -> Progress:
    row = tables.Progress
    found = (await session.execute(select(row.rolled_up_to, row.seen_to, row.closed_before))).one()
    return Progress(*found)


async def find_oldest_running(session: AsyncSession) -> int:
    """The oldest transaction that may not have ended: what one before it has stored is visible to every later statement."""
    oldest = await session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return int(oldest)


async def lock_rolling_up(session: AsyncSession) -> None:
    """One at a time, to the end of the transaction: else what was read first might be written last."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('telemetry rollups'))"))


async def put_progress(session: AsyncSession, begun: Progress, done: Progress) -> None:
    """Unless somebody else has got on in the meantime."""
    row = tables.Progress
    await session.execute(
        update(row)
        .where(row.rolled_up_to == begun.rolled_up_to, row.seen_to == begun.seen_to)
        .values(rolled_up_to=done.rolled_up_to, seen_to=done.seen_to, closed_before=done.closed_before)
    )
