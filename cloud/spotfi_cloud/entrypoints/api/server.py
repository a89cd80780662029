"""Serving one app over HTTP and HTTPS from one process: two uvicorn servers on one loop, stopped by SIGTERM or SIGINT."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Generator, Sequence
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings, SettingsError
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_POOL_SIZE = 10
_STATEMENT_TIMEOUT_S = 15
# Of the three seconds a role has to stop: what open requests and WebSockets get before they are cancelled.
_GRACE_S = 1
_BACKLOG = 1024
_THIS_MACHINE = ("127.0.0.1", "::1")
_MAX_WEBSOCKET_MESSAGE_BYTES = 1024 * 1024


class _Server(uvicorn.Server):
    """A server that leaves signals to `serve`, because there are two."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def serve(settings: Settings) -> None:
    """Serve until told to stop. SettingsError where a certificate cannot be read or a port is taken."""
    ca_pem = _read(settings.tls_ca_file, "SPOTFI_TLS_CA_FILE")
    for path, variable in ((settings.tls_cert_file, "CERT"), (settings.tls_key_file, "KEY")):
        _read(path, f"SPOTFI_TLS_{variable}_FILE")
    with contextlib.ExitStack() as sockets:
        http = sockets.enter_context(_bind(settings.http_host, settings.http_port, "SPOTFI_HTTP_PORT"))
        https = sockets.enter_context(_bind(settings.https_host, settings.https_port, "SPOTFI_HTTPS_PORT"))
        database = Database(
            settings.require_database_url(), pool_size=_POOL_SIZE, statement_timeout_s=_STATEMENT_TIMEOUT_S
        )
        try:
            app = create_app(settings, database, SystemClock(), ca_pem=ca_pem)
            _log.info("api_started", http_port=settings.http_port, https_port=settings.https_port)
            await _serve_both(app, settings, http, https)
        finally:
            await database.close()
    _log.info("api_stopped")


async def _serve_both(app: FastAPI, settings: Settings, http: socket.socket, https: socket.socket) -> None:
    # What is loaded by now stays: a collection that walks it all would hold up a request for a tenth of a second.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    servers = (
        # A TLS front on this machine, or one of those trusted, may say whom it speaks for; nobody else is believed.
        (_Server(_config(app, trusted=[*_THIS_MACHINE, *settings.trusted_networks])), http),
        (_Server(_config(app, settings=settings)), https),
    )

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in servers))


def _config(app: FastAPI, *, trusted: Sequence[str] = (), settings: Settings | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=_MAX_WEBSOCKET_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=list(trusted),
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=None if settings is None else settings.tls_cert_file,
        ssl_keyfile=None if settings is None else settings.tls_key_file,
    )


def _bind(host: str, port: int, variable: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        msg = f"{variable} ({host} port {port}) cannot be listened on: {error.strerror}."
        raise SettingsError(msg, field=variable) from error
    return listener


def _read(path: Path, variable: str) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{variable} ({path}) cannot be read; `spotfi up` makes certificates, or give the path of yours."
        raise SettingsError(msg, field=variable) from error
