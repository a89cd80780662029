"""Telemetry samples in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.telemetry import tables

TelemetrySample = tables.TelemetrySample


async def add_samples(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store; samples that are there already stay as they are."""
    if rows:
        await session.execute(insert(TelemetrySample).on_conflict_do_nothing(), rows)


async def list_samples(
    session: AsyncSession, router_id: UUID, begin: datetime, end: datetime, most: int
) -> Sequence[TelemetrySample]:
    """A router's samples taken in [begin, end), oldest first, at most so many."""
    statement = (
        select(TelemetrySample)
        .where(
            TelemetrySample.router_id == router_id, TelemetrySample.taken_at >= begin, TelemetrySample.taken_at < end
        )
        .order_by(TelemetrySample.taken_at, TelemetrySample.mono_ms)
        .limit(most)
    )
    return list(await session.scalars(statement))


async def last_before(session: AsyncSession, router_id: UUID, boot_id: UUID, mono_ms: int) -> TelemetrySample | None:
    """The sample of the same boot before this reading of its clock."""
    statement = (
        select(TelemetrySample)
        .where(
            TelemetrySample.router_id == router_id,
            TelemetrySample.boot_id == boot_id,
            TelemetrySample.mono_ms < mono_ms,
        )
        .order_by(TelemetrySample.taken_at.desc())
        .limit(1)
    )
    return await session.scalar(statement)


async def delete_before(session: AsyncSession, taken_before: datetime, most: int) -> int:
    """Forget up to `most` samples taken before the instant; how many went."""
    key = (TelemetrySample.router_id, TelemetrySample.boot_id, TelemetrySample.seq, TelemetrySample.ordinal)
    old = (
        select(*key).where(TelemetrySample.taken_at < taken_before).order_by(TelemetrySample.taken_at).limit(most)
    ).subquery()
    matches = [column == old.c[column.key] for column in key]
    gone = await session.execute(
        delete(TelemetrySample)
        .where(*matches)
        .returning(TelemetrySample.ordinal)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
