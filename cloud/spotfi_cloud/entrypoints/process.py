"""How a role's process begins and ends: settings, logs, and the exit status people and supervisors rely on."""

import sys
from collections.abc import Callable

from spotfi_cloud.entrypoints import logs
from spotfi_cloud.entrypoints.settings import Settings, load
from spotfi_cloud.kernel.errors import SpotFiError

EXIT_REFUSED = 2
"""Status of a process that cannot do what it was asked to and has said why in one sentence."""


def say_why(error: SpotFiError) -> int:
    """Tell people, in one sentence on stderr, why the process ends; the exit status to end with."""
    sys.stderr.write(f"spotfi: {error.message}\n")
    return EXIT_REFUSED


def run_role(role: str, run: Callable[[Settings], None]) -> int:
    """Read the settings, set up logs, run the role until it ends; its exit status."""
    try:
        settings = load()
        logs.configure(role, level=settings.log_level)
        run(settings)
    except SpotFiError as error:
        return say_why(error)
    return 0
