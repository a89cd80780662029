"""Figures over the quotas a caller sees."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.quotas.repository import figures as repository
from spotfi_cloud.quotas.repository.figures import QuotaEvents


async def count_events(session: AsyncSession, scope: Scope, since: datetime) -> QuotaEvents:
    """Of sessions on the scope's routers: quotas reached since then, and enforcements under way now."""
    return await repository.count_events(session, scope, since)
