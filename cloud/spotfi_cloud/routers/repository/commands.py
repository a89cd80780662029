"""Commands and their output in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.routers import tables
from spotfi_cloud.routers.rules import OPEN_STATES, CommandState
from spotfi_cloud.storage.pages import PageQuery, Slice, Sorting, fetch_page, first_column

Command = tables.Command
CommandOutput = tables.CommandOutput
_open = Command.state.in_(sorted(OPEN_STATES))
_untaken = Command.state.in_([CommandState.QUEUED, CommandState.SENT])


async def add_command(session: AsyncSession, command: Command) -> None:
    session.add(command)
    await session.flush()


async def get_command(session: AsyncSession, scope: Scope, command_id: UUID, *, lock: bool = False) -> Command:
    """A command to a router in the scope. NotFoundError otherwise."""
    router = tables.Router
    statement = (
        select(Command)
        .join(router, router.id == Command.router_id)
        .where(Command.id == command_id, router.deleted_at.is_(None), scope.limit(router.host_id))
        .execution_options(populate_existing=True)
    )
    command = await session.scalar(statement.with_for_update(of=Command) if lock else statement)
    if command is None:
        msg = "There is no command with this id."
        raise NotFoundError(msg)
    return command


async def lock_command_of(session: AsyncSession, router_id: UUID, command_id: UUID) -> Command | None:
    """The command if it went to this router, locked."""
    statement = select(Command).where(Command.id == command_id, Command.router_id == router_id).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def find_by_idempotency_key(session: AsyncSession, router_id: UUID, key: str) -> Command | None:
    return await session.scalar(select(Command).where(Command.router_id == router_id, Command.idempotency_key == key))


async def count_open(session: AsyncSession, router_id: UUID) -> int:
    count = await session.scalar(select(func.count()).where(Command.router_id == router_id, _open))
    return count or 0


async def list_commands(session: AsyncSession, router_id: UUID, page: PageQuery) -> Slice[Command]:
    """The router's commands, newest first."""
    sorting = Sorting(Command.id, (Command.created_at,))
    return await fetch_page(
        session, select(Command).where(Command.router_id == router_id), page, sorting, make=first_column
    )


async def lock_untaken(session: AsyncSession, router_ids: list[UUID], *, with_sent: bool = True) -> Sequence[Command]:
    """What these routers have not accepted yet (or, without the sent, what was never sent), oldest first."""
    waiting = _untaken if with_sent else Command.state == CommandState.QUEUED
    statement = select(Command).where(Command.router_id.in_(router_ids), waiting).order_by(Command.id)
    return await _locked(session, statement)


async def lock_unsent(session: AsyncSession, unanswered_before: datetime) -> Sequence[Command]:
    """Commands for online routers that were never sent, or sent before the instant and not accepted since."""
    presence = tables.RouterPresence
    overdue = or_(Command.state == CommandState.QUEUED, Command.sent_at < unanswered_before)
    statement = (
        select(Command)
        .join(presence, presence.router_id == Command.router_id)
        .where(presence.online, _untaken, overdue)
        .order_by(Command.id)
        .limit(1000)
    )
    return await _locked(session, statement)


async def lock_past_deadline(session: AsyncSession, now: datetime, sent_before: datetime) -> Sequence[Command]:
    """Commands nobody accepted in time; one on its way to the router has until `sent_before`."""
    queued_late = (Command.state == CommandState.QUEUED) & (Command.deadline_at <= now)
    sent_late = (Command.state == CommandState.SENT) & (Command.deadline_at <= sent_before)
    return await _locked(session, select(Command).where(_untaken, queued_late | sent_late).limit(1000))


async def lock_stuck(session: AsyncSession, accepted_before: datetime, reported_before: datetime) -> Sequence[Command]:
    """Accepted commands whose end, or whose missing output, is long overdue."""
    overdue = or_(Command.deadline_at <= accepted_before, Command.reported_at <= reported_before)
    statement = select(Command).where(Command.state == CommandState.ACCEPTED, overdue).limit(1000)
    return await _locked(session, statement)


async def find_cancelling(
    session: AsyncSession, router_ids: list[UUID] | None, now: datetime
) -> list[tuple[UUID, UUID]]:
    """Router and command of what was taken back from online routers that have not answered to it yet.

    One the router never accepted is of no interest after its deadline: it will not begin any more.
    """
    presence = tables.RouterPresence
    matters = (Command.state == CommandState.ACCEPTED) | (Command.deadline_at > now)
    statement = (
        select(Command.router_id, Command.id)
        .join(presence, presence.router_id == Command.router_id)
        .where(Command.cancelling_since.is_not(None), presence.online, matters)
        .limit(1000)
    )
    if router_ids is not None:
        statement = statement.where(Command.router_id.in_(router_ids))
    return list(await session.execute(statement))


async def _locked(session: AsyncSession, statement: Any) -> Sequence[Command]:
    locked = statement.with_for_update(of=Command, skip_locked=True).execution_options(populate_existing=True)
    return list(await session.scalars(locked))


async def online_boots(session: AsyncSession, router_ids: list[UUID]) -> dict[UUID, UUID | None]:
    """Of these, the routers that are online, with the boot they are in."""
    presence = tables.RouterPresence
    statement = select(presence.router_id, presence.boot_id).where(presence.router_id.in_(router_ids), presence.online)
    return dict((await session.execute(statement)).all())


async def add_piece(session: AsyncSession, command_id: UUID, piece: int, data: bytes) -> None:
    """Store a piece; one that is there already stays as it is."""
    statement = insert(CommandOutput).values(command_id=command_id, piece=piece, data=data)
    await session.execute(statement.on_conflict_do_nothing())


async def measure_output(session: AsyncSession, command_id: UUID, pieces: int) -> tuple[int, int]:
    """How many of the first `pieces` are stored, and their bytes."""
    size = func.coalesce(func.sum(func.length(CommandOutput.data)), 0)
    statement = select(func.count(), size).where(CommandOutput.command_id == command_id, CommandOutput.piece < pieces)
    count, size_bytes = (await session.execute(statement)).one()
    return count, int(size_bytes)


async def get_piece(session: AsyncSession, command_id: UUID, after: int) -> tuple[int, bytes] | None:
    """Number and data of the next stored piece after that number."""
    statement = (
        select(CommandOutput.piece, CommandOutput.data)
        .where(CommandOutput.command_id == command_id, CommandOutput.piece > after)
        .order_by(CommandOutput.piece)
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def delete_output_before(session: AsyncSession, finished_before: datetime, most: int) -> int:
    """Forget up to `most` pieces of commands that ended before the instant; how many went."""
    old = (
        select(CommandOutput.command_id, CommandOutput.piece)
        .join(Command, Command.id == CommandOutput.command_id)
        .where(Command.finished_at < finished_before)
        .limit(most)
        .subquery()
    )
    matches = (CommandOutput.command_id == old.c.command_id) & (CommandOutput.piece == old.c.piece)
    gone = await session.execute(delete(CommandOutput).where(matches).returning(CommandOutput.piece))
    return len(gone.all())
