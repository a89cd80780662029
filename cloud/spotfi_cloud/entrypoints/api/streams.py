"""Server-sent events: the fleet, one router live, one command's output. Each resumes where `Last-Event-ID` says.

A stream ends by itself after ten minutes, so that a login that is no longer valid ends with it; clients come back with their
`Last-Event-ID`. A client that takes nothing for half a minute is dropped.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from starlette.types import Message, Send

from spotfi_cloud.alerts.endpoints.alerts import visible_kinds
from spotfi_cloud.entrypoints.api.event_hub import EventHub, Wanted
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area, Right
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.routers import service as routers
from spotfi_cloud.routers.rules import OPEN_STATES
from spotfi_cloud.routers.schemas import RouterOut
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.events import Event, Place
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["events"], dependencies=[can(Area.ROUTERS)])
HEARTBEAT_S = 15.0
MAX_LIFE_S = 600.0
SEND_TIMEOUT_S = 30.0
_LOOK_S = 1.0
_HEARTBEAT = b": still here\n\n"
# A front such as nginx must pass events on as they come.
_NO_BUFFERING = {"X-Accel-Buffering": "no"}
_RETRY = b"retry: 2000\n\n"
_STREAM = {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent events."}
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=100, description="`id` of the last event that was received.")
]


class EventStream(StreamingResponse):
    """A stream of events; given up when its client takes nothing for SEND_TIMEOUT_S."""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError as error:
            msg = "the client of an event stream takes nothing"
            raise OSError(msg) from error


def _hub(request: Request) -> EventHub:
    state = request.app.state
    if not hasattr(state, "event_hub"):
        state.event_hub = EventHub(state.database)
    hub: EventHub = state.event_hub
    return hub


_OF_GUESTS = ("enforcement.", "quota.")


@router.get("/events", response_class=EventStream, responses={200: _STREAM})
async def stream_events(
    request: Request, scope: RequestScope, principal: SignedIn, last_event_id: LastEventId = None
) -> EventStream:
    """What happens: `router.online`, `router.offline`, `command.<state>`, `enforcement.<state>`, `alert.raised`,
    `alert.acknowledged`, `alert.cleared`, `quota.threshold`.

    `data` is `{at, kind, host_id, router_id, subject_id, data}`. Events are kept for a day.
    """
    sees_guests = principal.may(Area.GUESTS, Right.READ)
    alerts = visible_kinds(principal) if principal.may(Area.ALERTS, Right.READ) else frozenset()

    def wanted(event: Event) -> bool:
        if not scope.covers(event.host_id):
            return False
        if event.kind.startswith("alert."):
            return event.data["kind"] in alerts
        return sees_guests or not event.kind.startswith(_OF_GUESTS)

    try:
        after = None if last_event_id is None else Place.parse(last_event_id)
    except ValueError as error:
        msg = "Last-Event-ID is the id of an event of this stream."
        raise RejectedError(msg, field="Last-Event-ID") from error
    hub = _hub(request)
    return EventStream(_fleet(hub, wanted, after), headers=_NO_BUFFERING)


async def _fleet(hub: EventHub, wanted: Wanted, after: Place | None) -> AsyncIterator[bytes]:
    listener = await hub.join(wanted)
    try:
        yield _RETRY
        if after is not None:
            async for formatted in hub.read_until(after, listener):
                yield formatted
        yield f"id: {listener.start}\n\n".encode()
        ends_at = _now() + MAX_LIFE_S
        while not listener.dropped and _now() < ends_at:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    formatted = await listener.queue.get()
            except TimeoutError:
                formatted = _HEARTBEAT
            yield formatted
    finally:
        hub.leave(listener)


@router.get("/routers/{router_id}/live/stream", response_class=EventStream, responses={200: _STREAM})
async def stream_router(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID, last_event_id: LastEventId = None
) -> EventStream:
    """One router as it changes: an event `router` with what `GET /routers/{router_id}` answers, whenever that is new."""
    await routers.get_router(session, scope, router_id)
    return EventStream(_router(request.app.state.database, scope, router_id, last_event_id), headers=_NO_BUFFERING)


async def _router(database: Database, scope: Scope, router_id: UUID, last_id: str | None) -> AsyncIterator[bytes]:
    yield _RETRY
    quiet_since, ends_at = _now(), _now() + MAX_LIFE_S
    while _now() < ends_at:
        async with database.unit_of_work() as session:
            try:
                shown = RouterOut.of(await routers.get_router(session, scope, router_id))
            except NotFoundError:
                return
        sampled_at = "never" if shown.latest_sample is None else shown.latest_sample.taken_at.isoformat()
        event_id = f"{sampled_at}/{shown.online}/{shown.online_changed_at}".replace(" ", "T")
        if event_id != last_id:
            last_id, quiet_since = event_id, _now()
            yield format_sse_event(event="router", id=event_id, data_str=shown.model_dump_json())
        elif _now() - quiet_since > HEARTBEAT_S:
            quiet_since = _now()
            yield _HEARTBEAT
        await asyncio.sleep(_LOOK_S)


@router.get("/commands/{command_id}/output/stream", response_class=EventStream, responses={200: _STREAM})
async def stream_output(
    request: Request, session: RequestSession, scope: RequestScope, command_id: UUID, last_event_id: LastEventId = None
) -> EventStream:
    """What a command prints, piece by piece: events `output` (text), and at its end one `end` with its state."""
    await routers.get_command(session, scope, command_id)
    try:
        last = -1 if last_event_id is None else min(int(last_event_id[:18]), 2**31)
    except ValueError as error:
        msg = "Last-Event-ID is the number of a piece."
        raise RejectedError(msg, field="Last-Event-ID") from error
    return EventStream(_output(request.app.state.database, scope, command_id, last), headers=_NO_BUFFERING)


async def _output(database: Database, scope: Scope, command_id: UUID, last: int) -> AsyncIterator[bytes]:
    yield _RETRY
    quiet_since, ends_at = _now(), _now() + MAX_LIFE_S
    while _now() < ends_at:
        async with database.unit_of_work() as session:
            try:
                command = await routers.get_command(session, scope, command_id)
            except NotFoundError:
                return
            found = await routers.get_output_piece(session, command_id, last)
        if found is not None and found[0] == last + 1:
            last, quiet_since = found[0], _now()
            text = found[1].decode(errors="replace")
            yield format_sse_event(event="output", id=str(last), data_str=text)
            continue
        if command.state not in OPEN_STATES:
            yield format_sse_event(event="end", data_str=command.state)
            return
        if _now() - quiet_since > HEARTBEAT_S:
            quiet_since = _now()
            yield _HEARTBEAT
        await asyncio.sleep(_LOOK_S)


def _now() -> float:
    return asyncio.get_running_loop().time()
