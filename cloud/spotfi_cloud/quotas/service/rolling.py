"""What unused volume rolls over to a period that nothing was recorded in yet."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import psycopg

from spotfi_cloud.quotas import batch
from spotfi_cloud.quotas.rollover import rolled_into
from spotfi_cloud.quotas.terms import Terms


async def find_rolled(
    connection: psycopg.AsyncConnection, starts: Iterable[tuple[UUID, datetime]], terms: Mapping[UUID, Terms]
) -> dict[tuple[UUID, datetime], int]:
    """Bytes that the periods beginning then have on top, for subscribers whose plans let volume roll over. One statement."""
    last = await batch.find_last_periods(connection, starts)
    return {key: rolled_into(terms[key[0]], key[1], each) for key, each in last.items()}
