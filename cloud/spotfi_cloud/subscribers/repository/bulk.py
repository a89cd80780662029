"""Many subscribers at once, by COPY within the session's transaction. ConflictError where a username was taken meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.ids import new_id

_PATIENCE = text("SET LOCAL statement_timeout = '100s'")
"""For this transaction: a file of 50,000 lines is one statement."""


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


def first_assignment(account: SubscriberRow, state: str) -> AssignmentRow:
    """The assignment a new account begins with."""
    at = account.created_at
    return AssignmentRow(
        new_id(), account.id, account.plan_id, state, at, at, at, account.valid_until, account.own_max_sessions
    )


async def add_subscribers(session: AsyncSession, rows: Iterable[SubscriberRow]) -> None:
    await _copy(session, "subscribers", SubscriberRow._fields, rows)


async def add_assignments(session: AsyncSession, rows: Iterable[AssignmentRow]) -> None:
    await _copy(session, "assignments", AssignmentRow._fields, rows)


async def _copy(session: AsyncSession, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    await session.flush()
    await session.execute(_PATIENCE)
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, psycopg.AsyncConnection)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    try:
        async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                await copy.write_row(row)
    except psycopg.errors.UniqueViolation as error:
        msg = "A username was taken by somebody else meanwhile. Nothing was made; try again."
        raise ConflictError(msg) from error
