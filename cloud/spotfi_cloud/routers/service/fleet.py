"""Figures over all routers a caller sees."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.routers.repository import fleet as repository
from spotfi_cloud.routers.repository.fleet import FleetFigures, Position

__all__ = ["FleetFigures", "Position", "count_fleet", "count_open_commands", "list_positions"]


async def count_fleet(session: AsyncSession, scope: Scope) -> FleetFigures:
    """The scope's routers, by how they are."""
    return await repository.count_fleet(session, scope)


async def count_open_commands(session: AsyncSession, scope: Scope) -> int:
    """Commands that are under way on the scope's routers."""
    return await repository.count_open_commands(session, scope)


async def list_positions(session: AsyncSession, scope: Scope) -> tuple[Sequence[Position], int]:
    """The scope's routers whose place is known, in degrees, by name; and how many there are besides."""
    placed = await repository.list_positions(session, scope)
    return placed, await repository.count_unplaced(session, scope)
