"""A look into the usage ledger for capabilities that lie below it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.periods import Period
from spotfi_cloud.sessions import service as sessions


async def used_bytes(session: AsyncSession, subscriber_id: UUID, since: datetime, /) -> int:
    """Bytes the subscriber used in the quarters of an hour from the given one on, on every router, up and down together."""
    by_router = await sessions.usage_of_subscriber(session, subscriber_id, Period(since, None))
    return sum(usage.up_bytes + usage.down_bytes for usage in by_router)
