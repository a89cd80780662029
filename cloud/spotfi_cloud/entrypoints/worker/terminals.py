"""The worker's part of terminals: those whose api process ended without entering their end."""

import structlog

from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.identity.service import audit
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers.service import terminals
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_EVERY_S = 20.0
_ACT = audit.Act(audit.ActorKind.NOBODY, None, "worker: terminal abandoned", "")


def terminal_loops(database: Database, clock: Clock) -> list[Loop]:
    """The loops of this part."""

    async def close_abandoned() -> None:
        async with database.unit_of_work() as session:
            await audit.begin(session)
            closed = await terminals.close_abandoned_terminals(session, clock=clock)
            await audit.record(session, _ACT, clock=clock)
        if closed:
            _log.warning("terminals_abandoned", count=closed)

    return [periodic("abandoned_terminals", _EVERY_S, close_abandoned)]
