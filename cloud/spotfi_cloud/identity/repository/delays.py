"""Delays after failed sign-ins in the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

SignInDelay = tables.SignInDelay


async def try_alone(session: AsyncSession, key: bytes) -> bool:
    """Whether nobody else tries this now; until the transaction ends nobody else does."""
    number = int.from_bytes(key[:8], signed=True)
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(number))))


async def latest_retry_at(session: AsyncSession, keys: Collection[bytes]) -> datetime | None:
    """When the last of these delays ends; None where there is none."""
    return await session.scalar(select(func.max(SignInDelay.retry_at)).where(SignInDelay.key.in_(keys)))


async def failures_of(session: AsyncSession, key: bytes, since: datetime) -> int:
    """Failures in a row under a key, forgotten where the last one is older than `since`."""
    found = select(SignInDelay.failures).where(SignInDelay.key == key, SignInDelay.failed_at >= since)
    return await session.scalar(found.with_for_update()) or 0


async def save(session: AsyncSession, key: bytes, failures: int, failed_at: datetime, retry_at: datetime) -> None:
    values = {"failures": failures, "failed_at": failed_at, "retry_at": retry_at}
    statement = insert(SignInDelay).values(key=key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


async def forget(session: AsyncSession, key: bytes) -> None:
    await session.execute(delete(SignInDelay).where(SignInDelay.key == key))


async def delete_old(session: AsyncSession, before: datetime) -> int:
    gone = delete(SignInDelay).where(SignInDelay.failed_at < before).returning(SignInDelay.failures)
    return len((await session.execute(gone)).all())
