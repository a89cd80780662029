"""`python -m spotfi_cloud.entrypoints.worker`: the role `worker` as a process."""

import sys

import structlog
import uvloop

from spotfi_cloud.entrypoints.metrics_port import open_metrics_port
from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.until_stopped import run_until_stopped
from spotfi_cloud.entrypoints.worker.alerts import alert_loops
from spotfi_cloud.entrypoints.worker.billing import billing_loops
from spotfi_cloud.entrypoints.worker.enforcement import enforcement_loops
from spotfi_cloud.entrypoints.worker.events import event_loops
from spotfi_cloud.entrypoints.worker.fleet import fleet_loops
from spotfi_cloud.entrypoints.worker.guests import guest_loops
from spotfi_cloud.entrypoints.worker.loops import supervise
from spotfi_cloud.entrypoints.worker.mail import identity_loops
from spotfi_cloud.entrypoints.worker.session_ends import session_end_loops
from spotfi_cloud.entrypoints.worker.terminals import terminal_loops
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)


async def _serve(settings: Settings) -> None:
    clock = SystemClock()
    database = Database(settings.require_database_url())
    loops = [
        *fleet_loops(database, clock),
        *event_loops(database, clock),
        *identity_loops(database, settings, clock),
        *enforcement_loops(database, settings.require_secret_key(), clock, settings.timezone),
        *session_end_loops(database, clock),
        *guest_loops(database, clock, settings.timezone),
        *terminal_loops(database, clock),
        *billing_loops(database, settings, clock),
        *alert_loops(database, settings, clock),
    ]
    open_metrics_port(settings.metrics_host, settings.worker_metrics_port, "worker_metrics_port")
    _log.info("role_started", loops=[loop.name for loop in loops])
    try:
        await run_until_stopped(*(supervise(loop) for loop in loops))
    finally:
        await database.close()


def run(settings: Settings) -> None:
    """Play the role until told to stop."""
    uvloop.run(_serve(settings))


if __name__ == "__main__":
    sys.exit(run_role("worker", run))
