"""The way in: batches from the broker, one commit each, acknowledged only then.

While the database is away nothing is acknowledged and the batch is tried again; a message that the database refuses is
found, counted and dropped, and the others of its batch are stored.
"""

import asyncio
from collections.abc import Sequence

import psycopg
import structlog
from psycopg import errors as refusals
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from spotfi_cloud.entrypoints.ingest import counters
from spotfi_cloud.entrypoints.ingest.handling import Outcome, acknowledgements, handle_batch
from spotfi_cloud.entrypoints.ingest.link import BrokerLink, Delivery
from spotfi_cloud.entrypoints.ingest.reading import DroppedError, Incoming, read
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.storage.database import Database
from spotfi_protocol.topics import Up

_log = structlog.get_logger(__name__)
_MAX_BATCH = 500
_LINGER_S = 0.02
_FIRST_RETRY_S = 0.2
_MAX_RETRY_S = 5.0


class Intake:
    """Works off what the broker delivers."""

    def __init__(self, database: Database, link: BrokerLink, clock: Clock) -> None:
        self._database = database
        self._link = link
        self._clock = clock
        self._drops = counters.DropLog()

    async def run(self) -> None:
        """For ever: a batch, its commit, its acknowledgement, and what it is answered with."""
        while True:
            deliveries = await self._link.next_batch(_MAX_BATCH, _LINGER_S)
            messages = [message for delivery in deliveries if (message := self._read(delivery)) is not None]
            outcomes = await self._store(messages) if messages else []
            self._link.acknowledge(deliveries)
            for outcome in outcomes:
                self._count(outcome)
                self._link.publish(outcome.publications)
            for message in messages:
                counters.MESSAGES.labels(message.kind.value).inc()

    def _read(self, delivery: Delivery) -> Incoming | None:
        try:
            return read(delivery)
        except DroppedError as error:
            self._drops.note(error.reason, topic=delivery.topic, error=error.message)
            return None

    async def _store(self, messages: Sequence[Incoming]) -> list[Outcome]:
        try:
            return [await self._store_when_possible(messages)]
        except Exception as error:  # noqa: BLE001 - whatever one router's message breaks must not stop the others
            if len(messages) == 1:
                return [self._give_up(messages[0], error)]
        return [outcome for message in messages for outcome in await self._store([message])]

    async def _store_when_possible(self, messages: Sequence[Incoming]) -> Outcome:
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                async with self._database.unit_of_work() as session:
                    outcome = await handle_batch(session, messages, clock=self._clock)
            except (DBAPIError, PoolTimeoutError, psycopg.OperationalError, OSError) as error:
                if not is_database_away(error):
                    raise
                _log.warning("database_away", error=str(error).splitlines()[0][:300], retry_in_s=retry_s)
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, _MAX_RETRY_S)
            else:
                counters.BATCHES.inc()
                return outcome

    def _give_up(self, message: Incoming, error: Exception) -> Outcome:
        """Drop a message that cannot be stored, and let the router forget it, or it would send it for ever."""
        topic = f"{message.router_id}/{message.kind}"
        self._drops.note("unstorable", topic=topic, error=f"{type(error).__name__}: {error}")
        return Outcome(publications=acknowledgements([message]))

    def _count(self, outcome: Outcome) -> None:
        counters.SAMPLES.inc(outcome.samples)
        for message in outcome.refused:
            reason = "unknown_command" if message.kind in {Up.RESULT, Up.OUTPUT} else "unknown_router"
            self._drops.note(reason, topic=f"{message.router_id}/{message.kind}")


_NOT_MIGRATED = (refusals.UndefinedTable, refusals.UndefinedColumn, refusals.InvalidCatalogName)


def is_database_away(error: Exception) -> bool:
    """Whether trying again later may help: the database is down, starting, overloaded or not migrated yet."""
    if isinstance(error, DBAPIError):
        cause = error.orig
        return (
            error.connection_invalidated
            or isinstance(error, OperationalError | InterfaceError)
            or isinstance(cause, _NOT_MIGRATED)
        )
    return True
