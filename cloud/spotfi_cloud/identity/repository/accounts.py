"""Staff accounts in the database.

Written by statement, never by flush: a flush wants the hosts table, which lies above, to be loaded as well.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, delete, false, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import tables
from spotfi_cloud.identity.rules import Role
from spotfi_cloud.kernel.errors import ConflictError, RejectedError, SpotFiError
from spotfi_cloud.storage.conflicts import violations_as
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

StaffAccount = tables.StaffAccount
StaffHost = tables.StaffHost
StaffSession = tables.StaffSession


async def get_account(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> StaffAccount | None:
    """The account as it is in the database now."""
    return await session.get(StaffAccount, account_id, populate_existing=True, with_for_update=lock or None)


class SignedInAccount(NamedTuple):
    """What a request has to know of the account it comes from."""

    id: UUID
    role: str
    host_id: UUID | None
    given_host_ids: list[UUID]
    disabled_at: datetime | None
    session_ended: bool


def _signed_in(*, by_session: bool) -> Select[*tuple[Any, ...]]:
    account = StaffAccount
    named = StaffSession.id == bindparam("session_id", type_=Uuid())
    lasting = and_(named, StaffSession.account_id == account.id)
    ended = or_(StaffSession.id.is_(None), StaffSession.revoked_at.is_not(None)) if by_session else false()
    columns = (account.id, account.role, account.host_id, account.given_host_ids, account.disabled_at, ended)
    statement = select(*columns).select_from(account).where(account.id == bindparam("account_id", type_=Uuid()))
    return statement.outerjoin(StaffSession, lasting) if by_session else statement


_SIGNED_IN = {by_session: _signed_in(by_session=by_session) for by_session in (False, True)}
"""Put together once: that takes longer than the statement itself, and requests ask it all the time."""


async def find_signed_in(session: AsyncSession, account_id: UUID, session_id: UUID | None) -> SignedInAccount | None:
    """The account, and whether the session has ended; one statement of few columns."""
    asked = {"account_id": account_id} if session_id is None else {"account_id": account_id, "session_id": session_id}
    row = (await session.execute(_SIGNED_IN[session_id is not None], asked)).one_or_none()
    return None if row is None else SignedInAccount(*row)


async def find_by_email(session: AsyncSession, email: str) -> StaffAccount | None:
    return await session.scalar(select(StaffAccount).where(StaffAccount.email == email))


async def active_admin_exists(session: AsyncSession) -> bool:
    active = select(StaffAccount.id).where(StaffAccount.role == Role.ADMIN, StaffAccount.disabled_at.is_(None))
    return await session.scalar(active.limit(1)) is not None


async def list_accounts(
    session: AsyncSession, page: PageQuery, *, role: Role | None, host_id: UUID | None
) -> Slice[StaffAccount]:
    statement = select(StaffAccount)
    if role is not None:
        statement = statement.where(StaffAccount.role == role)
    if host_id is not None:
        given = select(StaffHost.account_id).where(StaffHost.host_id == host_id)
        statement = statement.where(or_(StaffAccount.host_id == host_id, StaffAccount.id.in_(given)))
    sorting = Sorting(StaffAccount.id, (StaffAccount.created_at, StaffAccount.email))
    return await fetch_page(session, statement, page, sorting, make=first_column)


async def add_account(
    session: AsyncSession,
    account_id: UUID,
    *,
    email: str,
    password_hash: str | None,
    role: Role,
    host_id: UUID | None,
    created_at: datetime,
) -> None:
    """Insert. ConflictError where the e-mail is taken, RejectedError where there is no such host."""
    errors: dict[str, SpotFiError] = {
        "uq_staff_accounts_email": ConflictError("There is an account with this e-mail already.", field="email"),
        "fk_staff_accounts_host_id_hosts": RejectedError("There is no host with this id.", field="host_id"),
    }
    async with violations_as(errors):
        await session.execute(
            insert(StaffAccount).values(
                id=account_id,
                email=email,
                password_hash=password_hash,
                role=role,
                host_id=host_id,
                created_at=created_at,
            )
        )


async def give_hosts(session: AsyncSession, account_id: UUID, host_ids: Collection[UUID]) -> None:
    """Let the account look after exactly these hosts. RejectedError where one does not exist."""
    await session.execute(delete(StaffHost).where(StaffHost.account_id == account_id))
    if host_ids:
        no_host = RejectedError("There is no host with one of these ids.", field="host_ids")
        async with violations_as({"fk_staff_hosts_host_id_hosts": no_host}):
            rows = [{"account_id": account_id, "host_id": host_id} for host_id in sorted(set(host_ids))]
            await session.execute(insert(StaffHost), rows)


async def set_password_hash(session: AsyncSession, account_id: UUID, password_hash: str) -> None:
    await session.execute(update(StaffAccount).where(StaffAccount.id == account_id).values(password_hash=password_hash))


async def set_disabled_at(session: AsyncSession, account_id: UUID, disabled_at: datetime | None) -> None:
    await session.execute(update(StaffAccount).where(StaffAccount.id == account_id).values(disabled_at=disabled_at))
