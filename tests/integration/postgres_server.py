"""The embedded PostgreSQL as tests start it: a child of the test, stopped when the block ends."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs


def chosen_programs() -> Path:
    """PostgreSQL's programs the tests run on: the wheel's, or those SPOTFI_TEST_PG_BIN names."""
    chosen = os.environ.get("SPOTFI_TEST_PG_BIN")
    return Path(chosen) if chosen else wheel_programs()


def start(embedded: EmbeddedDatabase, *, within_s: float = 60) -> "subprocess.Popen[bytes]":
    """Start the server, whose data is prepared, and wait until it is ready."""
    log_path = embedded.directory / "postgres.log"
    with log_path.open("ab") as log:
        server = subprocess.Popen(embedded.argv(), env=server_environ(), cwd="/", stderr=log, stdout=log)
    end = time.monotonic() + within_s
    while not embedded.is_ready():
        assert server.poll() is None, log_path.read_text()
        assert time.monotonic() < end, "PostgreSQL does not become ready"
        time.sleep(0.02)
    return server


def stop(server: "subprocess.Popen[bytes]") -> int:
    """Ask the server to shut down, as the supervisor does; its exit status."""
    server.send_signal(signal.SIGINT)
    return server.wait(timeout=30)


@contextmanager
def serving(embedded: EmbeddedDatabase) -> Iterator["subprocess.Popen[bytes]"]:
    """The server while the block runs."""
    server = start(embedded)
    try:
        yield server
    finally:
        stop(server)
