"""`python -m spotfi_cloud.entrypoints.ingest`: the role `ingest` as a process."""

import gc
import sys

import structlog
import uvloop

from spotfi_cloud.entrypoints.ingest.intake import Intake
from spotfi_cloud.entrypoints.ingest.link import BrokerLink
from spotfi_cloud.entrypoints.ingest.outbound import Outbound
from spotfi_cloud.entrypoints.process import run_role
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.until_stopped import run_until_stopped
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)


async def _serve(settings: Settings) -> None:
    # Messages make garbage without cycles by the thousand: looking for cycles as often as usual takes half of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    clock = SystemClock()
    database = Database(settings.require_database_url())
    link = BrokerLink(settings.mqtt_url, settings.require_mqtt_password(), settings.tls_ca_file)
    outbound = Outbound(database, link, clock)
    link.start()
    _log.info("role_started", broker=settings.mqtt_url)
    try:
        await run_until_stopped(Intake(database, link, clock).run(), outbound.hear_hints(), outbound.sweep())
    finally:
        await link.stop()
        await database.close()


def run(settings: Settings) -> None:
    """Play the role until told to stop."""
    uvloop.run(_serve(settings))


if __name__ == "__main__":
    sys.exit(run_role("ingest", run))
