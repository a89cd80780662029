"""A router as the cloud sees one: a paho client that speaks the protocol, and does only what a test tells it to."""

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from spotfi_protocol import codec
from spotfi_protocol.messages import Ack, Command, Hello, Output, Result, ResultState, Settings, Stamp, State
from spotfi_protocol.samples import InterfaceCounters, Sample
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import Down, Up, every_down, parse_down, up_topic

T = TypeVar("T")


async def eventually(what: str, look: Callable[[], Awaitable[T]], *, within_s: float = 15) -> T:
    """The first true value `look` gives; a failure that names `what` after the time is over."""
    end = time.monotonic() + within_s
    while True:
        if value := await look():
            return value
        assert time.monotonic() < end, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.05)


class Router:
    """One enrolled router."""

    def __init__(self, grant: dict[str, Any], port: int, ca: Path, *, websocket_path: str | None = None) -> None:
        self.id = UUID(grant["router_id"])
        self._key, self._port, self._ca = grant["device_key"], port, ca
        self._websocket_path = websocket_path
        self.boot_id, self.seq, self.connection = uuid4(), 0, 0
        self.inbox: queue.Queue[tuple[Down, dict[str, Any]]] = queue.Queue()
        self._client: mqtt.Client | None = None

    async def connect(self) -> None:
        """Connect, subscribe, say hello; done when the cloud has answered with the settings."""
        self.connection += 1
        self._client = client = self._make_client()
        subscribed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_connect(client: mqtt.Client, *_: Any) -> None:
            client.subscribe(every_down(self.id), qos=1)

        def on_subscribe(*_: Any) -> None:
            loop.call_soon_threadsafe(subscribed.set)

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_message = self._on_message
        await asyncio.to_thread(client.connect, "localhost", self._port)
        client.loop_start()
        await asyncio.wait_for(subscribed.wait(), 10)
        self.publish(Up.HELLO, self.hello().to_wire())
        await self.receive(Down.SETTINGS)

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            str(self.id),
            clean_session=False,
            transport="tcp" if self._websocket_path is None else "websockets",
            reconnect_on_failure=False,
        )
        if self._websocket_path is None:
            client.tls_set(str(self._ca))
        else:
            client.ws_set_options(self._websocket_path)
        client.username_pw_set(str(self.id), self._key)
        will = State(self.boot_id, self.connection, online=False)
        client.will_set(up_topic(self.id, Up.STATE), codec.encode(will.to_wire()), qos=1)
        return client

    def hello(self) -> Hello:
        return Hello(self.stamp(), self.connection, "0.1.0", 1, "bar", "", "OpenWrt 24.10.2", "mqtt")

    def stamp(self) -> Stamp:
        self.seq += 1
        return Stamp(self.boot_id, self.seq, time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)

    def sample(self, rx_bytes: int = 0) -> Sample:
        counters = InterfaceCounters(rx_bytes, 0, 0, 0, True)
        return Sample(time.monotonic_ns() // 1_000_000, 60, 10, 100, (0.1, 0.2, 0.3), interfaces={"wan": counters})

    def report(self, *samples: Sample) -> None:
        self.publish(Up.TELEMETRY, Telemetry(self.stamp(), samples).to_wire())

    def answer(self, command: Command, state: ResultState, **detail: Any) -> Result:
        result = Result(self.stamp(), command.command_id, state, detail)
        self.publish(Up.RESULT, result.to_wire())
        return result

    def print_piece(self, command: Command, piece: int, data: bytes) -> None:
        self.publish(Up.OUTPUT, Output(self.stamp(), command.command_id, piece, data).to_wire())

    def publish(self, kind: Up, body: dict[str, Any]) -> None:
        self.publish_bytes(up_topic(self.id, kind), codec.encode(body))

    def publish_bytes(self, topic: str, payload: bytes) -> None:
        assert self._client is not None
        self._client.publish(topic, payload, qos=1)

    async def receive(self, kind: Down, *, within_s: float = 10) -> dict[str, Any]:
        """The next message of the kind; others before it are passed over."""
        end = time.monotonic() + within_s
        while True:
            left_s = end - time.monotonic()
            assert left_s > 0, f"no {kind} within {within_s:g} s"
            try:
                arrived, body = await asyncio.to_thread(self.inbox.get, timeout=min(left_s, 0.2))
            except queue.Empty:
                continue
            if arrived is kind:
                return body

    async def receive_command(self, *, within_s: float = 10) -> Command:
        return Command.from_wire(await self.receive(Down.COMMAND, within_s=within_s))

    async def receive_ack(self, seq: int) -> None:
        """Wait until the cloud has the message."""
        while seq not in Ack.from_wire(await self.receive(Down.ACK)).seqs:
            pass

    async def receive_interval_s(self) -> int:
        return Settings.from_wire(await self.receive(Down.SETTINGS)).interval_s

    def reboot(self) -> None:
        """Lose the connection and come up as another boot."""
        self.cut()
        self.boot_id, self.seq, self.connection = uuid4(), 0, 0

    def cut(self) -> None:
        """The power is cut: the connection breaks without goodbye."""
        assert self._client is not None
        sock = self._client.socket()
        self._client.loop_stop()
        if sock is not None:
            sock.close()
        self._client = None

    def take_key(self, key: str) -> None:
        """Connect with this key from now on."""
        self._key = key

    def close(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        _, kind = parse_down(message.topic)
        self.inbox.put((kind, codec.decode(bytes(message.payload))))
