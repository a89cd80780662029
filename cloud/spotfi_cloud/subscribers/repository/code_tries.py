"""Wrong codes in the database."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.subscribers import tables
from spotfi_cloud.subscribers.guessing import Tries

CodeTries = tables.CodeTries


async def lock(session: AsyncSession, key: bytes) -> None:
    """Until the transaction's end nobody else counts for this key: tries made at once are counted one after the other."""
    number = int.from_bytes(key[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(number)))


async def find(session: AsyncSession, key: bytes) -> Tries | None:
    columns = (CodeTries.failures, CodeTries.full_until, CodeTries.updated_at)
    row = (await session.execute(select(*columns).where(CodeTries.key == key))).first()
    return None if row is None else Tries(*row)


async def save(session: AsyncSession, key: bytes, tries: Tries) -> None:
    values = {"failures": tries.failures, "full_until": tries.full_until, "updated_at": tries.updated_at}
    statement = insert(CodeTries).values(key=key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


async def forget(session: AsyncSession, key: bytes) -> None:
    await session.execute(delete(CodeTries).where(CodeTries.key == key))


async def delete_before(session: AsyncSession, instant: datetime) -> None:
    await session.execute(delete(CodeTries).where(CodeTries.updated_at < instant))
