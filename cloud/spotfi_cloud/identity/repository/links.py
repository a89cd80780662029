"""Links that set passwords, and e-mails to send, in the database; written by statement, as accounts are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

AccountLink = tables.AccountLink
OutgoingMail = tables.OutgoingMail


async def add_link(
    session: AsyncSession, token_hash: bytes, account_id: UUID, created_at: datetime, expires_at: datetime
) -> None:
    await session.execute(
        insert(AccountLink).values(
            token_hash=token_hash, account_id=account_id, created_at=created_at, expires_at=expires_at
        )
    )


async def take_link(session: AsyncSession, token_hash: bytes, now: datetime) -> UUID | None:
    """Use up a link: its account. None where it is unknown, used or expired. One caller wins."""
    good = update(AccountLink).where(
        AccountLink.token_hash == token_hash, AccountLink.used_at.is_(None), AccountLink.expires_at > now
    )
    return await session.scalar(good.values(used_at=now).returning(AccountLink.account_id))


async def void_links(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    unused = update(AccountLink).where(AccountLink.account_id == account_id, AccountLink.used_at.is_(None))
    await session.execute(unused.values(used_at=now))


async def made_since(session: AsyncSession, account_id: UUID, since: datetime) -> bool:
    """Whether the account was sent a link since, that is not used."""
    recent = select(AccountLink.token_hash).where(
        AccountLink.account_id == account_id, AccountLink.created_at > since, AccountLink.used_at.is_(None)
    )
    return await session.scalar(recent.limit(1)) is not None


async def delete_expired_links(session: AsyncSession, before: datetime) -> int:
    gone = delete(AccountLink).where(AccountLink.expires_at < before).returning(AccountLink.account_id)
    return len((await session.execute(gone)).all())


async def add_mail(
    session: AsyncSession,
    mail_id: UUID,
    kind: str,
    recipient: str,
    now: datetime,
    *,
    written: Mapping[str, Any] | None = None,
) -> None:
    """Note a mail; `written`: subject, text and attachment of one that needs no link."""
    values = {"kind": kind, "recipient": recipient, "created_at": now, "next_attempt_at": now, "attempts": 0}
    await session.execute(insert(OutgoingMail).values(id=mail_id, **values, **(written or {})))


async def lock_due_mail(session: AsyncSession, now: datetime) -> OutgoingMail | None:
    """The mail that has been due longest and that nobody else is sending; locked until the transaction ends."""
    due = select(OutgoingMail).where(OutgoingMail.next_attempt_at <= now).order_by(OutgoingMail.next_attempt_at)
    return await session.scalar(due.limit(1).with_for_update(skip_locked=True))


async def postpone_mail(session: AsyncSession, mail_id: UUID, attempts: int, next_attempt_at: datetime) -> None:
    mine = update(OutgoingMail).where(OutgoingMail.id == mail_id)
    await session.execute(mine.values(attempts=attempts, next_attempt_at=next_attempt_at))


async def delete_mail(session: AsyncSession, mail_id: UUID) -> None:
    await session.execute(delete(OutgoingMail).where(OutgoingMail.id == mail_id))
