"""API keys in the database; written by statement, as accounts are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

ApiKey = tables.ApiKey


async def add(session: AsyncSession, values: dict[str, object]) -> ApiKey:
    return (await session.scalars(insert(ApiKey).values(values).returning(ApiKey))).one()


async def find(session: AsyncSession, key_hash: bytes) -> ApiKey | None:
    return await session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash))


async def keys_of(session: AsyncSession, account_id: UUID) -> Sequence[ApiKey]:
    mine = select(ApiKey).where(ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None))
    return (await session.scalars(mine.order_by(ApiKey.id.desc()))).all()


async def revoke(session: AsyncSession, account_id: UUID, key_id: UUID, now: datetime) -> bool:
    mine = update(ApiKey).where(ApiKey.id == key_id, ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None))
    return (await session.execute(mine.values(revoked_at=now).returning(ApiKey.id))).first() is not None


async def note_use(session: AsyncSession, key_id: UUID, now: datetime) -> None:
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(used_at=now))
