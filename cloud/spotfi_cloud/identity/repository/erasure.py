"""The erasure of staff accounts in the database; by statement, as accounts are written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables

StaffAccount = tables.StaffAccount
_OWNED = (tables.SecondFactor, tables.RecoveryCode, tables.ApiKey, tables.AccountLink)


async def accounts_of_host(session: AsyncSession, host_id: UUID) -> Sequence[StaffAccount]:
    """Oldest first."""
    of_host = select(StaffAccount).where(StaffAccount.host_id == host_id).order_by(StaffAccount.id)
    return (await session.scalars(of_host.execution_options(populate_existing=True))).all()


async def strip_account(session: AsyncSession, account_id: UUID, email: str, now: datetime) -> None:
    """Leave nothing of the account but its id, role and host; it is disabled."""
    for table in _OWNED:
        await session.execute(delete(table).where(table.account_id == account_id))
    await session.execute(delete(tables.OutgoingMail).where(tables.OutgoingMail.recipient == email))
    mine = update(tables.StaffSession).where(tables.StaffSession.account_id == account_id)
    await session.execute(mine.values(address="", user_agent=""))
    gone = {
        "email": f"erased-{account_id}@invalid",
        "password_hash": None,
        "disabled_at": func.coalesce(StaffAccount.disabled_at, now),
    }
    await session.execute(update(StaffAccount).where(StaffAccount.id == account_id).values(gone))
