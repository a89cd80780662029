"""Second factors and recovery codes in the database; written by statement, as accounts are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

SecondFactor = tables.SecondFactor
RecoveryCode = tables.RecoveryCode


async def find(session: AsyncSession, account_id: UUID) -> SecondFactor | None:
    return await session.get(SecondFactor, account_id, populate_existing=True)


async def save_unconfirmed(session: AsyncSession, account_id: UUID, secret_sealed: bytes, now: datetime) -> bool:
    """Keep a secret that waits for its confirmation, in place of another that waits. False where one is in force."""
    values = {"secret_sealed": secret_sealed, "created_at": now, "last_step": 0}
    statement = upsert(SecondFactor).values(account_id=account_id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id"], set_=values, where=SecondFactor.confirmed_at.is_(None)
    )
    return (await session.execute(statement.returning(SecondFactor.account_id))).first() is not None


async def advance(session: AsyncSession, account_id: UUID, step: int) -> bool:
    """Note that a code of this time step was taken. False where one of it or of a later one was: of two, one wins."""
    mine = update(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
    done = await session.execute(mine.values(last_step=step).returning(SecondFactor.account_id))
    return done.first() is not None


async def put_in_force(session: AsyncSession, account_id: UUID, now: datetime, code_hashes: list[bytes]) -> None:
    mine = update(SecondFactor).where(SecondFactor.account_id == account_id)
    await session.execute(mine.values(confirmed_at=now))
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": code_hash} for code_hash in code_hashes]
    await session.execute(insert(RecoveryCode), rows)


async def use_recovery_code(session: AsyncSession, account_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """Mark an unused recovery code used. False where there is no such unused one."""
    unused = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None)
    )
    done = await session.execute(unused.values(used_at=now).returning(RecoveryCode.code_hash))
    return done.first() is not None


async def codes_left(session: AsyncSession, account_id: UUID) -> int:
    left = select(RecoveryCode.code_hash).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return len((await session.execute(left)).all())


async def delete_factor(session: AsyncSession, account_id: UUID) -> None:
    for table in (RecoveryCode, SecondFactor):
        await session.execute(delete(table).where(table.account_id == account_id))
