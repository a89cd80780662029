"""Commands on their way: handed to ingest for publication, sent again until accepted, ended when their time is over."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.repository import commands
from spotfi_cloud.routers.repository.commands import Command
from spotfi_cloud.routers.rules import ACCEPTED_PATIENCE, OUTPUT_PATIENCE, CommandEvent
from spotfi_cloud.routers.service.reports import advance
from spotfi_protocol.messages import Cancel as WireCancel
from spotfi_protocol.messages import Command as WireCommand

_RESEND_AFTER = timedelta(seconds=10)
_SENT_GRACE = timedelta(seconds=5)
OUTPUT_KEPT = timedelta(days=7)
_PIECES_PER_DELETE = 200


@dataclass(frozen=True, slots=True)
class OutgoingCommand:
    """A command on its way to a router."""

    router_id: UUID
    command: WireCommand


@dataclass(frozen=True, slots=True)
class OutgoingCancel:
    """A command taken back, on its way to its router."""

    router_id: UUID
    cancel: WireCancel


async def take_commands(
    session: AsyncSession, router_ids: Iterable[UUID], *, again: bool, clock: Clock
) -> list[OutgoingCommand]:
    """What these routers must get now, oldest first, if they are online; the commands count as sent.

    `again` repeats what was sent and not accepted (a router that has just connected may not have it). To be published
    after the commit. Repeating is safe: a router runs a command once.
    """
    return await _send(session, await commands.lock_untaken(session, sorted(router_ids), with_sent=again), clock.now())


async def resend_commands(session: AsyncSession, *, clock: Clock) -> list[OutgoingCommand]:
    """What online routers should have accepted by now but have not: lost hints and lost publications end here."""
    unsent = await commands.lock_unsent(session, clock.now() - _RESEND_AFTER)
    return await _send(session, unsent, clock.now())


async def take_cancellations(
    session: AsyncSession, router_ids: Iterable[UUID] | None, *, clock: Clock
) -> list[OutgoingCancel]:
    """What these routers (None: all) must be told to stop or not to begin, if they are online. To be published after commit.

    Repeated until the router answers; repeating is safe.
    """
    wanted = None if router_ids is None else sorted(router_ids)
    found = await commands.find_cancelling(session, wanted, clock.now())
    return [OutgoingCancel(router_id, WireCancel(command_id)) for router_id, command_id in found]


async def _send(session: AsyncSession, waiting: Iterable[Command], now: datetime) -> list[OutgoingCommand]:
    waiting = [command for command in waiting if command.deadline_at > now]
    boots = await commands.online_boots(session, sorted({command.router_id for command in waiting}))
    sent = [command for command in waiting if command.router_id in boots]
    for command in sent:
        advance(command, CommandEvent.PUBLISHED, now)
        command.sent_at, command.boot_id = now, command.boot_id or boots[command.router_id]
    return [OutgoingCommand(command.router_id, _to_wire(command, now)) for command in sent]


def _to_wire(command: Command, now: datetime) -> WireCommand:
    return WireCommand(
        command_id=command.id,
        kind=command.kind,
        args=command.args,
        deadline_at_ms=int(command.deadline_at.timestamp() * 1000),
        expires_in_s=math.ceil((command.deadline_at - now).total_seconds()),
        limit_s=command.limit_s,
    )


async def expire_commands(session: AsyncSession, *, clock: Clock) -> int:
    """End commands whose time is over: not accepted by the deadline, or accepted and never finished. How many."""
    now = clock.now()
    late = await commands.lock_past_deadline(session, now, now - _SENT_GRACE)
    for command in late:
        advance(command, CommandEvent.DEADLINE, now, {"message": "The router did not take it before its deadline."})
    stuck = await commands.lock_stuck(session, now - ACCEPTED_PATIENCE, now - OUTPUT_PATIENCE)
    for command in stuck:
        message = "Its output never arrived whole." if command.reported else "The router never reported its end."
        advance(command, CommandEvent.FAILED, now, {**(command.reported or {}), "message": message})
    return len(late) + len(stuck)


async def forget_old_output(session: AsyncSession, *, clock: Clock) -> int:
    """Delete some output of commands that ended over a week ago; how many pieces, 0 when there is none left."""
    return await commands.delete_output_before(session, clock.now() - OUTPUT_KEPT, _PIECES_PER_DELETE)
