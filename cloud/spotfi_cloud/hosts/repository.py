"""Hosts in the database."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts import tables
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import Order, PageQuery, Slice, fetch_page, first_column

Host = tables.Host


async def find_host(session: AsyncSession, scope: Scope, host_id: UUID) -> Host | None:
    return await session.scalar(select(Host).where(Host.id == host_id, scope.limit(Host.id)))


async def list_hosts(session: AsyncSession, scope: Scope, page: PageQuery) -> Slice[Host]:
    order = Order(Host.created_at, Host.id)
    return await fetch_page(session, select(Host).where(scope.limit(Host.id)), page, order, make=first_column)


async def add_host(session: AsyncSession, host: Host) -> None:
    session.add(host)
    await session.flush()
