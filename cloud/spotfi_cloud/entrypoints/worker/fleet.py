"""The worker's part of looking after routers: presence, deadlines, retention."""

from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers import service as routers
from spotfi_cloud.storage.database import Database
from spotfi_cloud.telemetry import service as telemetry

_log = structlog.get_logger(__name__)
_PRESENCE_EVERY_S = 2.0
_DEADLINES_EVERY_S = 1.0
_RETENTION_EVERY_S = 60.0
_PARTITIONS_EVERY_S = 600.0
_ROLLUPS_EVERY_S = 300.0
"""What is not rolled up yet is drawn from samples, so nobody waits for it."""


class Forget(Protocol):
    """Deletes some old rows and says how many."""

    async def __call__(self, session: AsyncSession, /, *, clock: Clock) -> int: ...


def fleet_loops(database: Database, clock: Clock) -> list[Loop]:
    """The loops of this part."""

    async def sweep_presence() -> None:
        async with database.unit_of_work() as session:
            gone = await routers.sweep_silent_routers(session, clock=clock)
        if gone:
            _log.info("routers_silent", count=len(gone), router_ids=[str(router_id) for router_id in gone[:20]])

    async def expire_commands() -> None:
        async with database.unit_of_work() as session:
            await routers.expire_commands(session, clock=clock)

    async def forget() -> None:
        rollups = await _until_none_left(database, telemetry.forget_old_rollups, clock)
        pieces = await _until_none_left(database, routers.forget_old_output, clock)
        if rollups or pieces:
            _log.info("old_data_deleted", rollups=rollups, output_pieces=pieces)

    async def keep_partitions() -> None:
        async with database.unit_of_work() as session:
            made, dropped = await telemetry.keep_partitions(session, clock=clock)
        if made or dropped:
            _log.info("partitions_kept", made=made, dropped=dropped)

    return [
        periodic("presence", _PRESENCE_EVERY_S, sweep_presence),
        periodic("command_deadlines", _DEADLINES_EVERY_S, expire_commands),
        periodic("retention", _RETENTION_EVERY_S, forget),
        periodic("telemetry_partitions", _PARTITIONS_EVERY_S, keep_partitions),
        periodic("telemetry_rollups", _ROLLUPS_EVERY_S, lambda: roll_up(database, clock)),
    ]


async def roll_up(database: Database, clock: Clock) -> None:
    """Bring the rollups up to now. What was committed before an end is not lost, only done again."""
    await _until_none_left(database, telemetry.close_spans, clock)
    async with database.unit_of_work() as session:
        plan = await telemetry.plan_roll_up(session, clock=clock)
    for part in plan.parts:
        async with database.unit_of_work() as session:
            await telemetry.roll_up_routers(session, part, clock=clock)
    async with database.unit_of_work() as session:
        await telemetry.finish_roll_up(session, plan)


async def _until_none_left(database: Database, forget: Forget, clock: Clock) -> int:
    """Call `forget` in small transactions, so that nobody waits for a long one; how many rows went."""
    total = 0
    while True:
        async with database.unit_of_work() as session:
            gone = await forget(session, clock=clock)
        if not gone:
            return total
        total += gone
