"""This process's own connection to the broker, for terminals: there while any is open, and with nothing kept for it.

What goes to routers is QoS 0: nothing of a terminal may wait in the broker and be typed hours later. `ordered` makes up
for loss.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from spotfi_cloud.kernel.errors import DependencyError
from spotfi_protocol.codec import decode, encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.terminal import DownFrame, UpFrame
from spotfi_protocol.topics import EVERY_TERMINAL, Down, down_topic, parse_up

_log = structlog.get_logger(__name__)
_CLOUD_USER = "spotfi-cloud"
_KEEPALIVE_S = 20
_CONNECT_S = 5.0
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}

Heard = Callable[[UUID, UpFrame], None]


class RouterLine:
    """Carries frames to routers and from them; `heard` is called in the event loop, with the router that said it."""

    def __init__(self, mqtt_url: str, password: str | None, ca_file: Path, heard: Heard) -> None:
        self._parts = urlsplit(mqtt_url)
        self._password = password
        self._ca_file = ca_file
        self._heard = heard
        self._users = 0
        self._lock = asyncio.Lock()
        self._client: Client | None = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """The connection is there within, coming back by itself when it breaks. DependencyError where it cannot be made."""
        async with self._lock:
            self._client = self._client or await self._connect()
            self._users += 1
        try:
            yield
        finally:
            async with self._lock:
                self._users -= 1
                if not self._users:
                    client, self._client = self._client, None
                    await _hang_up(client)

    def send(self, router_id: UUID, frame: DownFrame) -> None:
        """At most once; lost while there is no connection."""
        if self._client is not None and self._client.is_connected():
            self._client.publish(down_topic(router_id, Down.TERMINAL), encode(frame.to_wire()), qos=0)

    async def _connect(self) -> Client:
        if self._password is None:
            msg = "This installation's api role has no SPOTFI_MQTT_PASSWORD, so it cannot reach routers."
            raise DependencyError(msg)
        loop, subscribed = asyncio.get_running_loop(), asyncio.Event()
        client = Client(CallbackAPIVersion.VERSION2, f"spotfi-api-{uuid4()}", clean_session=True, protocol=MQTTv311)
        client.username_pw_set(_CLOUD_USER, self._password)
        if self._parts.scheme == "mqtts":
            ca_file = self._ca_file if self._ca_file.exists() else None
            client.tls_set_context(ssl.create_default_context(cafile=ca_file))
        client.reconnect_delay_set(1, 2)
        client.on_socket_open = _send_at_once
        client.on_connect = _subscribe

        def subscribed_now(*_: object) -> None:
            loop.call_soon_threadsafe(subscribed.set)

        client.on_subscribe = subscribed_now
        client.on_message = self._listener(loop)
        client.connect_async(
            self._parts.hostname or "127.0.0.1",
            self._parts.port or _DEFAULT_PORTS[self._parts.scheme],
            keepalive=_KEEPALIVE_S,
        )
        client.loop_start()
        try:
            async with asyncio.timeout(_CONNECT_S):
                await subscribed.wait()
        except TimeoutError as error:
            await _hang_up(client)
            msg = "The broker is away, so routers cannot be reached. Try again in a moment."
            raise DependencyError(msg) from error
        return client

    def _listener(self, loop: asyncio.AbstractEventLoop) -> Callable[[Client, Any, MQTTMessage], None]:
        def listen(_client: Client, _data: Any, message: MQTTMessage) -> None:
            try:
                router_id, _ = parse_up(message.topic)
                frame = UpFrame.from_wire(decode(bytes(message.payload)))
            except (ProtocolError, UnicodeDecodeError, RecursionError) as error:
                _log.warning("terminal_frame_dropped", error=str(error)[:200])
                return
            try:
                loop.call_soon_threadsafe(self._heard, router_id, frame)
            except RuntimeError:  # the loop is closed: the process is ending
                return

        return listen


def _send_at_once(_client: Client, _data: Any, sock: Any) -> None:
    """Without Nagle's algorithm, which holds a keystroke back until what was sent before it is acknowledged."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _subscribe(client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _: Properties | None) -> None:
    if reason.is_failure:
        _log.error("broker_refused", reason=str(reason))
    else:
        client.subscribe(EVERY_TERMINAL, qos=1)


async def _hang_up(client: Client | None) -> None:
    if client is not None:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
