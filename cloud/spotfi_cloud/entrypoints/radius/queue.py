"""Requests in batches: a bounded queue, worked off by a few tasks with a database connection each.

While one batch commits, the next one gathers: the busier it is, the larger the batches. A batch that the database refuses is
cut in halves until the request at fault stands alone; one that fails because the database is away is tried again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import psycopg
import structlog

from spotfi_cloud.entrypoints.radius.intake import Intake, Request
from spotfi_cloud.sessions.service import OvertakenError
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_MOST_WAITING = 20_000
_MAX_BATCH = 512
_WORKERS = 2
_APART_S = 0.003
"""Least time between the beginnings of two batches. A request after a quiet moment waits for nothing; under steady load a
batch of several costs little more than a batch of one."""
_TOO_OLD_S = 15.0
_FIRST_RETRY_S = 0.05
_MAX_RETRY_S = 1.0

_COME_AGAIN = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.UndefinedTable,  # not migrated yet
    psycopg.errors.UndefinedColumn,
)

_PLAN_AGAIN_S = 15.0
"""A kept plan knows tables as they were: a first evening's grow a thousandfold before statistics are next taken."""
Work = Callable[[psycopg.AsyncConnection, Sequence[Request]], Awaitable[None]]


class RequestQueue:
    """`work` handles a batch in a transaction of its own and answers it; it may raise psycopg's errors."""

    def __init__(self, database: Database, intake: Intake, work: Work) -> None:
        self._database = database
        self._intake = intake
        self._work = work
        self._waiting: deque[Request] = deque()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._under_way = 0
        self._next_at_s = 0.0
        self.batches = 0
        self.batched_requests = 0

    @property
    def port(self) -> str:
        """Whose requests wait here: `auth` or `acct`."""
        return self._intake.name

    @property
    def depth(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def put(self, request: Request) -> bool:
        """Whether there was room."""
        if len(self._waiting) >= _MOST_WAITING:
            return False
        if not self._waiting:
            self._arrived.set()
            self._idle.clear()
        self._waiting.append(request)
        return True

    async def run(self) -> None:
        """Work for ever."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_WORKERS):
                tasks.create_task(self._serve())

    async def drained(self) -> None:
        """Returns when nothing waits and nothing is under way."""
        await self._idle.wait()

    async def _serve(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                async with await self._database.connect_for_batches() as connection:
                    retry_s = _FIRST_RETRY_S
                    planned_s = time.monotonic()
                    while not connection.closed:
                        if time.monotonic() - planned_s > _PLAN_AGAIN_S:
                            await connection.execute("DISCARD PLANS")
                            planned_s = time.monotonic()
                        await self._work_off(connection, await self._next_batch())
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
                _log.warning("database_away", port=self._intake.name, error=str(error).strip(), retry_in_s=retry_s)
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, _MAX_RETRY_S)

    async def _next_batch(self) -> list[Request]:
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            early_s = self._next_at_s - time.monotonic()
            if early_s <= 0:
                break
            await asyncio.sleep(early_s)
        self._next_at_s = time.monotonic() + _APART_S
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), _MAX_BATCH))]

    async def _work_off(self, connection: psycopg.AsyncConnection, batch: list[Request]) -> None:
        self._under_way += len(batch)
        self.batches += 1
        self.batched_requests += len(batch)
        try:
            await self._try(connection, self._timely(batch))
        finally:
            self._under_way -= len(batch)
            if not self._waiting and not self._under_way:
                self._idle.set()

    def _timely(self, batch: list[Request]) -> list[Request]:
        """Without those whose NAS has long given up: it has asked again by now, or will."""
        oldest_s = time.monotonic() - _TOO_OLD_S
        for request in batch:
            if request.since_s < oldest_s:
                self._intake.give_up(request, "too_old")
        return [request for request in batch if request.since_s >= oldest_s]

    async def _try(self, connection: psycopg.AsyncConnection, batch: list[Request]) -> None:
        try:
            if batch:
                await self._work(connection, batch)
        except OvertakenError:
            self._put_back(batch)  # another process is at work on the same sessions
        except _COME_AGAIN as error:
            # The database is away, or two transactions waited for each other: nothing was committed, or what was
            # committed adds nothing when it comes again.
            self._put_back(batch)
            _log.warning("batch_put_back", port=self._intake.name, error=str(error).strip())
            await asyncio.sleep(0 if connection.closed else _FIRST_RETRY_S)
        except Exception as error:  # noqa: BLE001 - whatever one request breaks must not stop the others
            await self._part(connection, batch, error)

    async def _part(self, connection: psycopg.AsyncConnection, batch: list[Request], error: Exception) -> None:
        if len(batch) == 1:
            _log.error("request_failed", port=self._intake.name, error=f"{type(error).__name__}: {error}")
            self._intake.give_up(batch[0], "failed")
            return
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            if connection.closed:
                self._put_back(half)
            else:
                await self._try(connection, half)

    def _put_back(self, batch: list[Request]) -> None:
        self._waiting.extendleft(reversed(batch))
        self._arrived.set()
