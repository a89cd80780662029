"""The worker's part of ending sessions for other reasons than their quota: a NAS that fell silent, a subscriber disabled or no
longer valid.

And of forgetting old login attempts.
"""

import asyncio

import structlog

from spotfi_cloud.access import service as access
from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, announce, listen

_log = structlog.get_logger(__name__)
_SILENT_EVERY_S = 30.0
_DISABLED_EVERY_S = 30.0
_RETENTION_EVERY_S = 60.0
_BREATH_S = 0.5
"""Between two looks for disabled subscribers, however many of them somebody changes."""


def session_end_loops(database: Database, clock: Clock) -> list[Loop]:
    """The loops of this part."""

    async def end_silent() -> None:
        total = 0
        while ended := await _end_some(database, clock):
            total += ended
        if total:
            _log.info("sessions_silent", count=total)

    async def forget() -> None:
        while await _forget_some(database, clock):
            pass

    return [
        periodic("silent_sessions", _SILENT_EVERY_S, end_silent),
        periodic("login_attempts", _RETENTION_EVERY_S, forget),
        Loop("disabled_subscribers", lambda: enforce_disabled(database, clock)),
    ]


async def enforce_disabled(database: Database, clock: Clock) -> None:
    """Have the sessions of disabled subscribers end, for ever: at once where it is announced, else at the next look."""
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_hear(database, changed))
        while True:
            try:
                async with asyncio.timeout(_DISABLED_EVERY_S):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            async with database.unit_of_work() as session:
                if count := await quotas.enforce_disabled(session, clock=clock):
                    await announce(session, Channel.ENFORCEMENT)
                    _log.info("disabled_sessions_enforced", count=count)
            await asyncio.sleep(_BREATH_S)


async def _hear(database: Database, changed: asyncio.Event) -> None:
    async for note in listen(database, Channel.ACCESS):
        if note is None or note[1] == "subscriber":
            changed.set()


async def _end_some(database: Database, clock: Clock) -> int:
    async with database.unit_of_work() as session:
        return await quotas.end_silent_sessions(session, clock=clock)


async def _forget_some(database: Database, clock: Clock) -> int:
    async with database.unit_of_work() as session:
        return await access.forget_old_attempts(session, clock=clock)
