"""Terminals on routers: asked for with a login, opened with a one-time ticket, and entered with their end."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.rules import Area, Principal, Right
from spotfi_cloud.identity.secrets import hash_of, make_token
from spotfi_cloud.identity.service import find_principal
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.routers.repository import inventory, terminals
from spotfi_cloud.routers.repository.terminals import TerminalSession
from spotfi_protocol.terminal import EndReason

__all__ = [
    "Ending",
    "RouterOfflineError",
    "TerminalSession",
    "TicketError",
    "close_abandoned_terminals",
    "close_terminal",
    "keep_terminal",
    "may_go_on",
    "open_terminal",
    "request_terminal",
]

TICKET_LIFE = timedelta(seconds=30)
ABANDONED_AFTER = timedelta(minutes=1)
"""An open terminal whose process has not looked after it for so long went down with it."""


class RouterOfflineError(ConflictError):
    """A terminal on a router that is not there. That it was asked for is in the audit log."""

    code = "router_offline"
    keeps_work = True


class TicketError(ForbiddenError):
    """The ticket is unknown, used, expired or another router's; or whoever got it may not have a terminal any more."""

    code = "terminal_ticket_void"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a terminal ended: why, the shell's exit status where it ended by itself, and what went each way."""

    reason: EndReason
    exit_status: int | None = None
    typed_bytes: int = 0
    shown_bytes: int = 0


async def request_terminal(
    session: AsyncSession, scope: Scope, router_id: UUID, principal: Principal, *, clock: Clock
) -> tuple[TerminalSession, str]:
    """A terminal that may be opened within TICKET_LIFE, and its ticket, never shown again.

    NotFoundError out of scope; RouterOfflineError where the router is not connected.
    """
    _, presence = await inventory.get_router(session, scope, router_id)
    ticket, now = make_token(), clock.now()
    is_there = presence is not None and presence.online
    made = await terminals.add(
        session,
        {
            "id": new_id(),
            "router_id": router_id,
            "account_id": principal.account_id,
            "login_id": principal.session_id,
            "ticket_hash": hash_of(ticket),
            "ticket_expires_at": now + TICKET_LIFE,
            "requested_at": now,
            "closed_at": None if is_there else now,
            "end_reason": None if is_there else EndReason.LINK_LOST.value,
            "typed_bytes": 0,
            "shown_bytes": 0,
        },
    )
    if not is_there:
        msg = "This router is not connected now, and a terminal cannot wait for it. Try again when it is online."
        raise RouterOfflineError(msg)
    return made, ticket


async def open_terminal(session: AsyncSession, router_id: UUID, ticket: str, *, clock: Clock) -> TerminalSession:
    """The terminal of a ticket, which is used up by this. TicketError where it is not good (any more)."""
    found = await terminals.take(session, router_id, hash_of(ticket), clock.now())
    if found is None or not await may_go_on(session, found):
        msg = "This ticket is unknown, used, expired or for another router. Ask for a new one."
        raise TicketError(msg)
    return found


async def may_go_on(session: AsyncSession, terminal: TerminalSession) -> bool:
    """Whether whoever opened it may still have it: the login, the role, the host's router, and the router's admission."""
    try:
        principal = await find_principal(session, terminal.account_id, terminal.login_id)
        router, _ = await inventory.get_router(session, Scope(principal.host_ids), terminal.router_id)
    except (UnauthenticatedError, NotFoundError):
        return False
    return principal.may(Area.TERMINALS, Right.WRITE) and router.revoked_at is None


async def keep_terminal(session: AsyncSession, terminal: TerminalSession, *, clock: Clock) -> bool:
    """Note that its process looks after it; whether it may go on (`may_go_on`)."""
    await terminals.touch(session, terminal.id, clock.now())
    return await may_go_on(session, terminal)


async def close_terminal(session: AsyncSession, terminal_id: UUID, ending: Ending, *, clock: Clock) -> None:
    """Enter how it ended. One whose end is known stays as it is."""
    values = {
        "closed_at": clock.now(),
        "end_reason": ending.reason.value,
        "exit_status": ending.exit_status,
        "typed_bytes": ending.typed_bytes,
        "shown_bytes": ending.shown_bytes,
    }
    await terminals.close(session, terminal_id, values)


async def close_abandoned_terminals(session: AsyncSession, *, clock: Clock) -> int:
    """Enter the end of terminals whose process ended without doing so; how many. What went each way is not known then."""
    left = await terminals.list_abandoned(session, clock.now() - ABANDONED_AFTER)
    for terminal_id in left:
        await close_terminal(session, terminal_id, Ending(EndReason.STOPPED), clock=clock)
    return len(left)
