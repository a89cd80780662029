"""The worker's part of plans: notes first uses, ends what is over, renews it, begins what is queued."""

from datetime import timedelta

import structlog

from spotfi_cloud.entrypoints.used_bytes import used_bytes
from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.sessions import service as sessions
from spotfi_cloud.storage.database import Database
from spotfi_cloud.subscribers.service import Conditions, assignments
from spotfi_cloud.subscribers.service.assignments import FirstUse
from spotfi_cloud.subscribers.service.code_tries import forget_old_tries

_log = structlog.get_logger(__name__)
_EVERY_S = 1.0
_FORGET_EVERY_S = 600.0
_MOST_AT_ONCE = 1000
_LOOK_BACK = timedelta(seconds=15)
"""How long after its id was made a session may be committed."""


def guest_loops(database: Database, clock: Clock, default_zone: str) -> list[Loop]:
    """The loops of this part."""
    keeper = PlanKeeper(database, Conditions(clock, default_zone, used_bytes))

    async def forget() -> None:
        async with database.unit_of_work() as session:
            await forget_old_tries(session, clock=clock)

    return [periodic("plans", _EVERY_S, keeper.look), periodic("code_tries", _FORGET_EVERY_S, forget)]


class PlanKeeper:
    """Looks after everybody's plans. The first look is at all accounts, later ones at sessions that are new."""

    def __init__(self, database: Database, conditions: Conditions) -> None:
        self._database = database
        self._conditions = conditions
        self._seen_all = False

    async def look(self) -> None:
        """One look, in small transactions."""
        used = followed = 0
        while count := await self._note_first_uses():
            used += count
        self._seen_all = True
        while count := await self._follow_up():
            followed += count
        if used or followed:
            _log.info("plans_followed_up", first_uses=used, subscribers=followed)

    async def _note_first_uses(self) -> int:
        since = self._conditions.clock.now() - _LOOK_BACK if self._seen_all else None
        async with self._database.unit_of_work() as session:
            found = await sessions.find_first_uses(session, since, _MOST_AT_ONCE)
            return await assignments.note_first_uses(session, [FirstUse(*each) for each in found])

    async def _follow_up(self) -> int:
        async with self._database.unit_of_work() as session:
            return await assignments.follow_up(session, self._conditions)
