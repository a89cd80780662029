"""Login attempts as they are written: many at once. May be called by `access.service` only."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg


class Attempt(NamedTuple):
    """One login that was decided, field for column."""

    id: UUID
    at: datetime
    router_id: UUID
    host_id: UUID
    username: str
    subscriber_id: UUID | None
    calling_station_id: str
    outcome: str
    reason: str


_COPY = f"COPY login_attempts ({', '.join(Attempt._fields)}) FROM STDIN"


async def add_attempts(connection: psycopg.AsyncConnection, attempts: Sequence[Attempt]) -> None:
    async with connection.cursor() as cursor, cursor.copy(_COPY.encode()) as copy:
        for attempt in attempts:
            await copy.write_row(attempt)
