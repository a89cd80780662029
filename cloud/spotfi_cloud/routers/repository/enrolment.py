"""Enrolment codes and device keys in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.routers import tables

EnrolmentCode = tables.EnrolmentCode
RouterKey = tables.RouterKey


async def add_code(session: AsyncSession, code: EnrolmentCode) -> None:
    session.add(code)
    await session.flush()


async def find_code(session: AsyncSession, secret_hash: str) -> EnrolmentCode | None:
    """The code as it is now; read it again after locking its router, because another request may have used it."""
    statement = select(EnrolmentCode).where(EnrolmentCode.secret_hash == secret_hash)
    return await session.scalar(statement.execution_options(populate_existing=True))


async def void_codes(session: AsyncSession, router_id: UUID, now: datetime) -> None:
    """No unused code of the router works any more."""
    unused = (EnrolmentCode.used_at.is_(None), EnrolmentCode.voided_at.is_(None))
    await session.execute(
        update(EnrolmentCode).where(EnrolmentCode.router_id == router_id, *unused).values(voided_at=now)
    )


async def put_key(session: AsyncSession, router_id: UUID, key_hash: str, now: datetime) -> None:
    """The router's only key from now on."""
    values = {"key_hash": key_hash, "created_at": now, "revoked_at": None}
    statement = insert(RouterKey).values(router_id=router_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["router_id"], set_=values))


async def find_live_key(session: AsyncSession, router_id: UUID) -> str | None:
    """Hash of the key by which this router is let in, or None where it is not."""
    router = tables.Router
    statement = (
        select(RouterKey.key_hash)
        .join(router, router.id == RouterKey.router_id)
        .where(RouterKey.router_id == router_id, RouterKey.revoked_at.is_(None))
        .where(router.revoked_at.is_(None), router.deleted_at.is_(None))
    )
    return await session.scalar(statement)


async def get_key(session: AsyncSession, router_id: UUID) -> RouterKey | None:
    """The key of the router's enrolment, locked; `key_hash` may be replaced."""
    return await session.get(RouterKey, router_id, populate_existing=True, with_for_update=True)


async def revoke_key(session: AsyncSession, router_id: UUID, now: datetime) -> None:
    live = (RouterKey.router_id == router_id, RouterKey.revoked_at.is_(None))
    await session.execute(update(RouterKey).where(*live).values(revoked_at=now))
