"""One connection, from dialling to its end. Its loop runs in the link's thread; `publish` may come from another."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from spotfi_agent.link.endpoint import Endpoint
from spotfi_agent.link.events import Connected, Delivered, Listener, Received
from spotfi_agent.link.paho import REFUSED_CODES, Callbacks, Credentials, announced_bytes, make_client
from spotfi_agent.link.path import ConnectionPath, read_path
from spotfi_protocol.codec import MAX_PAYLOAD_BYTES
from spotfi_protocol.topics import Up, every_down, up_topic

_LONGEST_PACKET_BYTES = MAX_PAYLOAD_BYTES + 1024
_TICK_S = 1.0
_CODES = {2: "what the broker sends is no MQTT", 7: "the connection was cut"}
"""MQTT_ERR_PROTOCOL and MQTT_ERR_CONN_LOST, the same in paho 1.6 and 2."""


class RefusedError(Exception):
    """The broker does not accept this router's key."""


class OversizeError(ConnectionError):
    """The broker began to send more than the contract allows."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of one connection, in seconds."""

    keepalive_s: float
    connect_timeout_s: float


class Session:
    """`run` returns when told to end, or raises OSError or RefusedError with the reason."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        listener: Listener,
        connection: int,
        times: Times,
        *,
        fresh: bool,
    ) -> None:
        self.endpoint = endpoint
        self.connection = connection
        self.is_connected = False
        self.connected_at_s: float | None = None
        self.alive_at_s = time.monotonic()
        self._router_id = credentials.router_id
        self._listener = listener
        self._times = times
        self._answer: int | None = None
        self._end_reason: str | None = None
        callbacks = Callbacks(self._on_answer, self._on_message, self._on_delivered)
        self.key = credentials.keys.current
        self._client = make_client(
            endpoint, credentials, self.key, callbacks, timeout_s=times.connect_timeout_s, fresh=fresh
        )

    def set_last_will(self, payload: bytes) -> None:
        """What the broker says for us when the connection breaks. Before `run`."""
        self._client.will_set(up_topic(self._router_id, Up.STATE), payload, qos=1)

    def run(self, look_around: Callable[[], None]) -> None:
        """Dial, then serve until told to end; `look_around` is called about once a second."""
        began_s = time.monotonic()
        try:
            self._client.connect(self.endpoint.host, self.endpoint.port, keepalive=round(self._times.keepalive_s))
            while self._end_reason is None:
                self._turn()
                if self._answer is None and time.monotonic() - began_s > self._times.connect_timeout_s:
                    msg = "no answer to MQTT CONNECT"
                    raise ConnectionError(msg)
                look_around()
        except ssl.SSLCertVerificationError:  # a ValueError too, and needed whole by whoever sets the clock
            raise
        except ValueError as error:  # what paho 1.6 raises when the WebSocket handshake fails
            raise ConnectionError(str(error)) from error
        finally:
            self.is_connected = False
            self._hang_up()
        if self._end_reason:
            raise ConnectionError(self._end_reason)

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int] | None:
        """Hand a message to the broker; a token for `Delivered`, or None when there is no connection."""
        if not self.is_connected:
            return None
        info = self._client.publish(up_topic(self._router_id, kind), payload, qos=1)
        return (self.connection, info.mid) if info.rc == 0 else None

    def path(self) -> ConnectionPath | None:
        """What the kernel knows of the way to the broker; for any thread."""
        return read_path(self.connection, self._client.socket()) if self.is_connected else None

    def end(self, reason: str = "") -> None:
        """Make `run` come to its end; orderly, so the last will stays unsaid. A reason makes it raise ConnectionError."""
        self.is_connected = False
        self._end_reason = reason

    def _turn(self) -> None:
        code = self._client.loop(_TICK_S)
        if self._answer is not None and self._answer in REFUSED_CODES:
            msg = f"the broker refuses this router's key (code {self._answer})"
            raise RefusedError(msg)
        if code != 0 or self._answer:
            raise ConnectionError(_in_words(int(code), self._answer))
        if announced_bytes(self._client) > _LONGEST_PACKET_BYTES:
            msg = "the broker sends more than the contract allows"
            raise OversizeError(msg)

    def _hang_up(self) -> None:
        """Let go of the socket; when told to end without a reason, say goodbye first."""
        if self._end_reason == "":
            self._client.disconnect()
            self._client.loop_write()
        self._client._sock_close()

    def _on_answer(self, code: int) -> None:
        self._answer = code
        if code == 0:
            self.connected_at_s = self.alive_at_s = time.monotonic()
            self._client.subscribe(every_down(self._router_id), qos=1)
            self.is_connected = True
            self._listener(Connected(self.endpoint.transport, self.connection))

    def _on_message(self, topic: str, payload: bytes) -> None:
        self.alive_at_s = time.monotonic()
        self._listener(Received(topic, payload))

    def _on_delivered(self, mid: int) -> None:
        self.alive_at_s = time.monotonic()
        self._listener(Delivered((self.connection, mid)))


def _in_words(code: int, answer: int | None) -> str:
    """Why a connection is over, by paho's code or, where that says nothing, by the broker's answer to CONNECT."""
    if code == 0:
        return f"the broker takes nobody just now (answer {answer})"
    return _CODES.get(code, f"the connection was lost (code {code})")
