"""`python -m spotfi_cloud.entrypoints.radius`: the role's process, or processes."""

import multiprocessing
import os
import signal
import sys
import threading

import uvloop

from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.radius.processes import run_processes
from spotfi_cloud.entrypoints.radius.server import serve
from spotfi_cloud.entrypoints.settings import Settings


def run(settings: Settings) -> None:
    """Serve RADIUS until told to stop, in as many processes as the settings say."""
    if settings.radius_processes == 1:
        uvloop.run(serve(settings, shared_ports=False))
    else:
        run_processes(serve_share, settings.radius_processes)


def serve_share() -> None:
    """One of several processes; it reads the settings from the environment it inherits."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(run_role("radius", lambda settings: uvloop.run(serve(settings, shared_ports=True))))


def _end_with_parent() -> None:
    """A parent that was killed leaves nobody who would stop this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(run_role("radius", run))
