"""One terminal from the WebSocket's handshake to the entry of its end: who may, and whether they still may."""

import asyncio
import contextlib
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import structlog
from fastapi import FastAPI
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect

from spotfi_cloud.entrypoints.api.middleware import API_PREFIX
from spotfi_cloud.entrypoints.api.problems import problem_response
from spotfi_cloud.entrypoints.api.terminals import browser, joining
from spotfi_cloud.entrypoints.api.terminals.browser import ScreenSize
from spotfi_cloud.entrypoints.api.terminals.line import RouterLine
from spotfi_cloud.entrypoints.api.terminals.remote import RemoteTerminal
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.identity.service import audit
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import DependencyError
from spotfi_cloud.routers.private_channel import is_private
from spotfi_cloud.routers.service import terminals as service
from spotfi_cloud.storage.database import Database
from spotfi_protocol.terminal import Closed, EndReason, UpFrame

_log = structlog.get_logger(__name__)
_OPEN = Gauge("spotfi_terminals_open", "Open terminals.")

PATH = "/routers/{router_id}/terminal"
_MOST_OPEN = 100
_TICK_S = 1.0
_LOOK_EVERY_TICKS = 3
_BLIND_LOOKS = 10
"""So many times the database may be away when the login is looked at, before nobody is trusted any more."""
_DATABASE_ERRORS = (SQLAlchemyError, psycopg.Error, OSError)
_LOGIN_ENDED = "Your login has ended, or no longer permits a terminal on this router."

Refusal = tuple[int, str, str]


def add_terminals(app: FastAPI, settings: Settings, database: Database, clock: Clock) -> None:
    """Serve terminals on the app, over the broker the settings name."""
    password = None if settings.mqtt_password is None else settings.mqtt_password.get_secret_value()
    made = Terminals(database, clock, public_url=settings.public_url)
    made.line = RouterLine(settings.mqtt_url, password, settings.tls_ca_file, made.hear)
    app.add_api_websocket_route(API_PREFIX + PATH.replace("router_id", "router_id:uuid"), made.serve)


