"""The way out: commands, settings and revocations to routers, on a hint from another role or when one was missed."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from spotfi_cloud.entrypoints.ingest import counters
from spotfi_cloud.entrypoints.ingest.handling import revocation_of, settings_of, to_cancellation, to_publication
from spotfi_cloud.entrypoints.ingest.link import BrokerLink
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers import service as routers
from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.notify import Channel, listen
from spotfi_cloud.telemetry import service as telemetry

_log = structlog.get_logger(__name__)
_SWEEP_EVERY_S = 5.0
_DATABASE_ERRORS = (SQLAlchemyError, psycopg.Error, OSError)


class Outbound:
    """Publishes what routers must be told."""

    def __init__(self, database: Database, link: BrokerLink, clock: Clock) -> None:
        self._database = database
        self._link = link
        self._clock = clock

    async def hear_hints(self) -> None:
        """For ever: act on each notification; after a reconnect, on all that may have been missed."""
        async for hint in listen(self._database, Channel.COMMANDS, Channel.ROUTER_ACCESS):
            try:
                await self._act_on(hint)
            except _DATABASE_ERRORS as error:
                _log.warning("hint_postponed", error=str(error).splitlines()[0][:300])  # the sweep makes up for it

    async def sweep(self) -> None:
        """For ever: send what online routers should have accepted by now and have not."""
        while True:
            await asyncio.sleep(_SWEEP_EVERY_S)
            try:
                await self._resend()
            except _DATABASE_ERRORS as error:
                _log.warning("sweep_postponed", error=str(error).splitlines()[0][:300])

    async def _act_on(self, hint: tuple[Channel, str] | None) -> None:
        if hint is None:
            await self._resend()
            return
        channel, payload = hint
        try:
            router_id = UUID(payload)
        except ValueError:
            _log.warning("hint_unreadable", channel=channel.value)
            return
        if channel is Channel.COMMANDS:
            await self._tell(router_id)
        else:
            await self._tell_if_shut_out(router_id)

    async def _tell(self, router_id: UUID) -> None:
        async with self._database.unit_of_work() as session:
            intervals = await routers.get_online_intervals(session, [router_id])
            live = await telemetry.get_live_seconds(session, list(intervals), clock=self._clock)
            waiting = await routers.take_commands(session, intervals, again=False, clock=self._clock)
            cancelled = await routers.take_cancellations(session, intervals, clock=self._clock)
        self._link.publish(
            settings_of(online_id, interval_s, live.get(online_id, 0)) for online_id, interval_s in intervals.items()
        )
        self._publish_commands(waiting)
        self._link.publish(map(to_cancellation, cancelled))

    async def _tell_if_shut_out(self, router_id: UUID) -> None:
        async with self._database.unit_of_work() as session:
            admitted = await routers.get_admitted_intervals(session, [router_id])
        if router_id not in admitted:
            self._link.publish([revocation_of(router_id)])

    async def _resend(self) -> None:
        async with self._database.unit_of_work() as session:
            waiting = await routers.resend_commands(session, clock=self._clock)
            cancelled = await routers.take_cancellations(session, None, clock=self._clock)
        self._publish_commands(waiting)
        self._link.publish(map(to_cancellation, cancelled))

    def _publish_commands(self, waiting: Iterable[routers.OutgoingCommand]) -> None:
        for outgoing in waiting:
            self._link.publish([to_publication(outgoing)])
            counters.COMMANDS_PUBLISHED.inc()
