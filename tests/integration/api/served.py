"""The production app served over real HTTP on loopback, in a thread of its own."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, SECRET_KEY


class _Server(uvicorn.Server):
    """A server that leaves signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Served:
    """An app at `url`; `app` is for what a test must know about it."""

    def __init__(self, url: str, app: FastAPI) -> None:
        self.url, self.app = url, app

    def sign_in(self, email: str = ADMIN_EMAIL) -> httpx.Client:
        """A client that is signed in, with PASSWORD."""
        form = {"username": email, "password": PASSWORD}
        answer = httpx.post(f"{self.url}/api/v1/auth/token", data=form, timeout=30).raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)


@contextlib.contextmanager
def serving_app(database_url: str, folder: Path) -> Iterator[Served]:
    """The app on the migrated database while the block runs, with an Admin in it."""
    settings = Settings(data_dir=folder, secret_key=SecretStr(SECRET_KEY))
    ensure_certificates(settings, SystemClock())
    listener = socket.create_server(("127.0.0.1", 0))
    started: list[tuple[_Server, FastAPI]] = []

    async def run() -> None:
        database = Database(database_url)
        async with database.unit_of_work() as session:
            await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=SystemClock())
        app = create_app(settings, database, SystemClock(), ca_pem=settings.tls_ca_file.read_text())
        config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        started.append((_Server(config), app))
        await started[0][0].serve(sockets=[listener])
        await database.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not (started and started[0][0].started):
        assert thread.is_alive(), "the app does not start"
        assert time.monotonic() < end, "the app does not start in time"
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", started[0][1])
    finally:
        started[0][0].should_exit = True
        thread.join(30)
