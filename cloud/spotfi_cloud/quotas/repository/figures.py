"""Figures over the enforcements of a scope."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.quotas import tables
from spotfi_cloud.quotas.rules import Reason
from spotfi_cloud.sessions.tables import Session

Enforcement = tables.Enforcement


class QuotaEvents(NamedTuple):
    """Sessions whose guest used up a quota, and enforcements of whatever reason that no router has proved yet."""

    reached: int
    under_way: int


async def count_events(session: AsyncSession, scope: Scope, since: datetime) -> QuotaEvents:
    """Of sessions on the scope's routers: quotas reached since then, and enforcements under way now."""
    here = select(func.count()).select_from(Enforcement)
    if not scope.is_everything:
        here = here.join(Session, Session.id == Enforcement.session_id).where(scope.limit(Session.host_id))
    reached = here.where(Enforcement.reason == Reason.QUOTA, Enforcement.created_at >= since)
    under_way = here.where(text(tables.UNDER_WAY))
    return QuotaEvents(await session.scalar(reached) or 0, await session.scalar(under_way) or 0)
