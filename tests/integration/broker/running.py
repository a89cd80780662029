"""The two brokers as processes, and what tests connect to them with: paho clients and bare sockets."""

import os
import queue
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.ports import free_ports

CLOUD = "spotfi-cloud"
CLOUD_PASSWORD = "a password only the cloud has"
T = TypeVar("T")


def eventually(what: str, look: Callable[[], T | None], *, within_s: float = 30) -> T:
    """The first true value `look` gives; a failure that names `what` after the time is over."""
    end = time.monotonic() + within_s
    while True:
        if value := look():
            return value
        assert time.monotonic() < end, f"not within {within_s:g} s: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class TlsFiles:
    """A CA of the installation's and a server certificate for localhost."""

    ca: Path
    certificate: Path
    key: Path


class RunningBroker:
    """A broker's process: `kind` is amqtt or mosquitto."""

    def __init__(self, kind: str, directory: Path, database_url: str, tls: TlsFiles) -> None:
        self.kind = kind
        self.tls = tls
        self.port, self.tls_port, self.tunnel_port = free_ports(3)
        self.data_dir = directory / "data"
        self.log_path = directory / "broker.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")},
            "SPOTFI_DATABASE_URL": database_url,
            "SPOTFI_DATA_DIR": str(self.data_dir),
            "SPOTFI_MQTT_PORT": str(self.port),
            "SPOTFI_MQTT_TLS_PORT": str(self.tls_port),
            "SPOTFI_MQTT_TUNNEL_PORT": str(self.tunnel_port),
            "SPOTFI_MQTT_TLS_HOST": "127.0.0.1",
            "SPOTFI_MQTT_PASSWORD": CLOUD_PASSWORD,
            "SPOTFI_TLS_CERT_FILE": str(tls.certificate),
            "SPOTFI_TLS_KEY_FILE": str(tls.key),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []

    def spawn(self) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-m", "spotfi_broker", *(["mosquitto"] if self.kind == "mosquitto" else [])]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(argv, env=self.environment, stdout=log, stderr=log)
        return self.process

    def start(self) -> None:
        """Start and wait until both listeners answer and the routers' keys have been read."""
        process = self.spawn()
        eventually("the broker listens", lambda: process.poll() is not None or self.listens())
        assert process.poll() is None, self.log()
        eventually("the routers' keys are read", lambda: "access_list_read" in self.log())

    def listens(self) -> bool:
        return all(_answers(port) for port in (self.port, self.tls_port))

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def client(self, user: str, password: str, **options: Any) -> "Client":
        """A client that has not connected yet; it ends with the broker."""
        self._clients.append(Client(self, user, password, **options))
        return self._clients[-1]

    def cloud(self, client_id: str = "ingest", **options: Any) -> "Client":
        """A connected client of the cloud's."""
        client = self.client(CLOUD, CLOUD_PASSWORD, client_id=client_id, tls=False, **options)
        assert client.connect() == "Success"
        return client


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Client:
    """A paho client that keeps what it receives and never reconnects by itself."""

    def __init__(
        self,
        broker: RunningBroker,
        user: str,
        password: str,
        *,
        client_id: str | None = None,
        clean: bool = True,
        tls: bool = True,
        port: int | None = None,
        manual_ack: bool = False,
        keepalive_s: int = 60,
    ) -> None:
        self._broker, self._tls, self._keepalive_s = broker, tls, keepalive_s
        self._user, self._password = user, password
        self._port = port or (broker.tls_port if tls else broker.port)
        self.inbox: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self.gone = threading.Event()
        self.session_present = False
        self._connected: queue.Queue[ReasonCode] = queue.Queue()
        self._granted: queue.Queue[int] = queue.Queue()
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=user if client_id is None else client_id,
            clean_session=clean,
            manual_ack=manual_ack,
            reconnect_on_failure=False,
        )
        self.paho.username_pw_set(user, password)
        if tls:
            self.paho.tls_set(str(broker.tls.ca))
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = lambda *_: self.gone.set()
        self.paho.on_subscribe = lambda _client, _data, _mid, codes, _properties: self._granted.put(codes[0].value)
        self.paho.on_message = lambda _client, _data, message: self.inbox.put(message)

    def _on_connect(
        self, _client: mqtt.Client, _data: Any, flags: mqtt.ConnectFlags, code: ReasonCode, *_: Any
    ) -> None:
        self.session_present = flags.session_present
        self._connected.put(code)

    def connect(self) -> str:
        """Connect; the broker's answer in words, `Success` or why not."""
        self.gone.clear()
        self.paho.connect("localhost" if self._tls else "127.0.0.1", self._port, keepalive=self._keepalive_s)
        self.paho.loop_start()
        answer = self._connected.get(timeout=30)
        if answer.is_failure:
            self.paho.loop_stop()
        return str(answer)

    def would_get_in(self) -> bool:
        """Whether the broker accepts the credentials; asked without paho, which leaks a socket at each refusal."""
        bare, answer = open_bare(self._broker, connect_packet(self._user, self._password))
        bare.close()
        return answer == b"\x20\x02\x00\x00"

    def subscribe(self, topic_filter: str) -> int:
        """Subscribe with QoS 1; what was granted, 128 for a refusal."""
        self.paho.subscribe(topic_filter, qos=1)
        return self._granted.get(timeout=30)

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False) -> bool:
        """Publish with QoS 1; whether the broker acknowledged it."""
        sent = self.paho.publish(topic, payload, qos=1, retain=retain)
        end = time.monotonic() + 30
        while not self.gone.is_set():
            if sent.is_published():
                return True
            assert time.monotonic() < end, "neither acknowledged nor disconnected"
            time.sleep(0.005)
        return False

    def next_message(self, within_s: float = 30) -> mqtt.MQTTMessage:
        return self.inbox.get(timeout=within_s)

    def receives_nothing(self, for_s: float = 0.5) -> bool:
        try:
            self.inbox.get(timeout=for_s)
        except queue.Empty:
            return True
        return False

    def acknowledge(self, message: mqtt.MQTTMessage) -> None:
        self.paho.ack(message.mid, message.qos)

    def vanish(self) -> None:
        """Lose the connection without a goodbye."""
        opened = self.paho.socket()
        assert isinstance(opened, socket.socket)
        opened.shutdown(socket.SHUT_RDWR)
        assert self.gone.wait(30)
        self.paho.loop_stop()

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


