"""Hosts in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts import tables
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, first_column
from spotfi_cloud.storage.search import fetch_found_page, words_of

Host = tables.Host
HostLogo = tables.HostLogo
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


async def find_logo(session: AsyncSession, host_id: UUID) -> HostLogo | None:
    return await session.get(HostLogo, host_id, populate_existing=True)


async def has_logo(session: AsyncSession, host_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(HostLogo.host_id == host_id))))


async def save_logo(session: AsyncSession, host_id: UUID, content_type: str, image: bytes, now: datetime) -> None:
    values = {"content_type": content_type, "image": image, "set_at": now}
    statement = insert(HostLogo).values(host_id=host_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["host_id"], set_=values))


async def delete_logo(session: AsyncSession, host_id: UUID) -> None:
    await session.execute(delete(HostLogo).where(HostLogo.host_id == host_id))
