"""What radius tells operators: login attempts, and what each NAS's requests came to. Written behind the answers' back.

Kept in memory for a second or so and bounded: where the database is away for long, the oldest attempts are forgotten.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from spotfi_cloud.access import service
from spotfi_cloud.access.rules import Account
from spotfi_cloud.access.service import Attempt, Count
from spotfi_cloud.entrypoints.radius.intake import Request
from spotfi_cloud.entrypoints.radius.tally import Tally
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_EVERY_S = 1.0
_COUNTS_EVERY = 5
_MOST_WAITING = 50_000
_MOST_AT_ONCE = 5_000

Note = tuple[UUID, Request, Account | None, str, str]


class AttemptLog:
    """Decided logins, waiting to be written."""

    def __init__(self) -> None:
        self._notes: deque[Note] = deque(maxlen=_MOST_WAITING)

    def note(self, request: Request, account: Account | None, outcome: str, reason: str = "") -> None:
        """A login was decided; `reason`: in words, where it was refused."""
        self._notes.append((new_id(), request, account, outcome, reason))

    def take(self) -> list[Attempt]:
        """Some of those that wait, oldest first."""
        return [_attempt(self._notes.popleft()) for _ in range(min(len(self._notes), _MOST_AT_ONCE))]


def _attempt(note: Note) -> Attempt:
    attempt_id, request, account, outcome, reason = note
    return Attempt(
        attempt_id,
        request.arrived_at,
        request.nas.router_id,
        request.nas.host_id,
        request.login,
        None if account is None else account.subscriber_id,
        request.packet.text(Attr.CALLING_STATION_ID) or "",
        outcome,
        reason,
    )


class Reporter:
    """Writes attempts each second and counts every few."""

    def __init__(self, database: Database, attempts: AttemptLog, tallies: Sequence[Tally], clock: Clock) -> None:
        self._database = database
        self._attempts = attempts
        self._tallies = tallies
        self._clock = clock

    async def run(self) -> None:
        """Report for ever; what cannot be written is lost, and said so."""
        while True:
            for _ in range(_COUNTS_EVERY):
                await asyncio.sleep(_EVERY_S)
                await self._write_attempts()
            await self.write_counts()

    async def finish(self) -> None:
        """Write what is left."""
        await self._write_attempts()
        await self.write_counts()

    async def _write_attempts(self) -> None:
        while attempts := self._attempts.take():
            try:
                async with await self._database.connect() as connection:
                    await service.add_attempts(connection, attempts)
            except (psycopg.Error, OSError) as error:
                _log.warning("attempts_lost", count=len(attempts), error=str(error).strip())
                return

    async def write_counts(self) -> None:
        """Add what was counted since the last time; counted again later where the database is away."""
        for tally in self._tallies:
            taken = tally.take()
            counts = [
                Count(router_id, tally.port, outcome, answered, count)
                for (router_id, outcome, answered), count in taken.items()
                if router_id is not None
            ]
            if not counts:
                continue
            try:
                async with self._database.unit_of_work() as session:
                    await service.add_counts(session, counts, clock=self._clock)
            except (DBAPIError, OSError) as error:
                tally.give_back(taken)
                _log.warning("counts_unwritten", error=str(error).splitlines()[0])
