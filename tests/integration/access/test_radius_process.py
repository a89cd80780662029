"""The role as a process, or as several on one pair of ports: it serves, and stops cleanly when told to."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates, issue_client_certificate
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.radius.authenticity import sign_access_request
from spotfi_cloud.radius.codes import Code
from tests.integration.access.asking import access_request, ask
from tests.integration.access.conftest import PASSWORD, SECRET, SECRET_KEY, Place
from tests.integration.access.radius_peer import radclient, received
from tests.ports import free_port


@contextmanager
def role(
    database_url: str, folder: Path, *, processes: int, auth_port: int, name: str = "radius", **more: str
) -> "Iterator[subprocess.Popen[bytes]]":
    environ = {
        **os.environ,
        "SPOTFI_DATA_DIR": str(folder),
        "SPOTFI_SECRET_KEY": SECRET_KEY,
        "SPOTFI_DATABASE_URL": database_url,
        "SPOTFI_RADIUS_HOST": "127.0.0.1",
        "SPOTFI_RADIUS_AUTH_PORT": str(auth_port),
        "SPOTFI_RADIUS_ACCT_PORT": str(free_port()),
        "SPOTFI_RADSEC_PORT": "0",
        **more,
        "SPOTFI_RADIUS_PROCESSES": str(processes),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", f"spotfi_cloud.entrypoints.{name}"], env=environ, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("processes", [1, 2])
async def test_it_serves_and_stops_within_three_seconds(
    place: Place, database_url: str, tmp_path: Path, processes: int
) -> None:
    await place.add_nas("sf-one")
    await place.add_subscriber("ada", await place.add_plan())
    port = free_port()
    request = f'User-Name = "ada"\nUser-Password = "{PASSWORD}"\nMessage-Authenticator = 0x00\n'
    with role(database_url, tmp_path, processes=processes, auth_port=port) as process:
        for _ in range(4):
            output = await radclient(tmp_path, port, "auth", request, secret=SECRET, retries=100, timeout_s=0.5)
            assert received(output)["code"] == "Access-Accept"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0  # three seconds, and what a busy machine adds


async def test_what_the_roles_count_may_be_read_on_ports_of_their_own(
    place: Place, database_url: str, tmp_path: Path
) -> None:
    nas_id = await place.add_nas("sf-one")
    await place.add_subscriber("ada", await place.add_plan())
    port, metrics_port, workers_port = free_port(), free_port(), free_port()
    more = {"SPOTFI_RADIUS_METRICS_PORT": str(metrics_port), "SPOTFI_WORKER_METRICS_PORT": str(workers_port)}
    with (
        role(database_url, tmp_path, processes=1, auth_port=port, **more),
        role(database_url, tmp_path, processes=1, auth_port=port, name="worker", **more),
    ):
        assert (await ask(access_request("ada", PASSWORD), port)).code == Code.ACCESS_ACCEPT
        counted = await metrics(metrics_port)
        assert f'outcome="accepted",port="auth",router_id="{nas_id}"}} 1.0' in counted
        assert 'spotfi_radius_queue_depth{port="acct"} 0.0' in counted
        assert "spotfi_enforcement_attempts" in await metrics(workers_port)


async def metrics(port: int) -> str:
    """What a role tells Prometheus, once it does."""
    async with httpx.AsyncClient() as client:
        for _ in range(300):
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/metrics")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return answer.raise_for_status().text
    pytest.fail(f"nothing is served on port {port}")


async def test_twins_share_the_ports_of_both_families_and_that_of_radsec(
    place: Place, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://localhost:8443")
    ensure_certificates(settings, SystemClock())
    issued = issue_client_certificate(settings, "sf-one", SystemClock().now())
    (tmp_path / "nas.pem").write_text(issued.certificate_pem + issued.private_key_pem)
    await place.add_nas("sf-one", address=None, radsec_certificate_sha256=issued.sha256)
    await place.add_subscriber("ada", await place.add_plan(max_sessions=None))
    port, radsec_port = free_port(), free_port()
    more = {"SPOTFI_RADIUS_HOST": "::", "SPOTFI_RADSEC_PORT": str(radsec_port)}
    with role(database_url, tmp_path, processes=2, auth_port=port, **more):
        for address in ("127.0.0.1", "::1") * 4:  # each from a port of its own: the kernel chooses either process
            assert (await ask(access_request("ada", PASSWORD), port, address)).code == Code.ACCESS_ACCEPT
        context = ssl.create_default_context(cafile=str(settings.tls_ca_file))
        context.load_cert_chain(tmp_path / "nas.pem")
        status = sign_access_request(1, bytes(16), b"radsec", [], code=Code.STATUS_SERVER)
        for address in ("127.0.0.1", "::1") * 4:
            reader, writer = await asyncio.open_connection(
                address, radsec_port, ssl=context, server_hostname="localhost"
            )
            writer.write(status)
            assert (await reader.readexactly(4))[0] == Code.ACCESS_ACCEPT
            writer.close()
            await writer.wait_closed()


async def test_the_twins_end_with_a_parent_that_was_killed(place: Place, database_url: str, tmp_path: Path) -> None:
    await place.add_nas("sf-one")
    port = free_port()
    request = 'User-Name = "eve"\nUser-Password = "x"\nMessage-Authenticator = 0x00\n'
    with role(database_url, tmp_path, processes=2, auth_port=port) as process:
        output = await radclient(tmp_path, port, "auth", request, secret=SECRET, retries=100, timeout_s=0.5)
        assert received(output)["code"] == "Access-Reject"
        process.kill()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                    return
                except OSError:
                    await asyncio.sleep(0.1)
        pytest.fail("the processes hold their ports")


def test_a_taken_port_is_told_in_one_sentence(database_url: str, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for processes in (1, 2):
            with role(database_url, tmp_path, processes=processes, auth_port=port) as process:
                _, errors = process.communicate(timeout=60)
            assert process.returncode == 2
            assert f"UDP port {port} on 127.0.0.1 cannot be opened for RADIUS" in errors.decode()
