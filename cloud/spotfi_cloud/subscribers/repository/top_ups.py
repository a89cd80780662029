"""Top-ups in the database."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.storage.pages import Order, PageQuery, Slice, fetch_page, first_column
from spotfi_cloud.subscribers import tables

TopUp = tables.TopUp


async def list_top_ups(session: AsyncSession, subscriber_id: UUID, page: PageQuery) -> Slice[TopUp]:
    statement = select(TopUp).where(TopUp.subscriber_id == subscriber_id)
    return await fetch_page(session, statement, page, Order(TopUp.id, TopUp.id), make=first_column)


async def add_top_up(session: AsyncSession, top_up: TopUp) -> None:
    session.add(top_up)
    await session.flush()
