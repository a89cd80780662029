"""Sessions of staff and their refresh tokens in the database; written by statement, as accounts are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

StaffSession = tables.StaffSession
RefreshToken = tables.RefreshToken


async def add_session(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(StaffSession).values(values))


async def add_token(session: AsyncSession, token_hash: bytes, session_id: UUID) -> None:
    await session.execute(insert(RefreshToken).values(token_hash=token_hash, session_id=session_id))


async def use_token(session: AsyncSession, token_hash: bytes, now: datetime) -> UUID | None:
    """Mark an unused token used: the session it belongs to. None where it is unknown or used. One caller wins."""
    unused = update(RefreshToken).where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
    return await session.scalar(unused.values(used_at=now).returning(RefreshToken.session_id))


async def session_of_token(session: AsyncSession, token_hash: bytes) -> UUID | None:
    """The session a token belongs to, used or not."""
    return await session.scalar(select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash))


async def find_session(session: AsyncSession, session_id: UUID) -> StaffSession | None:
    return await session.get(StaffSession, session_id, populate_existing=True)


async def extend_session(session: AsyncSession, session_id: UUID, used_at: datetime, expires_at: datetime) -> None:
    mine = update(StaffSession).where(StaffSession.id == session_id)
    await session.execute(mine.values(used_at=used_at, expires_at=expires_at))


async def sessions_of(session: AsyncSession, account_id: UUID, now: datetime) -> Sequence[StaffSession]:
    """The account's sessions that are open, newest first."""
    mine = select(StaffSession).where(
        StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None), StaffSession.expires_at > now
    )
    return (await session.scalars(mine.order_by(StaffSession.id.desc()))).all()


async def revoke_sessions(
    session: AsyncSession,
    now: datetime,
    *,
    account_id: UUID | None = None,
    session_id: UUID | None = None,
    but: UUID | None = None,
) -> int:
    """End the open sessions of the account, this one, or this one if it is the account's, but not `but`; how many."""
    statement = update(StaffSession).where(StaffSession.revoked_at.is_(None))
    if account_id is not None:
        statement = statement.where(StaffSession.account_id == account_id)
    if session_id is not None:
        statement = statement.where(StaffSession.id == session_id)
    if but is not None:
        statement = statement.where(StaffSession.id != but)
    return len((await session.execute(statement.values(revoked_at=now).returning(StaffSession.id))).all())


async def delete_expired(session: AsyncSession, before: datetime) -> int:
    """Forget sessions, with their tokens, that expired before."""
    gone = delete(StaffSession).where(StaffSession.expires_at < before).returning(StaffSession.id)
    return len((await session.execute(gone)).all())
