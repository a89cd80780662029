"""Staff accounts: signing in, and what an Admin does to accounts."""

import secrets
from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.passwords import hash_password, password_fits
from spotfi_cloud.identity.repository import accounts as repository
from spotfi_cloud.identity.repository import sessions
from spotfi_cloud.identity.repository.accounts import SignedInAccount, StaffAccount
from spotfi_cloud.identity.rules import ROLES_OF_HOSTS, Principal, Role, normal_email
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, NotFoundError, RejectedError, UnauthenticatedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.pages import PageQuery, Slice

_GENERATED_PASSWORD_BYTES = 15


async def sign_in(session: AsyncSession, email: str, password: str) -> Principal:
    """Who has this e-mail and password. UnauthenticatedError otherwise, after the same time for known and unknown."""
    account = None if "\0" in email else await repository.find_by_email(session, normal_email(email))
    fits = await password_fits(password, None if account is None else account.password_hash)
    if account is None or not fits or account.disabled_at is not None:
        msg = "E-mail or password is wrong, or the account is disabled."
        raise UnauthenticatedError(msg)
    return _principal(account)


async def find_principal(session: AsyncSession, account_id: UUID, session_id: UUID | None = None) -> Principal:
    """Who an access token stands for. UnauthenticatedError where the account is disabled or the session has ended."""
    found = await repository.find_signed_in(session, account_id, session_id)
    if found is None or found.disabled_at is not None:
        msg = "This account is disabled. Ask an Admin."
        raise UnauthenticatedError(msg)
    if found.session_ended:
        msg = "This session has been ended. Sign in again."
        raise UnauthenticatedError(msg)
    return _principal(found, session_id)


def _principal(account: StaffAccount | SignedInAccount, session_id: UUID | None = None) -> Principal:
    role = Role(account.role)
    given = account.given_host_ids if account.host_id is None else (account.host_id,)
    return Principal(account.id, role, frozenset(given) if role in ROLES_OF_HOSTS else None, session_id)


async def list_accounts(
    session: AsyncSession, page: PageQuery, *, role: Role | None = None, host_id: UUID | None = None
) -> Slice[StaffAccount]:
    """Staff accounts, newest first; those of a role, or of a host and the Technicians it is given to."""
    return await repository.list_accounts(session, page, role=role, host_id=host_id)


async def get_account(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> StaffAccount:
    """One staff account. NotFoundError where there is none."""
    account = await repository.get_account(session, account_id, lock=lock)
    if account is None:
        msg = "There is no staff account with this id."
        raise NotFoundError(msg)
    return account


async def create_account(
    session: AsyncSession,
    email: str,
    password: str | None,
    role: Role,
    host_id: UUID | None,
    *,
    clock: Clock,
    host_ids: Collection[UUID] = (),
) -> StaffAccount:
    """A new account: a Host of one host, a Technician of `host_ids`, others of none. Errors name the field.

    Without password nobody signs in to it until a link has set one.
    """
    if (role is Role.HOST) != (host_id is not None):
        msg = "A Host needs the id of its host; nobody else has one."
        raise RejectedError(msg, field="host_id")
    _check_given_hosts(role, host_ids)
    account_id = new_id()
    await repository.add_account(
        session,
        account_id,
        email=normal_email(email),
        password_hash=None if password is None else await hash_password(password),
        role=role,
        host_id=host_id,
        created_at=clock.now(),
    )
    await repository.give_hosts(session, account_id, host_ids)
    return await get_account(session, account_id)


async def give_hosts(session: AsyncSession, account_id: UUID, host_ids: Collection[UUID]) -> StaffAccount:
    """Let a Technician look after exactly these hosts, at once. RejectedError for other roles and unknown hosts."""
    account = await get_account(session, account_id)
    _check_given_hosts(Role(account.role), host_ids)
    await repository.give_hosts(session, account_id, host_ids)
    return await get_account(session, account_id)


def _check_given_hosts(role: Role, host_ids: Collection[UUID]) -> None:
    if host_ids and role is not Role.TECHNICIAN:
        msg = "Hosts are given to Technicians only."
        raise RejectedError(msg, field="host_ids")


async def set_password(session: AsyncSession, account_id: UUID, password: str, *, clock: Clock) -> StaffAccount:
    """Give the account a new password; its sessions end. NotFoundError where there is none."""
    account = await get_account(session, account_id)
    await repository.set_password_hash(session, account.id, await hash_password(password))
    await sessions.revoke_sessions(session, clock.now(), account_id=account.id)
    return account


async def set_disabled(
    session: AsyncSession, account_id: UUID, disabled: bool, *, by: Principal, clock: Clock
) -> StaffAccount:
    """Disable an account, at once for tokens already issued too, or enable it again. Nobody disables themselves."""
    account = await get_account(session, account_id)
    if disabled and account.id == by.account_id:
        msg = "You cannot disable the account you are signed in with."
        raise ConflictError(msg, field="disabled")
    if disabled != (account.disabled_at is not None):
        await repository.set_disabled_at(session, account.id, clock.now() if disabled else None)
    return account


async def ensure_admin(session: AsyncSession, email: str, password: str | None, *, clock: Clock) -> str | None:
    """See to it that someone can sign in as Admin.

    With a password: an Admin with this e-mail is made unless the e-mail has an account. Without: one is made with a
    made-up password only where no enabled Admin exists. Returns the password of the account it made, else None.
    """
    if await repository.find_by_email(session, normal_email(email)) is not None:
        return None
    if password is None and await repository.active_admin_exists(session):
        return None
    chosen = password if password is not None else secrets.token_urlsafe(_GENERATED_PASSWORD_BYTES)
    await create_account(session, email, chosen, Role.ADMIN, None, clock=clock)
    return chosen


async def reset_password(session: AsyncSession, email: str, password: str, *, clock: Clock) -> StaffAccount:
    """Set a password by e-mail and enable the account, for whoever has the machine. NotFoundError where there is none."""
    account = await repository.find_by_email(session, normal_email(email))
    if account is None:
        msg = f"There is no staff account '{email}'."
        raise NotFoundError(msg)
    await repository.set_disabled_at(session, account.id, None)
    return await set_password(session, account.id, password, clock=clock)
