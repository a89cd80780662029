"""Terminals in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.routers import tables

TerminalSession = tables.TerminalSession


async def add(session: AsyncSession, row: dict[str, Any]) -> TerminalSession:
    return (await session.scalars(insert(TerminalSession).values(row).returning(TerminalSession))).one()


async def take(session: AsyncSession, router_id: UUID, ticket_hash: bytes, now: datetime) -> TerminalSession | None:
    """The terminal of a ticket that is good now; from here on it is not any more."""
    unused = (TerminalSession.opened_at.is_(None), TerminalSession.closed_at.is_(None))
    statement = (
        update(TerminalSession)
        .where(TerminalSession.ticket_hash == ticket_hash, TerminalSession.router_id == router_id, *unused)
        .where(TerminalSession.ticket_expires_at > now)
        .values(opened_at=now, alive_at=now)
        .returning(TerminalSession)
    )
    return await session.scalar(statement)


async def touch(session: AsyncSession, terminal_id: UUID, now: datetime) -> None:
    await session.execute(update(TerminalSession).where(TerminalSession.id == terminal_id).values(alive_at=now))


async def close(session: AsyncSession, terminal_id: UUID, values: dict[str, Any]) -> None:
    """Enter how it ended, unless that is known."""
    unclosed = (TerminalSession.id == terminal_id, TerminalSession.closed_at.is_(None))
    await session.execute(update(TerminalSession).where(*unclosed).values(values))


async def list_abandoned(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Open terminals that nobody has looked after since then."""
    left = (TerminalSession.closed_at.is_(None), TerminalSession.alive_at < before)
    statement = select(TerminalSession.id).where(TerminalSession.opened_at.is_not(None), *left)
    return (await session.scalars(statement.with_for_update(skip_locked=True))).all()
