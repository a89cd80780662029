"""The installation's database for the length of one command: the one that runs, or the embedded one, started for it alone."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from spotfi_cloud.entrypoints.embedded.data_folder import holding
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase, server_environ
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.kernel.errors import DependencyError

_START_S, _STOP_S = 120.0, 60.0
_POLL_S = 0.05


@contextmanager
def database_for_command(settings: Settings) -> Iterator[str]:
    """libpq URL of the installation's database while the block runs. DependencyError where it does not start."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = EmbeddedDatabase(settings.data_dir, wheel_programs())
    if embedded.is_ready():
        yield embedded.url()
        return
    with holding(settings.data_dir):
        embedded.prepare()
        with _running(embedded):
            yield embedded.url()


@contextmanager
def _running(embedded: EmbeddedDatabase) -> Iterator[None]:
    server = subprocess.Popen(  # noqa: S603 - our program, our arguments
        embedded.argv(), env=server_environ(), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_ready(embedded, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(_STOP_S)


def _await_ready(embedded: EmbeddedDatabase, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_S
    while not embedded.is_ready():
        if server.poll() is not None or time.monotonic() > end:
            msg = f"The embedded database in {embedded.data} does not start; `spotfi up` shows why."
            raise DependencyError(msg)
        time.sleep(_POLL_S)
