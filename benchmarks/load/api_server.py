"""The role `api` and its PostgreSQL as benchmarks run them: production's processes on ports and folders of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr

from benchmarks.load.footprint import cpu_of
from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import SystemClock

SECRET = "the secret key of this benchmark only"


@dataclass(frozen=True)
class Running:
    """The api under measurement."""

    url: str
    pid: int
    postgres_pid: int
    database_url: str

    def cpu_s(self) -> float:
        """Processor time that the api and its database have taken, whatever else the machine does."""
        database = psutil.Process(self.postgres_pid)
        backends = [*database.children(), database]
        return cpu_of(self.pid) + sum(cpu_of(each.pid) for each in backends)


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """An embedded PostgreSQL with the product's own settings, migrated: its URL and its process id."""
    embedded = EmbeddedDatabase(folder, wheel_programs())
    embedded.prepare()
    server = subprocess.Popen(embedded.argv(), env=server_environ(), cwd="/", stderr=subprocess.DEVNULL)
    try:
        while not embedded.is_ready():
            time.sleep(0.1)
        migrations.upgrade(embedded.url())
        yield embedded.url(), server.pid
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def api(folder: Path, database_url: str, postgres_pid: int) -> Iterator[Running]:
    """The role `api` on that database, as in production."""
    port = _free_port()
    settings = Settings(
        data_dir=folder,
        secret_key=SecretStr(SECRET),
        database_url=database_url,
        http_port=port,
        https_port=_free_port(),
    )
    ensure_certificates(settings, SystemClock())
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")}
    argv = [sys.executable, "-m", "spotfi_cloud.entrypoints.api"]
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(argv, env=environ | settings.as_environ(), stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        while not _is_ready(url):
            assert process.poll() is None, (folder / "api.log").read_text()[-2000:]
            time.sleep(0.1)
        yield Running(url, process.pid, postgres_pid, database_url)
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False
