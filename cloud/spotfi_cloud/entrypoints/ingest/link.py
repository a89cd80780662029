"""The connection to the broker: paho-mqtt in a thread of its own, deliveries handed to asyncio through a bounded queue.

Nothing is acknowledged to the broker before `acknowledge`, so whatever is not committed is delivered again after a
reconnect. A full queue holds up paho's thread, and so, through TCP, the broker.
"""

import asyncio
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from spotfi_protocol.codec import MAX_PAYLOAD_BYTES
from spotfi_protocol.topics import EVERY_UP

_log = structlog.get_logger(__name__)
CLOUD_USER = "spotfi-cloud"
_CLIENT_ID = "spotfi-ingest"
_KEEPALIVE_S = 30
_MAX_WAITING = 500
_MAX_UNSENT = 10_000
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker handed it over. `payload` is None for one larger than any that is allowed."""

    topic: str
    payload: bytes | None
    mid: int
    qos: int
    connection: int
    """Which of this link's connections it came by: a message id means nothing to another one."""


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
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._space = threading.Semaphore(_MAX_WAITING)
        self._stopping = threading.Event()
        self._connection = 0
        self._connection_lock = threading.Lock()
        self._client = self._make_client(password)
        if parts.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context(cafile=ca_file if ca_file.exists() else None))

    def _make_client(self, password: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, _CLIENT_ID, clean_session=False, protocol=MQTTv311, manual_ack=True
        )
        client.username_pw_set(CLOUD_USER, password)
        client.reconnect_delay_set(1, 5)
        client.max_inflight_messages_set(100)
        client.max_queued_messages_set(_MAX_UNSENT)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def start(self) -> None:
        """Connect in the background, again and again until it works."""
        self._client.connect_async(*self._address, keepalive=_KEEPALIVE_S)
        self._client.loop_start()

    async def stop(self) -> None:
        """Leave the broker; what is not acknowledged stays with it."""
        self._stopping.set()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def next_batch(self, most: int, linger_s: float) -> list[Delivery]:
        """At least one delivery; up to `most` of what arrives within `linger_s` of the first."""
        batch = [await self._queue.get()]
        end_s = self._loop.time() + linger_s
        while len(batch) < most:
            try:
                batch.append(self._queue.get_nowait())
            except asyncio.QueueEmpty:
                if self._loop.time() >= end_s:
                    break
                await asyncio.sleep(linger_s / 4)
        self._space.release(len(batch))
        return batch

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Tell the broker to forget these. One from an earlier connection is left alone: it comes again."""
        with self._connection_lock:
            for delivery in deliveries:
                if delivery.qos and delivery.connection == self._connection:
                    self._client.ack(delivery.mid, delivery.qos)

    def publish(self, publications: Iterable[Publication]) -> None:
        """Hand messages to the broker, at least once each, also across a reconnect."""
        for publication in publications:
            self._client.publish(publication.topic, publication.payload, qos=1)

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            _log.error("broker_refused", reason=str(reason))
            return
        self._begin_connection()
        _log.info("broker_connected", session_present=flags.session_present)
        client.subscribe(EVERY_UP, qos=1)

    def _begin_connection(self) -> None:
        with self._connection_lock:
            self._connection += 1

    @staticmethod
    def _on_subscribe(
        _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            _log.error("subscription_refused", topic=EVERY_UP)
        else:
            _log.info("routers_subscribed", topic=EVERY_UP)

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._begin_connection()  # from here on no message id of the old connection is acknowledged
        if not self._stopping.is_set():
            _log.warning("broker_lost", reason=str(reason))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        while not self._space.acquire(timeout=0.5):
            if self._stopping.is_set():
                return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        payload = bytes(message.payload) if len(message.payload) <= MAX_PAYLOAD_BYTES else None
        delivery = Delivery(topic, payload, message.mid, message.qos, self._connection)
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, delivery)
        except RuntimeError:  # the loop is closed: the process is ending, the broker keeps the message
            return
