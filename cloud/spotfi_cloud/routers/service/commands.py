"""Commands as people and other capabilities ask for them, look at them and take them back."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.catalogue import check_args
from spotfi_cloud.routers.repository import commands, inventory
from spotfi_cloud.routers.repository.commands import Command
from spotfi_cloud.routers.rules import MAX_OPEN_COMMANDS, CommandEvent, CommandState
from spotfi_cloud.routers.service.reports import advance
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_cloud.storage.pages import PageQuery, Slice


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """What a person wants a router to do, and by when it must have begun."""

    kind: str
    args: dict[str, Any]
    deadline_s: int
    limit_s: int | None = None

    def fingerprint(self) -> str:
        """The same for the same request: tells a repeated one from a reused idempotency key."""
        text = json.dumps([self.kind, self.args, self.deadline_s, self.limit_s], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


async def request_command(
    session: AsyncSession,
    scope: Scope,
    router_id: UUID,
    request: CommandRequest,
    *,
    idempotency_key: str | None,
    clock: Clock,
) -> Command:
    """Queue a command for a person; the same key and request again give the command there is.

    RejectedError names the field that does not fit; ConflictError where the router takes none or has too many.
    """
    check_args(request.kind, request.args)
    router = await inventory.lock_router(session, scope, router_id)
    if idempotency_key is not None:
        known = await commands.find_by_idempotency_key(session, router_id, idempotency_key)
        if known is not None:
            return _same_request(known, request)
    if router.revoked_at is not None or not NasKind(router.nas_kind).runs_agent:
        msg = "This router takes no commands: it is revoked, or its kind runs no agent."
        raise ConflictError(msg)
    if await commands.count_open(session, router_id) >= MAX_OPEN_COMMANDS:
        msg = f"This router has {MAX_OPEN_COMMANDS} open commands. Wait for some to end, or cancel some."
        raise ConflictError(msg)
    command = _new_command(router_id, request, clock.now())
    command.idempotency_key, command.request_hash = idempotency_key, request.fingerprint()
    await commands.add_command(session, command)
    await announce(session, Channel.COMMANDS, str(router_id))
    return command


def _same_request(known: Command, request: CommandRequest) -> Command:
    if known.request_hash != request.fingerprint():
        msg = "This Idempotency-Key was used for another command. Take a new key for a new command."
        raise ConflictError(msg, field="Idempotency-Key")
    return known


async def queue_command(
    session: AsyncSession, router_id: UUID, kind: str, args: dict[str, Any], *, deadline_s: int, clock: Clock
) -> UUID:
    """Queue a command on the cloud's own account (a kick, say); its id. The caller sees to scope and number."""
    request = CommandRequest(kind, args, deadline_s)
    check_args(kind, args)
    command = _new_command(router_id, request, clock.now())
    await commands.add_command(session, command)
    await announce(session, Channel.COMMANDS, str(router_id))
    return command.id


def _new_command(router_id: UUID, request: CommandRequest, now: datetime) -> Command:
    return Command(
        id=new_id(),
        router_id=router_id,
        kind=request.kind,
        args=request.args,
        state=CommandState.QUEUED.value,
        deadline_at=now + timedelta(seconds=request.deadline_s),
        created_at=now,
        limit_s=request.limit_s,
    )


async def get_command(session: AsyncSession, scope: Scope, command_id: UUID) -> Command:
    """One command. NotFoundError out of scope."""
    return await commands.get_command(session, scope, command_id)


async def list_commands(session: AsyncSession, scope: Scope, router_id: UUID, page: PageQuery) -> Slice[Command]:
    """A router's commands, newest first. NotFoundError out of scope."""
    await inventory.get_router(session, scope, router_id)
    return await commands.list_commands(session, router_id, page)


async def get_output_piece(session: AsyncSession, command_id: UUID, after: int) -> tuple[int, bytes] | None:
    """The next stored piece after piece number `after` (-1: the first), or None. The caller has checked the scope."""
    return await commands.get_piece(session, command_id, after)


async def cancel_command(session: AsyncSession, scope: Scope, command_id: UUID, *, clock: Clock) -> Command:
    """Take back a command. ConflictError where it is over.

    One the router has accepted stays as it is until the router has stopped it and says so (or says that it was too late);
    one that was sent counts as cancelled, and the router is told not to begin it. If that comes too late,
    `late_report` in its result says what became of it.
    """
    command = await commands.get_command(session, scope, command_id, lock=True)
    state, now = CommandState(command.state), clock.now()
    if state is CommandState.CANCELLED:
        return command
    if not state.is_open:
        msg = f"This command cannot be cancelled any more: it is {command.state}."
        raise ConflictError(msg)
    advance(command, CommandEvent.CANCELLED, now, {"message": "Cancelled."})
    if state is not CommandState.QUEUED:
        command.cancelling_since = command.cancelling_since or now
        await announce(session, Channel.COMMANDS, str(command.router_id))
    return command
