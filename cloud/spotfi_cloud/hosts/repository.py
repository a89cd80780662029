"""Hosts in the database."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts import tables
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, first_column
from spotfi_cloud.storage.search import fetch_found_page, words_of

Host = tables.Host
_SORTING = Sorting(Host.id, (Host.created_at, Host.name))


async def find_host(session: AsyncSession, scope: Scope, host_id: UUID, *, lock: bool = False) -> Host | None:
    statement = select(Host).where(Host.id == host_id, scope.limit(Host.id))
    return await session.scalar(
        statement.with_for_update().execution_options(populate_existing=True) if lock else statement
    )


async def list_hosts(session: AsyncSession, scope: Scope, page: PageQuery, *, search: str | None) -> Slice[Host]:
    statement = select(Host).where(scope.limit(Host.id))
    words = words_of(Host.name)
    return await fetch_found_page(session, statement, page, _SORTING, words=words, search=search, make=first_column)


async def add_host(session: AsyncSession, host: Host) -> None:
    session.add(host)
    await session.flush()
