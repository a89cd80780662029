"""Figures over all routers a caller sees."""

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.routers.repository import fleet as repository
from spotfi_cloud.routers.repository.fleet import FleetFigures

__all__ = ["FleetFigures", "count_fleet", "count_open_commands"]


async def count_fleet(session: AsyncSession, scope: Scope) -> FleetFigures:
    """The scope's routers, by how they are."""
    return await repository.count_fleet(session, scope)


async def count_open_commands(session: AsyncSession, scope: Scope) -> int:
    """Commands that are under way on the scope's routers."""
    return await repository.count_open_commands(session, scope)
