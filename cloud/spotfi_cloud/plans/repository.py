"""Plans in the database."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.plans import tables
from spotfi_cloud.storage.pages import Order, PageQuery, Slice, fetch_page, first_column

Plan = tables.Plan


def _visible(scope: Scope) -> ColumnElement[bool]:
    """A Host reads its own plans and the ISP's."""
    return or_(scope.limit(Plan.host_id), Plan.host_id.is_(None))


async def find_visible(session: AsyncSession, scope: Scope, plan_id: UUID) -> Plan | None:
    return await session.scalar(select(Plan).where(Plan.id == plan_id, _visible(scope)))


async def list_visible(session: AsyncSession, scope: Scope, page: PageQuery) -> Slice[Plan]:
    order = Order(Plan.created_at, Plan.id)
    return await fetch_page(session, select(Plan).where(_visible(scope)), page, order, make=first_column)


async def add_plan(session: AsyncSession, plan: Plan) -> None:
    session.add(plan)
    await session.flush()
