"""The people of a host that has left: their accounts stay as rows that things point to, and tell of nobody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import accounts, erasure, sessions
from spotfi_cloud.identity.repository.accounts import StaffAccount
from spotfi_cloud.identity.service import audit
from spotfi_cloud.kernel.clock import Clock


async def accounts_of_host(session: AsyncSession, host_id: UUID) -> Sequence[StaffAccount]:
    """The accounts of the host's own people, oldest first; not those of Technicians it is given to."""
    return await erasure.accounts_of_host(session, host_id)


async def erase_account(session: AsyncSession, account_id: UUID, *, clock: Clock) -> None:
    """Take name, password, sign-ins and keys of an account away for good, and what the audit log says of its owner."""
    account = await accounts.get_account(session, account_id, lock=True)
    if account is None:
        return
    await sessions.revoke_sessions(session, clock.now(), account_id=account_id)
    await erasure.strip_account(session, account_id, account.email, clock.now())
    await audit.erase_person(session, account_id)
