"""Conditions under watch, and how far events were looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts import tables
from spotfi_cloud.alerts.rules import AlertKind


class Known(NamedTuple):
    """A condition that is not all right, as last seen. Plain rows: there may be as many as routers."""

    kind: str
    subject_id: UUID
    phase: str
    held_s: float
    seen_at: datetime
    began_at: datetime


_KNOWN = select(*(getattr(tables.AlertCondition, name) for name in Known._fields))
Progress = tables.AlertProgress
_TURN = text("SELECT pg_try_advisory_xact_lock(hashtextextended('spotfi alerts', 0))")
_PUT = text(
    """
    INSERT INTO alert_conditions (kind, subject_id, phase, held_s, seen_at, began_at)
    SELECT kind, subject_id, phase, held_s, seen_at, began_at FROM json_to_recordset(CAST(:rows AS json))
        AS new (kind text, subject_id uuid, phase text, held_s float8, seen_at timestamptz, began_at timestamptz)
    ON CONFLICT (kind, subject_id) DO UPDATE
        SET phase = excluded.phase, held_s = excluded.held_s, seen_at = excluded.seen_at
    """
)
_DELETE = text(
    """
    DELETE FROM alert_conditions USING json_to_recordset(CAST(:rows AS json)) AS gone (kind text, subject_id uuid)
    WHERE alert_conditions.kind = gone.kind AND alert_conditions.subject_id = gone.subject_id
    """
)


async def take_turn(session: AsyncSession) -> bool:
    """Whether nobody else looks at the moment; nobody else will until the transaction ends."""
    return bool(await session.scalar(_TURN))


async def list_conditions(session: AsyncSession) -> dict[tuple[str, UUID], Known]:
    """All that are not all right, by kind and subject."""
    return {(row[0], row[1]): Known._make(row) for row in await session.execute(_KNOWN)}


async def put_conditions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(_PUT, {"rows": orjson.dumps(rows).decode()})


async def delete_conditions(session: AsyncSession, gone: Sequence[tuple[AlertKind, UUID]]) -> None:
    rows = [{"kind": kind, "subject_id": subject_id} for kind, subject_id in gone]
    if rows:
        await session.execute(_DELETE, {"rows": orjson.dumps(rows).decode()})


async def find_progress(session: AsyncSession) -> Progress | None:
    return await session.get(Progress, True)


async def put_progress(session: AsyncSession, events: tuple[int, int], guests_at: datetime) -> None:
    await session.merge(Progress(only=True, events_tx=events[0], events_number=events[1], guests_at=guests_at))
    await session.flush()
