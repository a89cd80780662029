"""Many subscribers at once, by COPY within the session's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession


class SubscriberRow(NamedTuple):
    """A new subscriber, field for column."""

    id: UUID
    username: str
    password_sealed: bytes
    plan_id: UUID
    host_id: UUID | None
    created_at: datetime
    disabled_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    valid_for_s: int | None
    own_max_sessions: int | None
    voucher_batch_id: UUID | None
    voucher_number: int | None


class AssignmentRow(NamedTuple):
    """The first assignment of a new subscriber, active, field for column."""

    id: UUID
    subscriber_id: UUID
    plan_id: UUID
    state: str
    created_at: datetime
    started_at: datetime
    first_started_at: datetime
    valid_until: datetime | None
    max_sessions: int | None


async def add_subscribers(session: AsyncSession, rows: Iterable[SubscriberRow]) -> None:
    await _copy(session, "subscribers", SubscriberRow._fields, rows)


async def add_assignments(session: AsyncSession, rows: Iterable[AssignmentRow]) -> None:
    await _copy(session, "assignments", AssignmentRow._fields, rows)


async def _copy(session: AsyncSession, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, psycopg.AsyncConnection)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            await copy.write_row(row)
