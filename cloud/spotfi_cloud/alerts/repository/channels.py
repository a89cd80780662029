"""Where alerts are told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts import tables
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

AlertChannel = tables.AlertChannel
_SORTING = Sorting(AlertChannel.id, (AlertChannel.created_at,))


async def list_channels(session: AsyncSession, scope: Scope, page: PageQuery) -> Slice[AlertChannel]:
    statement = select(AlertChannel).where(scope.limit(AlertChannel.host_id))
    return await fetch_page(session, statement, page, _SORTING, make=first_column)


async def find_channel(
    session: AsyncSession, scope: Scope, channel_id: UUID, *, lock: bool = False
) -> AlertChannel | None:
    statement = select(AlertChannel).where(AlertChannel.id == channel_id, scope.limit(AlertChannel.host_id))
    return await session.scalar(
        statement.with_for_update().execution_options(populate_existing=True) if lock else statement
    )


async def list_enabled(session: AsyncSession) -> Sequence[AlertChannel]:
    return list(await session.scalars(select(AlertChannel).where(AlertChannel.enabled)))


async def add_channel(session: AsyncSession, channel: AlertChannel) -> None:
    session.add(channel)
    await session.flush()


async def delete_channel(session: AsyncSession, channel: AlertChannel) -> None:
    await session.delete(channel)
    await session.flush()


async def delete_of_host(session: AsyncSession, host_id: UUID) -> Sequence[UUID]:
    gone = delete(AlertChannel).where(AlertChannel.host_id == host_id).returning(AlertChannel.id)
    return list(await session.scalars(gone))


async def set_next_letter(session: AsyncSession, channel_id: UUID, at: datetime) -> None:
    await session.execute(update(AlertChannel).where(AlertChannel.id == channel_id).values(next_letter_at=at))
