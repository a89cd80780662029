"""The loop that forgets old events of the fleet."""

from datetime import timedelta

from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.events import forget_events

EVENTS_KEPT = timedelta(days=1)
_INTERVAL_S = 600.0


def event_loops(database: Database, clock: Clock) -> list[Loop]:
    """Deletes what is older than a stream may resume from."""

    async def forget() -> None:
        async with database.unit_of_work() as session:
            await forget_events(session, clock.now() - EVENTS_KEPT)

    return [periodic("events_forgotten", _INTERVAL_S, forget)]
