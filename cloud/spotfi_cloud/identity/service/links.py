"""Links that set an account's password: each good once, and for a limited time."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import links as repository
from spotfi_cloud.identity.secrets import hash_of, make_token
from spotfi_cloud.identity.service import accounts
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import GoneError


async def make_link(session: AsyncSession, account_id: UUID, life: timedelta, *, clock: Clock) -> str:
    """The token of a fresh link for the account; older ones are void."""
    now, token = clock.now(), make_token()
    await repository.void_links(session, account_id, now)
    await repository.add_link(session, hash_of(token), account_id, now, now + life)
    return token


async def redeem(session: AsyncSession, token: str, password: str, *, clock: Clock) -> None:
    """Set the password of the link's account and end its sessions. GoneError for a link that is not good (any more)."""
    account_id = await repository.take_link(session, hash_of(token), clock.now())
    if account_id is None:
        msg = "This link has been used or has expired. Ask for another one."
        raise GoneError(msg)
    await accounts.set_password(session, account_id, password, clock=clock)


async def forget_old_links(session: AsyncSession, *, clock: Clock) -> int:
    """Delete links that expired; how many."""
    return await repository.delete_expired_links(session, clock.now())