def up(router_id: UUID | str, kind: str = "telemetry") -> str:
    return f"spotfi/v1/{router_id}/up/{kind}"


def down(router_id: UUID | str, kind: str = "command") -> str:
    return f"spotfi/v1/{router_id}/down/{kind}"


# --- below paho: for what a well-behaved client does not do -------------------------------------------------------


def _text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("!H", len(data)) + data


def connect_packet(
    user: str,
    password: str,
    *,
    client_id: str | None = None,
    keepalive_s: int = 60,
    will: tuple[str, str] | None = None,
) -> bytes:
    """CONNECT of MQTT 3.1.1 with a clean session, and a last will of QoS 1 where given."""
    flags = 0xC2 | (0x0C if will else 0)
    body = (
        _text("MQTT")
        + bytes([4, flags])
        + struct.pack("!H", keepalive_s)
        + _text(user if client_id is None else client_id)
    )
    body += b"".join(_text(part) for part in will or ()) + _text(user) + _text(password)
    assert len(body) < 16384
    return bytes([0x10, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def open_bare(broker: RunningBroker, packet: bytes) -> tuple[ssl.SSLSocket, bytes]:
    """A TLS connection on which the packet was sent, and the first four bytes of the answer."""
    context = ssl.create_default_context(cafile=str(broker.tls.ca))
    bare = context.wrap_socket(
        socket.create_connection(("127.0.0.1", broker.tls_port), 10), server_hostname="localhost"
    )
    bare.sendall(packet)
    return bare, bare.recv(4)
