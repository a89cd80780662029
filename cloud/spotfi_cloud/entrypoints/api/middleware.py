"""What surrounds every HTTP request: the log line, the measurements, the security headers."""

import asyncio
import secrets
import time
import traceback

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotfi_cloud.entrypoints.api.metrics import RequestMetrics
from spotfi_cloud.entrypoints.api.problems import stopping_problem, unexpected_problem

_log = structlog.get_logger("spotfi_cloud.request")
API_PREFIX = "/api/v1"
_QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
_NOTHING_BUT_DATA = "default-src 'none'; frame-ancestors 'none'"
# Swagger UI sets styles from its script; everything it loads comes from here.
_DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'"
)


def route_template(scope: Scope) -> str:
    """The path of the route that took the request, with its parameters' names: `/api/v1/hosts/{host_id}`."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "unmatched"
    return API_PREFIX + path if scope["path"].startswith(API_PREFIX) and not path.startswith(API_PREFIX) else path


class RequestLog:
    """Outermost: one structured line per request, metrics, a request id, and an answer to unexpected errors.

    The line names the path without its query, and never a header or a body: tokens and passwords stay out of it.
    """

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        request_id = secrets.token_hex(8)

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_on)
            except asyncio.CancelledError:  # the process is ending and waits no longer
                if not status:
                    await stopping_problem()(scope, receive, send_on)
            except Exception as error:
                # As text: a renderer of exc_info may print the frames' variables, and with them secrets.
                _log.error("request_failed", error=repr(error), traceback="".join(traceback.format_exception(error)))
                if status:  # the response is on its way; only its end can tell the client
                    raise
                await unexpected_problem()(scope, receive, send_on)
            finally:
                self._record(scope, status, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, duration_s: float) -> None:
        route = route_template(scope)
        self._metrics.observe(scope["method"], route, status, duration_s)
        write = _log.debug if route in _QUIET_ROUTES else _log.info
        write(
            "request_answered",
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            duration_ms=round(duration_s * 1000, 1),
            client=(scope.get("client") or ("",))[0],
        )


class SecurityHeaders:
    """Headers that keep browsers from guessing, framing and caching what the API answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_docs = scope["path"].startswith("/docs")
                headers.setdefault("Content-Security-Policy", _DOCS_POLICY if is_docs else _NOTHING_BUT_DATA)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_on)
