"""Figures over all routers of a scope, each in one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, case, cast, false, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.routers import attention, tables
from spotfi_cloud.routers.rules import OPEN_STATES

Router, Presence, Command = tables.Router, tables.RouterPresence, tables.Command


class FleetFigures(NamedTuple):
    """Routers by how they are. `attention`: of those online; `silent`: never heard of. Bits per second over their WANs."""

    routers: int
    online: int
    attention: int
    silent: int
    revoked: int
    rx_bps: float
    tx_bps: float


class Position(NamedTuple):
    """Where a router stands, in degrees, and how it is (`position_schemas.PositionOut`)."""

    id: UUID
    name: str
    latitude: float
    longitude: float
    condition: str


def asks_for_attention() -> ColumnElement[bool]:
    """`attention.complaints_of` in SQL, for the router of a statement that has its presence; false without a sample."""
    memory, disk = _reading("memory_total_bytes"), _reading("disk_total_bytes")
    used, free = _reading("disk_used_bytes"), _reading("memory_available_bytes")
    any_of = or_(
        _reading("cpu_percent") >= attention.CPU_PERCENT,
        and_(memory > 0, (memory - free) * 100 >= memory * attention.MEMORY_PERCENT),
        and_(disk > 0, used * 100 >= disk * attention.DISK_PERCENT),
        _reading("temperature_c") >= attention.TEMPERATURE_C,
        _reading("loss_percent") >= attention.LOSS_PERCENT,
        _sample()["wan_up"].astext == "false",
    )
    return func.coalesce(and_(Presence.online, any_of), false())


async def count_fleet(session: AsyncSession, scope: Scope) -> FleetFigures:
    """The scope's routers that were not deleted, by how they are."""
    online = and_(Router.revoked_at.is_(None), Presence.online)
    statement = (
        select(
            func.count(),
            func.count().filter(online),
            func.count().filter(and_(online, asks_for_attention())),
            func.count().filter(and_(Router.revoked_at.is_(None), Presence.router_id.is_(None))),
            func.count().filter(Router.revoked_at.is_not(None)),
            func.coalesce(func.sum(case((online, _wan("rx_bps")))), 0.0),
            func.coalesce(func.sum(case((online, _wan("tx_bps")))), 0.0),
        )
        .select_from(Router)
        .outerjoin(Presence, Presence.router_id == Router.id)
        .where(Router.deleted_at.is_(None), scope.limit(Router.host_id))
    )
    return FleetFigures(*(await session.execute(statement)).one())


async def list_positions(session: AsyncSession, scope: Scope) -> Sequence[Position]:
    """The scope's routers whose place is known, by name."""
    condition = case(
        (Router.revoked_at.is_not(None), "revoked"),
        (Presence.router_id.is_(None), "never"),
        (not_(Presence.online), "offline"),
        (asks_for_attention(), "attention"),
        else_="online",
    )
    statement = (
        select(Router.id, Router.name, Router.latitude, Router.longitude, condition)
        .outerjoin(Presence, Presence.router_id == Router.id)
        .where(Router.deleted_at.is_(None), Router.latitude.is_not(None), scope.limit(Router.host_id))
        .order_by(Router.name, Router.id)
    )
    return [Position(*row) for row in await session.execute(statement)]


async def count_unplaced(session: AsyncSession, scope: Scope) -> int:
    """The scope's routers whose place is not known."""
    statement = select(func.count()).select_from(Router)
    unplaced = statement.where(Router.deleted_at.is_(None), Router.latitude.is_(None), scope.limit(Router.host_id))
    return await session.scalar(unplaced) or 0


async def count_open_commands(session: AsyncSession, scope: Scope) -> int:
    """Commands that are under way on the scope's routers."""
    statement = select(func.count()).select_from(Command).where(Command.state.in_(sorted(OPEN_STATES)))
    if not scope.is_everything:
        statement = statement.join(Router, Router.id == Command.router_id).where(scope.limit(Router.host_id))
    return await session.scalar(statement) or 0


def _sample() -> Any:
    # Typed as the plain dict it is in Python; in SQL it is a JSONB column.
    return Presence.latest_sample


def _reading(name: str) -> ColumnElement[float]:
    return cast(_sample()[name].astext, Float)


def _wan(name: str) -> ColumnElement[float]:
    return cast(_sample()["interfaces"][_sample()["wan_device"].astext][name].astext, Float)
