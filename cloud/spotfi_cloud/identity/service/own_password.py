"""One's own password, changed by who knows the old one."""

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.passwords import hash_password, password_fits
from spotfi_cloud.identity.repository import accounts as repository
from spotfi_cloud.identity.repository import links, sessions
from spotfi_cloud.identity.rules import Principal
from spotfi_cloud.identity.service.accounts import get_account
from spotfi_cloud.identity.service.brake import Brake
from spotfi_cloud.identity.service.sessions import Client
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import RejectedError


class WrongPasswordError(RejectedError):
    """The old password is wrong. The failure has been counted as one of signing in."""

    code = "old_password_wrong"
    keeps_work = True


async def change_own_password(
    session: AsyncSession, principal: Principal, old: str, new: str, client: Client, *, clock: Clock
) -> None:
    """Set one's own password; every other session ends, and links that would set it are void.

    WrongPasswordError; RejectedError where the new one is the old one; TooManySignInsError where this client failed here
    or at signing in too often.
    """
    account = await get_account(session, principal.account_id)
    brake = Brake(account.email, client.address)
    await brake.check(session, clock=clock)
    if not await password_fits(old, account.password_hash):
        await brake.note_failure(session, clock=clock)
        msg = "This is not your password. If you have forgotten it, have a link sent to you."
        raise WrongPasswordError(msg, field="old_password")
    if new == old:
        msg = "The new password is the old one. Choose another."
        raise RejectedError(msg, field="new_password")
    await brake.note_success(session)
    await repository.set_password_hash(session, account.id, await hash_password(new))
    await links.void_links(session, account.id, clock.now())
    await sessions.revoke_sessions(session, clock.now(), account_id=account.id, but=principal.session_id)
