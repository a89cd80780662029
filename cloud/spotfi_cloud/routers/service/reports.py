"""What routers report about commands. Late, repeated and reordered reports never take a command back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.repository import commands, enrolment
from spotfi_cloud.routers.repository.commands import Command
from spotfi_cloud.routers.rules import MAX_OUTPUT_PIECES, CommandEvent, CommandState, next_state, proves_reboot
from spotfi_cloud.storage.notify import Channel, announce
from spotfi_protocol.device_keys import is_device_key_hash
from spotfi_protocol.messages import Output, Result, ResultState

_EVENTS = {
    ResultState.ACCEPTED: CommandEvent.ACCEPTED,
    ResultState.SUCCEEDED: CommandEvent.SUCCEEDED,
    ResultState.FAILED: CommandEvent.FAILED,
    ResultState.EXPIRED: CommandEvent.REFUSED_LATE,
    ResultState.CANCELLED: CommandEvent.STOPPED,
}


def advance(command: Command, event: CommandEvent, now: datetime, result: dict[str, Any] | None = None) -> bool:
    """Let the event happen to the command. False where it changes nothing."""
    after = next_state(CommandState(command.state), event)
    if after is None:
        return False
    command.state = after.value
    if after is CommandState.ACCEPTED:
        command.accepted_at = now
    if not after.is_open:
        command.finished_at, command.result = now, result
    return True


async def note_result(session: AsyncSession, router_id: UUID, result: Result, *, clock: Clock) -> bool:
    """A router says how far it is with a command. False where it is no command of this router's."""
    command = await commands.lock_command_of(session, router_id, result.command_id)
    if command is None:
        return False
    event, detail = _EVENTS[result.state], result.detail
    if result.state is not ResultState.ACCEPTED:
        command.cancelling_since = None
    if result.state is ResultState.SUCCEEDED:
        if command.kind == "reboot" and not proves_reboot(command.boot_id, result.stamp.boot_id):
            event, detail = CommandEvent.FAILED, {**detail, "message": "It reported success without a new boot."}
        elif await _output_is_missing(session, command.id, detail):
            _keep_for_later(command, detail, clock.now())
            return True
    is_news = command.state != CommandState.SUCCEEDED and "late_report" not in (command.result or {})
    if command.kind == "rotate_key" and result.state is ResultState.SUCCEEDED and is_news:
        event, detail = await _take_key(session, command, detail)
    if advance(command, event, clock.now(), detail):
        if event is CommandEvent.ACCEPTED:
            command.boot_id = result.stamp.boot_id
    elif command.state in {CommandState.EXPIRED, CommandState.CANCELLED}:
        _note_late(command, result)
    return True


async def _take_key(
    session: AsyncSession, command: Command, detail: dict[str, Any]
) -> tuple[CommandEvent, dict[str, Any]]:
    """Let the router in by the key it has made itself from now on; it still has the old one until this one has opened.

    However late the report comes: the router has that key and waits for it. But never after a newer enrolment.
    """
    shown = {name: value for name, value in detail.items() if name != "key_hash"}
    key_hash, key = detail.get("key_hash"), await enrolment.get_key(session, command.router_id)
    if not is_device_key_hash(key_hash):
        return CommandEvent.FAILED, {**shown, "message": "The router reported no usable key."}
    if key is None or key.revoked_at is not None or key.created_at > command.created_at:
        return CommandEvent.FAILED, {**shown, "message": "The router got another key since this was asked for."}
    key.key_hash = str(key_hash)
    await announce(session, Channel.ROUTER_ACCESS, str(command.router_id))
    return CommandEvent.SUCCEEDED, shown


def _note_late(command: Command, result: Result) -> None:
    """What became of a command that was over for us. That the router stopped it as told is no news, but its silence is over."""
    known = {name: value for name, value in (command.result or {}).items() if name != "late_report"}
    if result.state is not ResultState.CANCELLED:
        known["late_report"] = {"state": result.state.value, **result.detail}
    command.result = known


def _keep_for_later(command: Command, detail: dict[str, Any], now: datetime) -> None:
    advance(command, CommandEvent.ACCEPTED, now)
    if command.reported is None and command.state == CommandState.ACCEPTED:
        command.reported, command.reported_at = detail, now


async def note_output(session: AsyncSession, router_id: UUID, output: Output, *, clock: Clock) -> bool:
    """Store a piece of output; the last missing one completes a command that reported success before.

    False where it is no command of this router's, or the piece is beyond what is kept.
    """
    command = await commands.lock_command_of(session, router_id, output.command_id)
    if command is None or output.piece >= MAX_OUTPUT_PIECES:
        return False
    await commands.add_piece(session, command.id, output.piece, output.data)
    if command.reported is not None and not await _output_is_missing(session, command.id, command.reported):
        advance(command, CommandEvent.SUCCEEDED, clock.now(), command.reported)
    return True


async def _output_is_missing(session: AsyncSession, command_id: UUID, detail: dict[str, Any]) -> bool:
    pieces, size_bytes = detail.get("pieces"), detail.get("bytes")
    if type(pieces) is not int or pieces <= 0:
        return False
    stored, stored_bytes = await commands.measure_output(session, command_id, min(pieces, MAX_OUTPUT_PIECES + 1))
    return stored < pieces or (type(size_bytes) is int and stored_bytes != size_bytes)
