"""Admin accounts from the command line. Passwords come from a prompt or standard input, never from the arguments."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity import service
from spotfi_cloud.identity.rules import Role
from spotfi_cloud.identity.service import audit
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.storage.database import Database


def create_admin(database_url: str, email: str) -> None:
    """Make an Admin. RejectedError, ConflictError say what does not fit."""
    password = _read_password(email)

    async def create(session: AsyncSession) -> None:
        await service.create_account(session, email, password, Role.ADMIN, None, clock=SystemClock())

    asyncio.run(_in_one_unit(database_url, "admin create", create))
    sys.stdout.write(f"{email} may sign in as Admin.\n")


def ensure_admin(database_url: str, email: str, password: str) -> None:
    """Make the Admin with the password from the settings, unless the e-mail has an account already."""

    async def ensure(session: AsyncSession) -> None:
        if await service.ensure_admin(session, email, password, clock=SystemClock()) is not None:
            sys.stdout.write(f"{email} may sign in as Admin.\n")

    asyncio.run(_in_one_unit(database_url, "db upgrade", ensure))


def reset_password(database_url: str, email: str) -> None:
    """Set the account's password. NotFoundError where there is no such account."""
    password = _read_password(email)

    async def reset(session: AsyncSession) -> None:
        await service.reset_password(session, email, password, clock=SystemClock())

    asyncio.run(_in_one_unit(database_url, "admin password", reset))
    sys.stdout.write(f"{email} has a new password.\n")


async def _in_one_unit(database_url: str, command: str, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    database = Database(database_url, pool_size=1)
    try:
        async with database.unit_of_work() as session:
            await audit.begin(session)
            await work(session)
            act = audit.Act(audit.ActorKind.COMMAND_LINE, None, f"spotfi {command}", "")
            await audit.record(session, act, clock=SystemClock())
    finally:
        await database.close()


def _read_password(email: str) -> str:
    """Twice from a person, one line from a program."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"New password for {email}: ")
    if getpass.getpass("Once more: ") != password:
        msg = "The two passwords differ; nothing was changed."
        raise RejectedError(msg)
    return password
