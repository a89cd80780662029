"""The role as a process: HTTP and HTTPS from one process, and a quick end whatever is still open."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.settings import load
from spotfi_cloud.kernel.clock import SystemClock
from tests.integration.api.conftest import SECRET_KEY
from tests.ports import free_ports


class Role:
    """The api's process, its ports and its CA."""

    def __init__(self, directory: Path, database_url: str, mqtt_port: int) -> None:
        self.http_port, self.https_port = free_ports(2)
        variables = {
            "SPOTFI_DATA_DIR": str(directory),
            "SPOTFI_SECRET_KEY": SECRET_KEY,
            "SPOTFI_DATABASE_URL": database_url,
            "SPOTFI_HTTP_PORT": str(self.http_port),
            "SPOTFI_HTTPS_HOST": "127.0.0.1",
            "SPOTFI_HTTPS_PORT": str(self.https_port),
            "SPOTFI_MQTT_URL": f"mqtt://127.0.0.1:{mqtt_port}",
        }
        settings = load(variables)
        ensure_certificates(settings, SystemClock())
        self.trust = ssl.create_default_context(cafile=settings.tls_ca_file)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")}
        self.log_path = directory / "api.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "spotfi_cloud.entrypoints.api"],
                env=inherited | variables,
                stderr=log,
                stdout=log,
            )

    def wait_ready(self) -> None:
        end = time.monotonic() + 90
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{self.http_port}/readyz").status_code == httpx.codes.OK:
                    return
            assert self.process.poll() is None, self.log_path.read_text()
            assert time.monotonic() < end, self.log_path.read_text()
            time.sleep(0.05)


@pytest.fixture
def broker_port() -> Iterator[int]:
    """A port where something accepts connections and says nothing, as a broker does until it is spoken to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def role(tmp_path: Path, database_url: str, broker_port: int) -> Iterator[Role]:
    role = Role(tmp_path, database_url, broker_port)
    try:
        role.wait_ready()
        yield role
    finally:
        role.process.kill()
        role.process.wait()


def test_http_and_https_come_from_one_process(role: Role) -> None:
    secure = httpx.get(f"https://localhost:{role.https_port}/readyz", verify=role.trust)
    assert secure.json() == {"status": "ready"}
    assert "server" not in secure.headers
    metrics = [
        httpx.get(f"http://127.0.0.1:{role.http_port}/metrics").text,
        httpx.get(f"https://localhost:{role.https_port}/metrics", verify=role.trust).text,
    ]
    starts = {line for text in metrics for line in text.splitlines() if line.startswith("process_start_time_seconds")}
    assert len(starts) == 1


async def test_sigterm_ends_it_within_three_seconds_with_a_websocket_and_a_request_open(role: Role) -> None:
    url = f"wss://localhost:{role.https_port}/mqtt"
    reader, writer = await asyncio.open_connection("127.0.0.1", role.http_port)
    writer.write(b"POST /api/v1/hosts HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    async with connect(url, ssl=role.trust, subprotocols=["mqtt"]):  # type: ignore[list-item]
        began = time.monotonic()
        role.process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(role.process.wait, 30)
        took_s = time.monotonic() - began
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 503")
    assert status == 0, role.log_path.read_text()
    assert took_s < 15  # the promise is 3 s; a busy test machine gets more
    log = role.log_path.read_text()
    assert "api_stopped" in log
    assert "Traceback" not in log
