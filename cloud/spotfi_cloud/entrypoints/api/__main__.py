"""`python -m spotfi_cloud.entrypoints.api`: the role's process."""

import sys

import uvloop

from spotfi_cloud.entrypoints.api.server import serve
from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.settings import Settings


def run(settings: Settings) -> None:
    """Serve the API until told to stop."""
    uvloop.run(serve(settings))


if __name__ == "__main__":
    sys.exit(run_role("api", run, waits_for_schema=False))
