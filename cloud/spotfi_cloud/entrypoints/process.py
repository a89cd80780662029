"""How a role's process begins and ends: settings, logs, a schema to work on, and the exit status supervisors rely on."""

import os
import signal
import sys
import time
from collections.abc import Callable

import structlog

from spotfi_cloud.entrypoints import logs, migrations
from spotfi_cloud.entrypoints.refusal import say_why
from spotfi_cloud.entrypoints.settings import Settings, load
from spotfi_cloud.kernel.errors import DependencyError, SpotFiError

_POLL_S = 0.2
_REMIND_S = 10.0

_log = structlog.get_logger(__name__)


def run_role(role: str, run: Callable[[Settings], None], *, waits_for_schema: bool = True) -> int:
    """Read the settings, set up logs, run the role until it ends; its exit status.

    A role that cannot do anything on a schema that is not current waits for it first, however long that takes.
    """
    try:
        settings = load()
        logs.configure(role, level=settings.log_level)
        os.environ.setdefault("PGAPPNAME", f"spotfi-{role}")  # libpq's: by it the database knows whose connection it is
        if waits_for_schema:
            _await_schema(settings.require_database_url())
        run(settings)
    except SpotFiError as error:
        return say_why(error)
    return 0


def _await_schema(database_url: str) -> None:
    """Return once the database can be reached and its schema is this version's; SIGTERM ends the process meanwhile."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    remind_at = time.monotonic() + _REMIND_S
    while missing := _missing(database_url):
        if time.monotonic() >= remind_at:
            _log.warning("schema_awaited", reason=missing)
            remind_at = time.monotonic() + _REMIND_S
        time.sleep(_POLL_S)
    signal.signal(signal.SIGTERM, before)


def _missing(database_url: str) -> str | None:
    """Why the role cannot begin yet; None where it can."""
    try:
        at = migrations.current(database_url)
    except DependencyError as error:
        return error.message
    head = migrations.head()
    return None if at == head else f"The schema is at {at or 'nothing'}, not at {head}: run `spotfi db upgrade`."
