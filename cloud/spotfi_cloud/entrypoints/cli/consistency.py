"""`spotfi verify`: asks every capability that keeps books whether they agree."""

import asyncio

import spotfi_cloud.billing.service
import spotfi_cloud.quotas.service
import spotfi_cloud.sessions.service
from spotfi_cloud.storage.database import Database

_CHECKS = (
    spotfi_cloud.sessions.service.verify,
    spotfi_cloud.quotas.service.verify,
    spotfi_cloud.billing.service.verify,
)


def find_differences(database_url: str) -> list[str]:
    """One sentence for everything that does not agree; all seen in one snapshot of the database."""
    return asyncio.run(_find_differences(database_url))


async def _find_differences(database_url: str) -> list[str]:
    database = Database(database_url, pool_size=1)
    try:
        async with database.unit_of_work() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            return [difference for check in _CHECKS for difference in await check(session)]
    finally:
        await database.close()
