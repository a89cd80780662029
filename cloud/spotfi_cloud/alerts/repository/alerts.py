"""The alerts themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts import tables
from spotfi_cloud.alerts.rules import AlertKind, AlertState, Severity
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

Alert = tables.Alert
_SORTING = Sorting(Alert.id, (Alert.raised_at,))
_ADD = text(
    """
    INSERT INTO alerts (id, host_id, kind, severity, subject_id, router_id, value, threshold, details, raised_at)
    SELECT id, host_id, kind, severity, subject_id, router_id, value, threshold, details, raised_at
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        id uuid, host_id uuid, kind text, severity text, subject_id uuid, router_id uuid, value float8,
        threshold float8, details jsonb, raised_at timestamptz
    )
    ON CONFLICT (kind, subject_id) WHERE cleared_at IS NULL DO NOTHING
    RETURNING id
    """
)
_CLEAR = text(
    """
    UPDATE alerts SET cleared_at = :now
    FROM json_to_recordset(CAST(:rows AS json)) AS gone (kind text, subject_id uuid)
    WHERE alerts.kind = gone.kind AND alerts.subject_id = gone.subject_id AND alerts.cleared_at IS NULL
    RETURNING alerts.id
    """
)


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are asked for. `kinds`: those the caller may see, and of these the one asked for."""

    kinds: Collection[AlertKind]
    state: AlertState | None = None
    open_only: bool = False
    severity: Severity | None = None
    host_id: UUID | None = None
    router_id: UUID | None = None
    subject_id: UUID | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """As WHERE clauses."""
        wanted = {Alert.severity: self.severity, Alert.host_id: self.host_id, Alert.router_id: self.router_id}
        clauses = [column == value for column, value in wanted.items() if value is not None]
        if self.subject_id is not None:
            clauses.append(Alert.subject_id == self.subject_id)
        if self.open_only:
            clauses.append(Alert.cleared_at.is_(None))
        return [Alert.kind.in_(sorted(self.kinds)), *clauses, *_STATES.get(self.state, ())]


_STATES: dict[AlertState | None, tuple[ColumnElement[bool], ...]] = {
    AlertState.RAISED: (Alert.cleared_at.is_(None), Alert.acknowledged_at.is_(None)),
    AlertState.ACKNOWLEDGED: (Alert.cleared_at.is_(None), Alert.acknowledged_at.is_not(None)),
    AlertState.CLEARED: (Alert.cleared_at.is_not(None),),
}


async def list_alerts(session: AsyncSession, scope: Scope, wanted: AlertFilter, page: PageQuery) -> Slice[Alert]:
    statement = select(Alert).where(scope.limit(Alert.host_id), *wanted.clauses())
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def find_alert(session: AsyncSession, scope: Scope, alert_id: UUID, kinds: Collection[AlertKind]) -> Alert | None:
    """The alert, locked, because the worker clears it too."""
    mine = select(Alert).where(Alert.id == alert_id, scope.limit(Alert.host_id), Alert.kind.in_(sorted(kinds)))
    return await session.scalar(mine.with_for_update().execution_options(populate_existing=True))


async def count_open(session: AsyncSession, scope: Scope, kinds: Collection[AlertKind]) -> dict[tuple[str, bool], int]:
    """Open alerts by severity, and by whether somebody acknowledged them."""
    acknowledged = Alert.acknowledged_at.is_not(None)
    mine = (Alert.cleared_at.is_(None), scope.limit(Alert.host_id), Alert.kind.in_(sorted(kinds)))
    statement = select(Alert.severity, acknowledged, func.count()).where(*mine).group_by(Alert.severity, acknowledged)
    return {(row[0], row[1]): row[2] for row in await session.execute(statement)}


async def get_many(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Alert]:
    return list(await session.scalars(select(Alert).where(Alert.id.in_(ids)).order_by(Alert.raised_at, Alert.id)))


async def add_alerts(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """The ids of those that were not open already."""
    return list(await session.scalars(_ADD, {"rows": orjson.dumps(rows).decode()})) if rows else []


async def clear_alerts(session: AsyncSession, gone: Sequence[tuple[AlertKind, UUID]], now: datetime) -> list[UUID]:
    """Clear what is open of these; their ids."""
    rows = orjson.dumps([{"kind": kind, "subject_id": subject_id} for kind, subject_id in gone]).decode()
    return list(await session.scalars(_CLEAR, {"rows": rows, "now": now})) if gone else []


async def find_open_before(session: AsyncSession, kinds: Collection[AlertKind], before: datetime) -> Sequence[Alert]:
    """Open alerts of these kinds that were raised up to an instant."""
    old = (Alert.cleared_at.is_(None), Alert.kind.in_(sorted(kinds)), Alert.raised_at <= before)
    return list(await session.scalars(select(Alert).where(*old)))


async def clear_notes(session: AsyncSession, subject_id: UUID) -> None:
    about = update(Alert).where(Alert.subject_id == subject_id, Alert.note.is_not(None))
    await session.execute(about.values(note=None))


async def set_cleared(session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
    await session.execute(update(Alert).where(Alert.id.in_(ids), Alert.cleared_at.is_(None)).values(cleared_at=now))


async def delete_cleared(session: AsyncSession, before: datetime, limit: int) -> int:
    old = select(Alert.id).where(Alert.cleared_at < before).order_by(Alert.cleared_at).limit(limit)
    gone = await session.scalars(delete(Alert).where(Alert.id.in_(old.scalar_subquery())).returning(Alert.id))
    return len(gone.all())