class Terminals:
    """Those of this process."""

    line: RouterLine

    def __init__(self, database: Database, clock: Clock, *, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url
        self._open: dict[tuple[UUID, UUID], RemoteTerminal] = {}

    def hear(self, router_id: UUID, frame: UpFrame) -> None:
        """A frame of a router's; of its own terminals only, and another process may have it."""
        remote = self._open.get((router_id, frame.session_id))
        if remote is not None:
            remote.hear(frame)

    async def serve(self, websocket: WebSocket) -> None:
        """One WebSocket from its handshake to its end."""
        ticket, size = browser.offered_ticket(websocket), browser.wanted_size(websocket)
        refusal = self._refusal_of(websocket, ticket, size)
        if refusal is None and ticket is not None and size is not None:
            try:
                terminal = await self._admit(websocket, ticket)
            except service.TicketError as error:
                refusal = 403, error.code, error.message
            except _DATABASE_ERRORS as error:
                _log.error("database_away", error=str(error).splitlines()[0])
                refusal = 503, "database_away", "The database is away. Try again in a moment."
            else:
                await self._serve_open(websocket, terminal, size)
                return
        if refusal is not None:
            await _deny(websocket, *refusal)

    def _refusal_of(self, websocket: WebSocket, ticket: str | None, size: ScreenSize | None) -> Refusal | None:
        client_host = None if websocket.client is None else websocket.client.host
        if not is_private(websocket.url.scheme, client_host):
            return 403, "tls_required", "Use wss:// for this; over plain ws:// it is answered on this machine only."
        if not self._is_own_origin(websocket):
            return 403, "forbidden", "A page of another origin may not open terminals."
        if ticket is None:
            sentence = f"Ask for the subprotocols `{browser.SUBPROTOCOL}` and `{browser.TICKET_PREFIX}…` with a ticket."
            return 401, "unauthenticated", sentence
        if size is None:
            return 422, "invalid", "`columns` and `rows` are whole numbers from 1 to 1000."
        if len(self._open) >= _MOST_OPEN:
            return 503, "dependency_failed", "Too many terminals are open here. Try again later."
        return None

    def _is_own_origin(self, websocket: WebSocket) -> bool:
        """Programs send no origin; a page's must be the one this is served at."""
        origin = websocket.headers.get("origin")
        own, here = urlsplit(self._public_url), urlsplit(origin or "")
        return origin is None or here.netloc in {websocket.headers.get("host"), own.netloc}

    async def _admit(self, websocket: WebSocket, ticket: str) -> service.TerminalSession:
        router_id: UUID = websocket.path_params["router_id"]
        async with self._database.unit_of_work() as session:
            await audit.begin(session)
            terminal = await service.open_terminal(session, router_id, ticket, clock=self._clock)
            await audit.record(session, _act(websocket, terminal), clock=self._clock)
        return terminal

    async def _serve_open(self, websocket: WebSocket, terminal: service.TerminalSession, size: ScreenSize) -> None:
        key = terminal.router_id, terminal.id
        remote = self._open[key] = RemoteTerminal(terminal.id, partial(self.line.send, terminal.router_id))
        _log.info("terminal_opened", terminal_id=str(terminal.id), router_id=str(terminal.router_id))
        closed = Closed(EndReason.STOPPED, "")
        try:
            with _OPEN.track_inprogress():
                async with self.line.held():
                    await websocket.accept(browser.SUBPROTOCOL)
                    closed = await self._converse(websocket, terminal, remote, size)
                    await self._record(websocket, terminal, remote, closed)
                    if not remote.is_over:
                        await joining.end(remote, closed)
        except DependencyError as error:
            closed = Closed(EndReason.FAILED, error.message)
            await _deny(websocket, 503, error.code, error.message)
        finally:
            del self._open[key]
            # Entered already unless something went wrong on the way; then this is what there is to say.
            await asyncio.shield(self._record(websocket, terminal, remote, closed))
            _log.info("terminal_closed", terminal_id=str(terminal.id), reason=closed.reason.value)

    async def _converse(
        self, websocket: WebSocket, terminal: service.TerminalSession, remote: RemoteTerminal, size: ScreenSize
    ) -> Closed:
        """Both directions until one side ends it; how it ended."""
        remote.open(size.columns, size.rows)
        typing = joining.take_input(websocket, remote)
        showing = asyncio.create_task(joining.show(websocket, remote, terminal.id))
        others = [asyncio.create_task(work) for work in (typing, self._watch(terminal, remote))]
        try:
            await asyncio.wait([showing, *others], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (showing, *others):
                task.cancel()
            ends = await asyncio.gather(showing, *others, return_exceptions=True)
        closed = next((end for end in ends if isinstance(end, Closed)), Closed(EndReason.LEFT, ""))
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect | OSError | RuntimeError):
                _log.error("terminal_failed", error=repr(end))
        if closed.reason is not EndReason.LEFT:
            with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):  # it may be gone meanwhile
                await browser.say_goodbye(websocket, closed)
        return closed

    async def _watch(self, terminal: service.TerminalSession, remote: RemoteTerminal) -> Closed:
        """Keep the far end going, until whoever opened the terminal may not have it any more."""
        blind = 0
        while True:
            for _ in range(_LOOK_EVERY_TICKS):
                await asyncio.sleep(_TICK_S)
                remote.tick()
            try:
                async with self._database.unit_of_work() as session:
                    may_go_on = await service.keep_terminal(session, terminal, clock=self._clock)
                blind = 0
            except _DATABASE_ERRORS as error:
                blind += 1
                may_go_on = blind < _BLIND_LOOKS
                _log.warning("login_not_looked_at", error=str(error).splitlines()[0])
            if not may_go_on:
                return Closed(EndReason.LOGIN_ENDED, _LOGIN_ENDED)

    async def _record(
        self, websocket: WebSocket, terminal: service.TerminalSession, remote: RemoteTerminal, closed: Closed
    ) -> None:
        ending = service.Ending(closed.reason, closed.exit_status, remote.typed_bytes, remote.shown_bytes)
        try:
            async with self._database.unit_of_work() as session:
                await audit.begin(session)
                await service.close_terminal(session, terminal.id, ending, clock=self._clock)
                await audit.record(session, _act(websocket, terminal), clock=self._clock)
        except _DATABASE_ERRORS as error:  # the worker enters the end of what nobody looks after
            _log.error("terminal_end_not_entered", terminal_id=str(terminal.id), error=str(error).splitlines()[0])


def _act(websocket: WebSocket, terminal: service.TerminalSession) -> audit.Act:
    address = "" if websocket.client is None else websocket.client.host
    return audit.Act(audit.ActorKind.PERSON, terminal.account_id, f"GET {API_PREFIX}{PATH}", address)


async def _deny(websocket: WebSocket, status: int, code: str, detail: str) -> None:
    _log.warning("terminal_denied", code=code, status=status)
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(problem_response(status, code, detail))
    else:
        await websocket.close(1008)
