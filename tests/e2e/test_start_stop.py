"""`spotfi up` as its user meets it: it starts quickly, stops wholly, keeps its data and says clearly what is wrong."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.e2e.installation import BIN, Installation, eventually


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Installation]:
    """An installation that a test may mistreat."""
    installation = Installation(tmp_path)
    yield installation
    installation.stop()


def test_it_starts_stops_and_finds_its_data_again(own: Installation) -> None:
    own.start()
    host = own.sign_in_admin().post("/hosts", {"name": "Kept", "timezone": "UTC", "currency": "EUR"})
    family = psutil.Process(own.pid).children(recursive=True)
    assert own.stop(signal.SIGINT) < 15  # the promise is 5 s
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    own.start()
    assert own.sign_in_admin().get(f"/hosts/{host['id']}")["name"] == "Kept"
    own.stop()


def test_a_crashed_role_is_restarted(own: Installation) -> None:
    own.start()
    (api,) = [
        child
        for child in psutil.Process(own.pid).children(recursive=True)
        if any("spotfi_cloud.entrypoints.api" in word for word in child.cmdline())
    ]
    api.kill()
    eventually("the api is gone", lambda: not api.is_running() or api.status() == psutil.STATUS_ZOMBIE, within_s=30)

    def back() -> bool:
        try:
            return httpx.get(f"{own.url}/readyz", timeout=10).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    eventually("the api is back", back, within_s=60)
    own.stop()


def refused(own: Installation, **settings: str) -> str:
    done = subprocess.run(
        [BIN / "spotfi", "up"],
        env={**own.environment, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_taken_port_is_named(own: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(own.environment["SPOTFI_HTTP_PORT"])))
        taken.listen()
        assert "SPOTFI_HTTP_PORT" in refused(own)


def test_an_unknown_variable_is_named(own: Installation) -> None:
    assert "SPOTFI_HTPP_PORT" in refused(own, SPOTFI_HTPP_PORT="80")


def test_an_unwritable_data_directory_is_named(own: Installation) -> None:
    # /proc refuses new folders even to root.
    assert "SPOTFI_DATA_DIR" in refused(own, SPOTFI_DATA_DIR=f"/proc/{os.getpid()}/data")
