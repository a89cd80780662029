"""paho-mqtt, 1.6.1 and 2.x behind one face: a client whose callbacks say the same in both.

paho imports urllib.request for a proxy function the agent does not use; that costs a router eight megabytes, so paho is
given an empty module of that name while it is imported.
"""

import os
import socket
import ssl
import sys
import urllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from spotfi_agent.keys import KeyRing
from spotfi_agent.link.endpoint import Endpoint, Transport

if TYPE_CHECKING:
    from paho.mqtt.client import Client

REFUSED_CODES = frozenset({4, 5, 134, 135})
"""Bad user name or password, not authorised: MQTT 3.1.1 §3.2.2.3, and paho 2's names for the same."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What a client reports, in the thread that runs its loop."""

    connected: Callable[[int], None]
    """The broker's answer: 0 accepted, else the reason."""
    received: Callable[[str, bytes], None]
    delivered: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the router is to the broker: client id and user name are its id."""

    router_id: UUID
    keys: KeyRing
    context: ssl.SSLContext


def make_client(
    endpoint: Endpoint, credentials: Credentials, key: str, callbacks: Callbacks, *, timeout_s: float, fresh: bool
) -> "Client":
    """A client that is not connected yet. `fresh` asks the broker to forget what it kept for us."""
    client = _new_client(endpoint, credentials, clean_session=fresh)
    client.username_pw_set(str(credentials.router_id), key)
    client.tls_set_context(credentials.context)
    client._connect_timeout = timeout_s  # paho 1.6 has no property for it
    if endpoint.transport is Transport.WEBSOCKET:
        client.ws_set_options(path=endpoint.path)
    client.on_socket_register_write = _leave_writing_to_the_loop
    client.on_socket_open = lambda _client, _data, sock: _send_at_once(sock.fileno())
    client.on_connect = lambda _client, _data, _flags, reason, *_: callbacks.connected(_number_of(reason))
    client.on_message = lambda _client, _data, message: callbacks.received(_topic_of(message), bytes(message.payload))
    client.on_publish = lambda _client, _data, mid, *_: callbacks.delivered(mid)
    return client


def _number_of(reason: Any) -> int:
    """paho 2 wraps the number of MQTT 3.1.1 in an object."""
    return int(getattr(reason, "value", reason))


def _topic_of(message: Any) -> str:
    try:
        return str(message.topic)
    except UnicodeDecodeError:
        return ""  # no topic of the contract, so it is counted and dropped with the others


def announced_bytes(client: "Client") -> int:
    """Length of the packet that is being received; paho itself would take up to 256 MB."""
    return int(client._in_packet["remaining_length"])


def _new_client(endpoint: Endpoint, credentials: Credentials, *, clean_session: bool) -> "Client":
    mqtt = _import_paho()
    options: dict[str, Any] = {
        "client_id": str(credentials.router_id),
        "clean_session": clean_session,
        "transport": "websockets" if endpoint.transport is Transport.WEBSOCKET else "tcp",
        "reconnect_on_failure": False,
    }
    if hasattr(mqtt, "CallbackAPIVersion"):
        options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
    client: Client = mqtt.Client(**options)
    return client


def _send_at_once(descriptor: int) -> None:
    """Without Nagle's algorithm, which holds a keystroke's echo back until what was said before it is acknowledged."""
    with socket.socket(fileno=os.dup(descriptor)) as same:  # paho's own may be a wrapper without options
        same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _leave_writing_to_the_loop(*_: object) -> None:
    """With this callback set, `publish` in another thread only queues and wakes the loop; it never writes itself."""


def _import_paho() -> Any:
    name = "urllib.request"
    if "paho.mqtt.client" in sys.modules or name in sys.modules:
        return _masking(import_module("paho.mqtt.client"))
    empty = ModuleType(name)
    sys.modules[name] = empty
    vars(urllib)["request"] = empty
    try:
        return _masking(import_module("paho.mqtt.client"))
    finally:
        del sys.modules[name]
        del vars(urllib)["request"]


def _masking(mqtt: Any) -> Any:
    """paho answers a server's ping without masking the answer, and a server must hang up on that (RFC 6455 §5.1): mask it."""
    wrapper = getattr(mqtt, "_WebsocketWrapper", None) or mqtt.WebsocketWrapper
    create_frame = wrapper._create_frame
    if not hasattr(create_frame, "masks_all"):

        def create_masked(self: Any, opcode: int, data: bytearray, _do_masking: int = 1) -> Any:
            return create_frame(self, opcode, data, 1)

        vars(create_masked)["masks_all"] = True
        wrapper._create_frame = create_masked
    return mqtt
