"""No request waits for ever: one whose answer has not begun in time gets a 503, whatever it waits for.

What it waited for is cancelled and left behind in a task of its own, because giving up on a database that hangs hangs as well.
"""

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotfi_cloud.entrypoints.api.problems import problem_response

LIMIT_S = 20.0
_LONGER_S = {"/api/v1/subscribers/import": 120.0}
"""Of what takes a whole file, on a small and busy machine."""
_TOO_LATE = "The answer took too long. Try again in a moment."
_log = structlog.get_logger(__name__)


class Deadline:
    """Bounds the time until an answer begins; how long it then takes is the client's affair (files, event streams)."""

    def __init__(self, app: ASGIApp, limit_s: float = LIMIT_S) -> None:
        self._app, self._limit_s = app, limit_s
        self._left_behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_s = max(self._limit_s, _LONGER_S.get(scope["path"], 0.0))
        begun = asyncio.Event()
        too_late = False

        async def send_on(message: Message) -> None:
            if too_late:  # its connection speaks of something else by now
                raise asyncio.CancelledError
            begun.set()
            await send(message)

        work: asyncio.Task[None] = asyncio.ensure_future(self._app(scope, receive, send_on))
        beginning = asyncio.ensure_future(begun.wait())
        try:
            await asyncio.wait({work, beginning}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
            too_late = not (begun.is_set() or work.done())
            if not too_late:
                await work
        finally:
            beginning.cancel()
            self._leave(work)
        if too_late:
            _log.error("request_timed_out", path=scope["path"], limit_s=limit_s)
            await problem_response(503, "timed_out", _TOO_LATE)(scope, receive, send)

    def _leave(self, work: "asyncio.Task[None]") -> None:
        """Cancel what is not done, and keep it until it has noticed."""
        if not work.done():
            work.cancel()
            self._left_behind.add(work)
            work.add_done_callback(self._forget)

    def _forget(self, work: "asyncio.Task[None]") -> None:
        self._left_behind.discard(work)
        if not work.cancelled() and (error := work.exception()) is not None:
            _log.warning("request_ended_late", error=repr(error))
