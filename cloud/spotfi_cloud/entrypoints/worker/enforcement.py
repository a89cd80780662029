"""The worker's part of quotas: ends the sessions that must end, and tells NASes the new limits of those that go on.

A NAS behind an agent is told of an end by the command `kick`, any other by a Disconnect-Request. An acknowledgement is no
proof: what is acknowledged and goes on is asked again, until its Stop has arrived. New limits (CoA-Request) are done when
acknowledged.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from spotfi_cloud.entrypoints.worker.asking import NasDesk
from spotfi_cloud.entrypoints.worker.loops import Loop
from spotfi_cloud.entrypoints.worker.metrics import ATTEMPTS, FIRST_ATTEMPT_S
from spotfi_cloud.entrypoints.worker.nas_socket import open_nas_socket
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.service import Action, DueEnforcement, EnforcementState
from spotfi_cloud.routers import service as routers
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, announce, listen

_log = structlog.get_logger(__name__)
_MOST_AT_ONCE = 200
_MOST_CONNECTIONS = 4
"""Of the pool's, for what attempts came to: hundreds may be answered at once."""
_LOOK_EVERY_S = 30.0
_SOONEST_S = 0.05
_RETRY_S = 1.0
_BREATH_S = 0.5
_SETTLING_S = 3.0
_PERIODS_EVERY_S = 1.0
_MISSED = timedelta(minutes=30)
"""While no worker ran; periods that ended before that reach open sessions by their next login."""


def enforcement_loops(database: Database, secret_key: str, clock: Clock, default_zone: str) -> list[Loop]:
    """The loops of this part. `default_zone` holds where a subscriber has no home host."""
    return [
        Loop("enforcement", lambda: run(database, secret_key, clock, default_zone)),
        Loop("limit_changes", lambda: spread_limit_changes(database, clock)),
        Loop("new_periods", lambda: watch_periods(database, clock)),
    ]


async def run(database: Database, secret_key: str, clock: Clock, default_zone: str) -> None:
    """Enforce for ever. Raises what the database raises; may be started again at any time."""
    nas_socket = await open_nas_socket()
    try:
        sealer = Sealer(secret_key, routers.RADIUS_SECRET_PURPOSE)
        desk = NasDesk(database, sealer, nas_socket, clock, default_zone)
        await Enforcer(database, desk, clock).run()
    finally:
        nas_socket.close()


async def spread_limit_changes(database: Database, clock: Clock) -> None:
    """Find the open sessions that changed plans concern, for ever: at once where it is announced, else at the next look."""
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_hear_changes(database, changed))
        look_again_s = _BREATH_S
        while True:
            try:
                async with asyncio.timeout(look_again_s):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            async with database.unit_of_work() as session:
                concerned, unsettled = await quotas.spread_limit_changes(session, clock=clock)
                if concerned:
                    await announce(session, Channel.ENFORCEMENT)
                    _log.info("limits_spread", sessions=concerned)
            look_again_s = _SETTLING_S if unsettled else _LOOK_EVERY_S
            await asyncio.sleep(_BREATH_S)


async def _hear_changes(database: Database, changed: asyncio.Event) -> None:
    async for note in listen(database, Channel.ACCESS, Channel.ENFORCEMENT):
        if note is None or note[1] in {"plan", "subscriber", quotas.LIMITS_CHANGED}:
            changed.set()


async def watch_periods(database: Database, clock: Clock) -> None:
    """Give those who were throttled their speed back when a new period begins, for ever."""
    looked_at = clock.now() - _MISSED
    while True:
        now = clock.now()
        async with database.unit_of_work() as session:
            restored = await quotas.note_new_periods(session, looked_at, clock=clock)
        if restored:
            _log.info("periods_began", throttled_subscribers=restored)
        looked_at = now
        await asyncio.sleep(_PERIODS_EVERY_S)


class Enforcer:
    """Works off what is due: claims it, tells the NAS, notes what came of it."""

    def __init__(self, database: Database, desk: NasDesk, clock: Clock) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._wake = asyncio.Event()
        self._recording = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def run(self) -> None:
        """Work for ever; attempts run side by side, so that a silent NAS delays no other."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear())
            while True:
                try:
                    await self._work_off(tasks)
                except (SQLAlchemyError, OSError) as error:
                    _log.warning("database_away", error=str(error).splitlines()[0], retry_in_s=_RETRY_S)
                    await asyncio.sleep(_RETRY_S)

    async def _work_off(self, tasks: asyncio.TaskGroup) -> None:
        self._wake.clear()
        due = await self._claim()
        for item in due:
            if not item.is_kick:
                tasks.create_task(self._try(item))
        if len(due) < _MOST_AT_ONCE:
            await self._wait()

    async def _hear(self) -> None:
        async for note in listen(self._database, Channel.ENFORCEMENT, Channel.ACCESS):
            if note is None or (note[0] is Channel.ACCESS and note[1] not in {"plan", "subscriber"}):
                self._desk.forget()
            if note is None or note[0] is Channel.ENFORCEMENT:
                self._wake.set()

    async def _wait(self) -> None:
        """Until somebody calls or the next attempt is due."""
        if self._wake.is_set():
            return
        async with self._database.unit_of_work() as session:
            next_due_at = await quotas.next_due_at(session)
        wait_s = _LOOK_EVERY_S
        if next_due_at is not None:
            wait_s = min(wait_s, max(_SOONEST_S, (next_due_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _claim(self) -> Sequence[DueEnforcement]:
        """What is due, its attempt counted; kicks are queued in the same transaction."""
        async with self._database.unit_of_work() as session:
            claimed = await quotas.claim_due(session, clock=self._clock, limit=_MOST_AT_ONCE)
            due = await quotas.drop_needless(session, claimed, clock=self._clock)
            for item in due:
                if item.is_kick:
                    args = {
                        "username": item.username,
                        "calling_station_id": item.calling_station_id,
                        "acct_session_id": item.acct_session_id,
                        "framed_ip": item.framed_ip,
                    }
                    await routers.queue_command(
                        session, item.router_id, "kick", args, deadline_s=item.retry_in_s, clock=self._clock
                    )
                    await quotas.record_answer(session, item, EnforcementState.SENT, "told the router's agent")
                    self._observe(item, EnforcementState.SENT)
        return due

    def _observe(self, item: DueEnforcement, state: EnforcementState) -> None:
        ATTEMPTS.labels(item.action, state.value).inc()
        if item.attempts == 1:
            FIRST_ATTEMPT_S.labels(item.action).observe((self._clock.now() - item.created_at).total_seconds())

    async def _try(self, item: DueEnforcement) -> None:
        try:
            await self._attempt(item)
        except (SQLAlchemyError, OSError) as error:
            _log.warning(
                "attempt_unrecorded", enforcement_id=str(item.enforcement_id), error=str(error).splitlines()[0]
            )

    async def _attempt(self, item: DueEnforcement) -> None:
        outcome = await self._desk.attempt(item)
        self._observe(item, outcome.state)
        _log.info(
            f"{item.action}_tried",
            enforcement_id=str(item.enforcement_id),
            attempt=item.attempts,
            state=outcome.state,
            answer=outcome.words,
        )
        async with self._recording, self._database.unit_of_work() as session:
            await quotas.record_answer(session, item, outcome.state, outcome.words)
            if outcome.must_end:
                await quotas.end_unthrottled(session, item, clock=self._clock)
            said_twice = outcome.knows_none and item.last_answer == outcome.words
            if said_twice and item.action == Action.DISCONNECT:  # no Stop will come
                await quotas.end_lost_session(session, item.session_id)
