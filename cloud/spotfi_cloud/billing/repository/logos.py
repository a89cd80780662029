"""The installation's logos: the current one, and those that documents were issued with."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing import tables

BillingLogo = tables.BillingLogo


async def find_current(session: AsyncSession) -> BillingLogo | None:
    return await session.scalar(select(BillingLogo).where(BillingLogo.current))


async def find_current_digest(session: AsyncSession) -> str | None:
    return await session.scalar(select(BillingLogo.digest).where(BillingLogo.current))


async def find_image(session: AsyncSession, digest: str) -> bytes | None:
    return await session.scalar(select(BillingLogo.image).where(BillingLogo.digest == digest))


async def drop_current(session: AsyncSession) -> None:
    """From now on there is none; documents keep theirs."""
    await session.execute(update(BillingLogo).where(BillingLogo.current).values(current=False))


async def save_current(session: AsyncSession, digest: str, content_type: str, image: bytes) -> None:
    """Make it the current one, which `drop_current` has made room for."""
    statement = insert(BillingLogo).values(digest=digest, content_type=content_type, image=image, current=True)
    await session.execute(statement.on_conflict_do_update(index_elements=["digest"], set_={"current": True}))
