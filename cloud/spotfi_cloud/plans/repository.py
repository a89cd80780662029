"""Plans in the database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.plans import tables
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, first_column
from spotfi_cloud.storage.search import fetch_found_page, words_of

Plan = tables.Plan
_SORTING = Sorting(Plan.id, (Plan.created_at, Plan.name))


def _visible(scope: Scope) -> ColumnElement[bool]:
    """A Host reads its own plans and the ISP's."""
    return or_(scope.limit(Plan.host_id), Plan.host_id.is_(None))


async def find_visible(session: AsyncSession, scope: Scope, plan_id: UUID, *, lock: bool = False) -> Plan | None:
    statement = select(Plan).where(Plan.id == plan_id, _visible(scope))
    return await session.scalar(
        statement.with_for_update().execution_options(populate_existing=True) if lock else statement
    )


async def list_visible(
    session: AsyncSession, scope: Scope, page: PageQuery, *, search: str | None, host_id: UUID | None
) -> Slice[Plan]:
    statement = select(Plan).where(_visible(scope))
    if host_id is not None:
        statement = statement.where(Plan.host_id == host_id)
    words = words_of(Plan.name)
    return await fetch_found_page(session, statement, page, _SORTING, words=words, search=search, make=first_column)


@asynccontextmanager
async def saving(session: AsyncSession) -> AsyncIterator[None]:
    """Write what the block adds or changes. ConflictError where somebody made another plan the default meanwhile."""
    meanwhile = ConflictError("Somebody made another plan the default just now. Look again.", field="is_default")
    async with violations_as(dict.fromkeys(("uq_plans_default_of_host", "uq_plans_default_of_isp"), meanwhile)):
        yield
        await session.flush()


def add_plan(session: AsyncSession, plan: Plan) -> None:
    """To be called inside `saving`."""
    session.add(plan)


async def find_default(session: AsyncSession, host_id: UUID | None) -> Plan | None:
    """The host's own default, else the ISP's."""
    statement = select(Plan).where(Plan.is_default, or_(Plan.host_id == host_id, Plan.host_id.is_(None)))
    return await session.scalar(statement.order_by(Plan.host_id.is_(None)).limit(1))


async def drop_default(session: AsyncSession, host_id: UUID | None) -> None:
    """The owner's plans (None: the ISP's) have no default among them any more."""
    mine = Plan.host_id.is_(None) if host_id is None else Plan.host_id == host_id
    await session.execute(update(Plan).where(Plan.is_default, mine).values(is_default=False))


async def list_for(session: AsyncSession, host_id: UUID | None) -> Sequence[Plan]:
    statement = select(Plan).where(or_(Plan.host_id == host_id, Plan.host_id.is_(None)))
    return list(await session.scalars(statement.order_by(Plan.id)))
