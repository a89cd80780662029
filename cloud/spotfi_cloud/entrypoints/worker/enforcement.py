"""The worker's part of quotas: ends the sessions that must end, and keeps at it until their Stop has arrived.

A NAS behind an agent is told by the command `kick`, any other by a Disconnect-Request. An acknowledgement is no proof: what
is acknowledged and goes on is asked again.
"""

import asyncio
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from spotfi_cloud.access.disconnects import (
    answer_in_words,
    disconnect_request,
    is_acknowledged,
    knows_no_session,
)
from spotfi_cloud.entrypoints.worker.disconnecting import DisconnectSocket, NoAnswerError, open_disconnect_socket
from spotfi_cloud.entrypoints.worker.loops import Loop
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.quotas import service as quotas
from spotfi_cloud.quotas.service import DueEnforcement, EnforcementState
from spotfi_cloud.routers import service as routers
from spotfi_cloud.routers.nas import Nas
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, listen

_log = structlog.get_logger(__name__)
_MOST_AT_ONCE = 200
_LOOK_EVERY_S = 30.0
_SOONEST_S = 0.05
_RETRY_S = 1.0


def enforcement_loops(database: Database, secret_key: str, clock: Clock) -> list[Loop]:
    """The loop of this part."""
    return [Loop("enforcement", lambda: run(database, secret_key, clock))]


async def run(database: Database, secret_key: str, clock: Clock) -> None:
    """End sessions for ever. Raises what the database raises; may be started again at any time."""
    disconnects = await open_disconnect_socket()
    try:
        enforcer = Enforcer(database, Sealer(secret_key, routers.RADIUS_SECRET_PURPOSE), disconnects, clock)
        await enforcer.run()
    finally:
        disconnects.close()


class Enforcer:
    """Works off what is due: claims it, tells the NAS, notes what came of it."""

    def __init__(self, database: Database, sealer: Sealer, disconnects: DisconnectSocket, clock: Clock) -> None:
        self._database = database
        self._sealer = sealer
        self._disconnects = disconnects
        self._clock = clock
        self._nas: dict[UUID, Nas] | None = None
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work for ever; attempts run side by side, so that a silent NAS delays no other."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear())
            while True:
                try:
                    await self._work_off(tasks)
                except (DBAPIError, OSError) as error:
                    _log.warning("database_away", error=str(error).splitlines()[0], retry_in_s=_RETRY_S)
                    await asyncio.sleep(_RETRY_S)

    async def _work_off(self, tasks: asyncio.TaskGroup) -> None:
        self._wake.clear()
        due = await self._claim()
        for item in due:
            if not item.has_agent:
                tasks.create_task(self._disconnect(item))
        if len(due) < _MOST_AT_ONCE:
            await self._wait()

    async def _hear(self) -> None:
        async for note in listen(self._database, Channel.ENFORCEMENT, Channel.ACCESS):
            if note is None or note[0] is Channel.ACCESS:
                self._nas = None
            if note is None or note[0] is Channel.ENFORCEMENT:
                self._wake.set()

    async def _wait(self) -> None:
        """Until somebody calls or the next attempt is due."""
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

    async def _claim(self) -> list[DueEnforcement]:
        """What is due, its attempt counted; kicks are queued in the same transaction."""
        async with self._database.unit_of_work() as session:
            due = await quotas.claim_due(session, clock=self._clock, limit=_MOST_AT_ONCE)
            for item in due:
                if item.has_agent:
                    args = {
                        "username": item.username,
                        "calling_station_id": item.calling_station_id,
                        "acct_session_id": item.acct_session_id,
                        "framed_ip": item.framed_ip,
                    }
                    await routers.queue_command(
                        session, item.router_id, "kick", args, deadline_s=item.retry_in_s, clock=self._clock
                    )
                    await quotas.record_answer(
                        session, item.enforcement_id, EnforcementState.SENT, "told the router's agent"
                    )
        return due

    async def _disconnect(self, item: DueEnforcement) -> None:
        try:
            await self._try(item)
        except (DBAPIError, OSError) as error:
            _log.warning(
                "attempt_unrecorded", enforcement_id=str(item.enforcement_id), error=str(error).splitlines()[0]
            )

    async def _try(self, item: DueEnforcement) -> None:
        state, answer, unknown = await self._ask(item)
        _log.info(
            "disconnect_tried",
            enforcement_id=str(item.enforcement_id),
            attempt=item.attempts,
            state=state,
            answer=answer,
        )
        async with self._database.unit_of_work() as session:
            await quotas.record_answer(session, item.enforcement_id, state, answer)
            if unknown and item.last_answer == answer:  # said twice: no Stop will come
                await quotas.end_lost_session(session, item.session_id)

    async def _ask(self, item: DueEnforcement) -> tuple[EnforcementState, str, bool]:
        """How far it got, what the NAS said, and whether it said that it has no such session."""
        nas = (await self._nas_list()).get(item.router_id)
        if nas is None:
            return EnforcementState.UNREACHABLE, "the router was revoked or deleted", False
        host = nas.address or item.nas_address
        if not host:
            return EnforcementState.UNREACHABLE, "the router's address is not known", False
        make = partial(
            disconnect_request,
            nas.nas_kind,
            secret=nas.secret,
            username=item.username,
            acct_session_id=item.acct_session_id,
            framed_ip=item.framed_ip,
        )
        try:
            packet = await self._disconnects.ask((host, nas.coa_port), nas.secret, make)
        except NoAnswerError as error:
            return EnforcementState.SENT, str(error), False
        state = EnforcementState.ACKNOWLEDGED if is_acknowledged(packet) else EnforcementState.REFUSED
        return state, answer_in_words(packet), knows_no_session(packet)

    async def _nas_list(self) -> dict[UUID, Nas]:
        """Every NAS, read again after something about routers has changed."""
        if self._nas is None:
            async with self._database.unit_of_work() as session:
                self._nas = {nas.router_id: nas for nas in await routers.get_nas_list(session, self._sealer)}
        return self._nas
