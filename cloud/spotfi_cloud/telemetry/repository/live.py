"""Who watches which router live, in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.telemetry import tables

Live = tables.Live


async def put_live(session: AsyncSession, router_id: UUID, until_at: datetime) -> None:
    statement = insert(Live).values(router_id=router_id, until_at=until_at)
    await session.execute(statement.on_conflict_do_update(index_elements=["router_id"], set_={"until_at": until_at}))


async def list_live(session: AsyncSession, router_ids: Sequence[UUID], now: datetime) -> dict[UUID, datetime]:
    """Of these routers the ones in live view, and until when."""
    statement = select(Live.router_id, Live.until_at).where(Live.router_id.in_(router_ids), Live.until_at > now)
    return {each.router_id: each.until_at for each in await session.execute(statement)}
