"""Many routers that publish at QoS 1 as fast as the broker acknowledges: prepared packets on bare sockets, one thread."""

import selectors
import socket
import ssl
import struct
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from spotfi_protocol.topics import Up, up_topic

_WINDOW = 20
"""Unacknowledged messages of one router."""
_PUBACK_BYTES = 4


@dataclass(slots=True)
class _Router:
    connection: ssl.SSLSocket | socket.socket
    packets: deque[bytes]
    in_flight: int = 0
    received: int = 0
    waiting: bytearray = field(default_factory=bytearray)


def publish_packet(router_id: UUID, packet_id: int, payload: bytes) -> bytes:
    """MQTT 3.1.1 PUBLISH at QoS 1 (§3.3)."""
    topic = up_topic(router_id, Up.TELEMETRY).encode()
    body = struct.pack("!H", len(topic)) + topic + struct.pack("!H", packet_id) + payload
    return b"\x32" + _remaining_length(len(body)) + body


def connect_packet(router_id: UUID, key: str) -> bytes:
    """CONNECT with a clean session (§3.1)."""
    fields = (str(router_id), str(router_id), key)
    body = b"\x00\x04MQTT\x04\xc2\x00\x3c" + b"".join(struct.pack("!H", len(each)) + each.encode() for each in fields)
    return b"\x10" + _remaining_length(len(body)) + body


def _remaining_length(length: int) -> bytes:
    digits = bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (128 if length else 0))
        if not length:
            return bytes(digits)


def publish_all(port: int, ca: Path, key: str, packets: dict[UUID, list[bytes]]) -> None:
    """Connect every router over TLS and publish its packets; returns when the broker has acknowledged them all."""
    context = ssl.create_default_context(cafile=str(ca))
    selector = selectors.DefaultSelector()
    open_routers = 0
    for router_id, own in packets.items():
        plain = socket.create_connection(("127.0.0.1", port))
        connection = context.wrap_socket(plain, server_hostname="localhost")
        connection.sendall(connect_packet(router_id, key))
        answer = connection.recv(4)
        if answer != b"\x20\x02\x00\x00":
            msg = f"the broker does not let {router_id} in: {answer.hex()}"
            raise ConnectionError(msg)
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, _Router(connection, deque(own)))
        open_routers += 1
    for key_of in list(selector.get_map().values()):
        _send(key_of.data)
    while open_routers:
        for ready, _ in selector.select():
            router: _Router = ready.data
            _take_acknowledgements(router)
            if not router.packets and not router.in_flight and not router.waiting:
                selector.unregister(router.connection)
                router.connection.close()
                open_routers -= 1
                continue
            _send(router)


def _send(router: _Router) -> None:
    while router.packets and router.in_flight < _WINDOW:
        router.waiting += router.packets.popleft()
        router.in_flight += 1
    if router.waiting:
        try:
            sent = router.connection.send(router.waiting)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return
        del router.waiting[:sent]


def _take_acknowledgements(router: _Router) -> None:
    try:
        while chunk := router.connection.recv(4096):
            router.received += len(chunk)
            done, router.received = divmod(router.received, _PUBACK_BYTES)
            router.in_flight -= done
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    msg = "the broker has hung up"
    raise ConnectionError(msg)
