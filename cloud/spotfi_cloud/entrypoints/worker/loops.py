"""Loops that run for ever: one that fails is logged and tried again with back-off, and the others go on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from spotfi_cloud.entrypoints.worker.metrics import LOOP_FAILURES

_log = structlog.get_logger(__name__)
_FIRST_RETRY_S = 1.0
_MAX_RETRY_S = 30.0


@dataclass(frozen=True, slots=True)
class Loop:
    """Something endless. `run` does not return; when it raises, it is called again."""

    name: str
    run: Callable[[], Awaitable[None]]


def periodic(name: str, interval_s: float, once: Callable[[], Awaitable[None]]) -> Loop:
    """The loop that calls `once`, waits, and calls it again."""

    async def run() -> None:
        while True:
            await once()
            await asyncio.sleep(interval_s)

    return Loop(name, run)


async def supervise(loop: Loop) -> None:
    """Run the loop for ever. Each failure in a row doubles the wait; a minute without one starts afresh."""
    retry_s = _FIRST_RETRY_S
    clock = asyncio.get_running_loop()
    while True:
        began_s = clock.time()
        try:
            await loop.run()
            _log.error("loop_ended", loop=loop.name)
        except OperationalError as error:
            LOOP_FAILURES.labels(loop.name).inc()
            _log.warning("database_away", loop=loop.name, error=str(error).splitlines()[0][:300], retry_in_s=retry_s)
        except Exception:  # noqa: BLE001 - a loop's bug must stop neither it for good nor the other loops
            LOOP_FAILURES.labels(loop.name).inc()
            _log.exception("loop_failed", loop=loop.name, retry_in_s=retry_s)
        if clock.time() - began_s > 2 * _MAX_RETRY_S:
            retry_s = _FIRST_RETRY_S
        await asyncio.sleep(retry_s)
        retry_s = min(2 * retry_s, _MAX_RETRY_S)
