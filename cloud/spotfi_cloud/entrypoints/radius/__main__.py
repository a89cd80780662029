"""`python -m spotfi_cloud.entrypoints.radius`: the role's process, or processes."""

import sys

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
        run_processes(settings, settings.radius_processes)


if __name__ == "__main__":
    sys.exit(run_role("radius", run))
