"""The connection to the broker: one persistent session, kept up; deliveries through a bounded queue.

Nothing is acknowledged to the broker before `acknowledge`, so whatever is not committed is delivered again after a
reconnect. A full queue holds up the connection, and so, through TCP, the broker.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from spotfi_cloud.entrypoints.ingest import packets
from spotfi_cloud.entrypoints.ingest.connection import Connection
from spotfi_cloud.entrypoints.ingest.outbox import Outbox
from spotfi_protocol.codec import MAX_PAYLOAD_BYTES
from spotfi_protocol.topics import EVERY_UP

_log = structlog.get_logger(__name__)
CLOUD_USER = "spotfi-cloud"
_CLIENT_ID = "spotfi-ingest"
_KEEPALIVE_S = 30
_MAX_WAITING = 2000
_ENOUGH = 100
"""So many messages are worth a commit at once."""
_CONNECT_TIMEOUT_S = 10
_FIRST_RETRY_S = 1.0
_MAX_RETRY_S = 5.0
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(slots=True)
class Delivery:
    """A message as the broker handed it over. `payload` is None for one larger than any that is allowed."""

    topic: str
    payload: bytes | None
    mid: int
    qos: int
    connection: object
    """By which of this link's connections it came: a message id means nothing to another one."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A message to a router."""

    topic: str
    payload: bytes


class BrokerLink:
    """One persistent session at the broker, as user `spotfi-cloud`. To be made and used inside a running event loop."""

    def __init__(self, url: str, password: str, ca_file: Path) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or _DEFAULT_PORTS[parts.scheme])
        is_tls = parts.scheme == "mqtts"
        self._tls = ssl.create_default_context(cafile=ca_file if ca_file.exists() else None) if is_tls else None
        self._hello = packets.connect(_CLIENT_ID, CLOUD_USER, password, _KEEPALIVE_S)
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Delivery] = deque()
        self._arrived = asyncio.Event()
        self._outbox = Outbox()
        self._connection: Connection | None = None
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect in the background, again and again until it works."""
        self._keeping = self._loop.create_task(self._keep_connected())

    async def stop(self) -> None:
        """Leave the broker; what is not acknowledged stays with it."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    async def next_batch(self, most: int, linger_s: float) -> list[Delivery]:
        """At least one delivery; up to `most` of what waits, or, where that is little, arrives within `linger_s`."""
        await self._arrived.wait()
        if len(self._waiting) < _ENOUGH:
            await asyncio.sleep(linger_s)
        batch = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if not self._waiting:
            self._arrived.clear()
        if self._connection is not None and len(self._waiting) < _MAX_WAITING:
            self._connection.hold_up(is_full=False)
        return batch

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Tell the broker to forget these. One from an earlier connection is left alone: it comes again."""
        if self._connection is not None:
            mine = (each.mid for each in deliveries if each.qos and each.connection is self._connection)
            self._connection.send(packets.pubacks(mine))

    def publish(self, publications: Iterable[Publication]) -> None:
        """Hand messages to the broker, at least once each, also across a reconnect."""
        refused = sum(not self._outbox.add(each.topic, each.payload) for each in publications)
        if refused:
            _log.warning("publications_dropped", count=refused, reason="too many wait for the broker")
        if self._connection is not None:
            self._connection.send(self._outbox.take())

    async def _keep_connected(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            began_s = self._loop.time()
            try:
                await self._connect_once()
            except (OSError, TimeoutError) as error:
                _log.warning("broker_lost", reason=str(error) or type(error).__name__)
            retry_s = _FIRST_RETRY_S if self._loop.time() - began_s > _MAX_RETRY_S else min(2 * retry_s, _MAX_RETRY_S)
            await asyncio.sleep(retry_s)

    async def _connect_once(self) -> None:
        """Connect, and stay until the connection ends."""
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            _, connection = await self._loop.create_connection(
                lambda: Connection(self, self._hello, _KEEPALIVE_S), *self._address, ssl=self._tls
            )
        try:
            _log.warning("broker_lost", reason=await asyncio.shield(connection.ended))
        finally:
            self._connection = None  # from here on no message id of it is acknowledged
            connection.close()

    def on_connect(self, connection: Connection, *, session_present: bool) -> None:
        _log.info("broker_connected", session_present=session_present)
        self._connection = connection
        connection.send(packets.subscribe(self._outbox.next_id(), EVERY_UP) + self._outbox.take_again())

    def on_subscribed(self, *, is_refused: bool) -> None:
        if is_refused:
            _log.error("subscription_refused", topic=EVERY_UP)
        else:
            _log.info("routers_subscribed", topic=EVERY_UP)

    def on_puback(self, packet_id: int) -> None:
        self._outbox.acknowledge(packet_id)
        if self._connection is not None:
            self._connection.send(self._outbox.take())

    def on_publish(self, connection: Connection, topic: bytes, qos: int, packet_id: int, payload: bytes) -> None:
        known = payload if len(payload) <= MAX_PAYLOAD_BYTES else None
        self._waiting.append(Delivery(topic.decode(errors="replace"), known, packet_id, qos, connection))
        self._arrived.set()
        if len(self._waiting) >= _MAX_WAITING:
            connection.hold_up(is_full=True)
