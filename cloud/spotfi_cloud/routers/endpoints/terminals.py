"""Asking for a terminal over HTTP. The terminal itself is a WebSocket, which the api entrypoint serves."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.signed_in import SignedInPerson
from spotfi_cloud.routers.service import terminals
from spotfi_cloud.routers.terminal_schemas import TerminalTicket
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["terminals"], dependencies=[can(Area.TERMINALS)])


@router.post("/routers/{router_id}/terminals", status_code=201)
async def request_terminal(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID, principal: SignedInPerson
) -> TerminalTicket:
    """Ask for a terminal: a ticket, good once and for 30 seconds, with which a WebSocket opens it (docs/API.md).

    Whether it opens is for the router's own configuration to say. For people, not for programs with an API key.
    """
    made, ticket = await terminals.request_terminal(session, scope, router_id, principal, clock=request.app.state.clock)
    return TerminalTicket(id=made.id, router_id=made.router_id, ticket=ticket, expires_at=made.ticket_expires_at)
