"""Commands over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.routers import service
from spotfi_cloud.routers.schemas import CommandIn, CommandOut
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["commands"], dependencies=[can(Area.ROUTERS)])
IdempotencyKey = Annotated[
    str | None,
    Header(max_length=200, pattern=r"^[\x21-\x7e]+$", description="The same key and body again give the same command."),
]


@router.post("/routers/{router_id}/commands", status_code=202)
async def request_command(
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    router_id: UUID,
    *,
    body: CommandIn,
    idempotency_key: IdempotencyKey = None,
) -> CommandOut:
    """Order a router to do something. It runs at most once, and expires if it has not begun by its deadline."""
    wanted = service.CommandRequest(body.kind, body.args, body.deadline_s, body.limit_s)
    command = await service.request_command(
        session, scope, router_id, wanted, idempotency_key=idempotency_key, clock=request.app.state.clock
    )
    return CommandOut.model_validate(command)


@router.get("/routers/{router_id}/commands")
async def list_commands(
    session: RequestSession,
    scope: RequestScope,
    router_id: UUID,
    page: Annotated[PageQuery, sorted_by("created_at")],
) -> Page[CommandOut]:
    """A router's commands, newest first."""
    return (await service.list_commands(session, scope, router_id, page)).to_page(CommandOut.model_validate)


@router.get("/commands/{command_id}")
async def get_command(session: RequestSession, scope: RequestScope, command_id: UUID) -> CommandOut:
    """One command and how far it is."""
    return CommandOut.model_validate(await service.get_command(session, scope, command_id))


@router.post("/commands/{command_id}/cancel")
async def cancel_command(
    request: Request, session: RequestSession, scope: RequestScope, command_id: UUID
) -> CommandOut:
    """Take back a command: the router does not begin it, or stops it and says so."""
    return CommandOut.model_validate(
        await service.cancel_command(session, scope, command_id, clock=request.app.state.clock)
    )


@router.get(
    "/commands/{command_id}/output",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_output(
    request: Request, session: RequestSession, scope: RequestScope, command_id: UUID
) -> StreamingResponse:
    """What the command printed, as far as it has arrived without a gap."""
    command = await service.get_command(session, scope, command_id)
    pieces = _stream_pieces(request.app.state.database, command.id)
    return StreamingResponse(pieces, media_type="text/plain; charset=utf-8")


async def _stream_pieces(database: Database, command_id: UUID) -> AsyncIterator[bytes]:
    """Piece after piece, each in a short transaction: a slow reader must not hold the request's session."""
    last = -1
    while True:
        async with database.unit_of_work() as session:
            found = await service.get_output_piece(session, command_id, last)
        if found is None or found[0] != last + 1:
            return
        last, data = found
        yield data
