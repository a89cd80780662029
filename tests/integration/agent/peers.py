"""What the agent meets in these tests: Debian's Mosquitto with TLS, a WebSocket tunnel, doors that shut, and a small cloud
made of nothing but the wire contract.
"""

import asyncio
import datetime
import ipaddress
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
import websockets.asyncio.server as websocket
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion

from spotfi_protocol.codec import decode, encode
from spotfi_protocol.messages import Ack, Cancel, Command, Hello, Output, Result, Settings, State
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import EVERY_UP, Down, Up, down_topic, parse_up
from tests.ports import free_port

MOSQUITTO = "/usr/sbin/mosquitto"
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
class Certificates:
    """A CA and a server certificate for localhost, as files."""

    ca_pem: str
    ca_der: bytes
    cert_path: Path
    key_path: Path

    @property
    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_path, self.key_path)
        return context


def make_certificates(directory: Path, *, days_from_now: int = 0) -> Certificates:
    directory.mkdir(parents=True)
    ca_key, ca = _sign("Test CA", None, days_from_now)
    key, cert = _sign("localhost", (ca_key, ca), days_from_now)
    cert_path, key_path = directory / "server.pem", directory / "server.key"
    cert_path.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    encoding = serialization.Encoding
    return Certificates(ca.public_bytes(encoding.PEM).decode(), ca.public_bytes(encoding.DER), cert_path, key_path)


def _sign(
    name: str, issuer: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None, days_from_now: int
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days_from_now)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


class Broker:
    """Mosquitto: a TLS listener that asks for the routers' keys, and a plain one for the cloud and the tunnel."""

    def __init__(self, directory: Path, certificates: Certificates) -> None:
        directory.mkdir(parents=True)
        self._directory = directory
        self.certificates = certificates
        self.tls_port, self.plain_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "passwords").touch()

    def admit(self, router_id: UUID, key: str) -> None:
        path = self._directory / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", path, str(router_id), key], check=True, capture_output=True)
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)  # read the passwords again

    def admit_hash(self, router_id: UUID, key_hash: str) -> None:
        """From now on by the key with this hash, and no other."""
        path = self._directory / "passwords"
        others = [line for line in path.read_text().splitlines() if not line.startswith(str(router_id))]
        path.write_text("\n".join([*others, f"{router_id}:{key_hash}"]) + "\n")
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def forget_all(self) -> None:
        """It knows no router any more."""
        (self._directory / "passwords").write_text("")

    def log(self) -> str:
        return (self._directory / "mosquitto.log").read_text(errors="replace")

    def start(self) -> None:
        config = self._directory / "mosquitto.conf"
        config.write_text(f"""
per_listener_settings true
user root
max_queued_messages 0
listener {self.plain_port} 127.0.0.1
allow_anonymous true
listener {self.tls_port} 127.0.0.1
allow_anonymous false
password_file {self._directory / "passwords"}
certfile {self.certificates.cert_path}
keyfile {self.certificates.key_path}
""")
        with (self._directory / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", config], stdout=log, stderr=log)
        eventually("the broker listens", self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls_port)) == 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None


class Loop:
    """An event loop in a thread, for the small servers of these tests."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self.do(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @staticmethod
    async def _cancel_all() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Door:
    """A TCP port in front of another. Shut, it refuses; stuck, it accepts and never answers, and open connections freeze."""

    def __init__(self, loop: Loop, target_port: int) -> None:
        self.port = free_port()
        self._loop = loop
        self._target_port = target_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self.open()

    def open(self) -> None:
        self._loop.do(self._open())

    def shut(self) -> None:
        self._loop.do(self._shut())

    def stick(self) -> None:
        self._flows.clear()

    async def _open(self) -> None:
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._pass_through, "127.0.0.1", self.port)

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _pass_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.close()
            return
        self._writers.add(inner_writer)
        await asyncio.gather(self._copy(reader, inner_writer), self._copy(inner_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


class Tunnel:
    """`wss://localhost:port/mqtt` to the broker's plain port, as the API offers it."""

    def __init__(self, loop: Loop, certificates: Certificates, target_port: int) -> None:
        self._loop = loop
        self._target_port = target_port
        self.port = free_port()
        self.opened = 0
        self._server = loop.do(self._serve(certificates.server_context))

    @property
    def url(self) -> str:
        return f"wss://localhost:{self.port}/mqtt"

    def close(self) -> None:
        self._loop.do(self._stop())

    async def _stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, context: ssl.SSLContext) -> websocket.Server:
        return await websocket.serve(
            self._pass_through,
            "127.0.0.1",
            self.port,
            ssl=context,
            ping_interval=1,  # as the API does every 20 s: a client that answers wrongly is hung up on
            subprotocols=[websocket.Subprotocol("mqtt")],  # type: ignore[attr-defined]
        )

    async def _pass_through(self, client: websocket.ServerConnection) -> None:
        self.opened += 1
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        back = asyncio.create_task(self._back(reader, client))
        try:
            async for data in client:
                writer.write(data if isinstance(data, bytes) else data.encode())
                await writer.drain()
        finally:
            writer.close()
            back.cancel()

    @staticmethod
    async def _back(reader: asyncio.StreamReader, client: websocket.ServerConnection) -> None:
        while data := await reader.read(65536):
            await client.send(data)
        await client.close()


class SmallCloud:
    """Keeps what routers send, confirms results and output, answers a hello with settings and all open commands."""

    def __init__(self, port: int) -> None:
        self.hellos: list[Hello] = []
        self.states: list[State] = []
        self.batches: list[Telemetry] = []
        self.results: dict[UUID, list[Result]] = defaultdict(list)
        self.pieces: dict[UUID, dict[int, bytes]] = defaultdict(dict)
        self.open_commands: dict[UUID, tuple[UUID, Command]] = {}
        self.confirms = True
        self.interval_s = 1
        self._port = port
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="cloud", clean_session=False)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)

    def start(self) -> None:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        eventually("the cloud is connected", self._client.is_connected)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def client(self) -> mqtt.Client:
        """For tests that want to hear more than it keeps."""
        return self._client

    def order(
        self,
        router_id: UUID,
        kind: str,
        *,
        expires_in_s: int = 60,
        times: int = 1,
        limit_s: int | None = None,
        **args: Any,
    ) -> UUID:
        """Send a command, `times` over; it is sent again after each hello until a final result is here."""
        deadline_at_ms = round((time.time() + expires_in_s) * 1000)
        command = Command(uuid4(), kind, args, deadline_at_ms, expires_in_s, limit_s)
        self.open_commands[command.command_id] = (router_id, command)
        for _ in range(times):
            self.say(router_id, Down.COMMAND, command.to_wire())
        return command.command_id

    def cancel(self, router_id: UUID, command_id: UUID) -> None:
        self.say(router_id, Down.CANCEL, Cancel(command_id).to_wire())

    def say(self, router_id: UUID, kind: Down, body: dict[str, Any]) -> None:
        self.say_raw(down_topic(router_id, kind), encode(body))

    def say_raw(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1)

    def final(self, command_id: UUID) -> Result | None:
        return next((result for result in self.results[command_id] if result.state != "accepted"), None)

    def output(self, command_id: UUID) -> bytes:
        return b"".join(data for _, data in sorted(self.pieces[command_id].items()))

    def _on_connect(self, *_: object) -> None:
        self._client.subscribe(EVERY_UP, qos=1)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        router_id, kind = parse_up(message.topic)
        body = decode(bytes(message.payload))
        match kind:
            case Up.HELLO:
                self.hellos.append(Hello.from_wire(body))
                self._answer_hello(router_id)
            case Up.STATE:
                self.states.append(State.from_wire(body))
            case Up.TELEMETRY:
                self.batches.append(Telemetry.from_wire(body))
            case Up.RESULT:
                self._take_result(router_id, Result.from_wire(body))
            case Up.OUTPUT:
                output = Output.from_wire(body)
                self.pieces[output.command_id][output.piece] = output.data
                self._confirm(router_id, output)
            case Up.TERMINAL:  # heard by those tests that subscribe to it
                pass

    def _answer_hello(self, router_id: UUID) -> None:
        self.say(router_id, Down.SETTINGS, Settings(self.interval_s).to_wire())
        for owner, command in list(self.open_commands.values()):
            if owner == router_id:
                self.say(router_id, Down.COMMAND, command.to_wire())

    def _take_result(self, router_id: UUID, result: Result) -> None:
        self.results[result.command_id].append(result)
        if result.state != "accepted":
            self.open_commands.pop(result.command_id, None)
        self._confirm(router_id, result)

    def _confirm(self, router_id: UUID, message: Result | Output) -> None:
        if self.confirms:
            self.say(router_id, Down.ACK, Ack(message.stamp.boot_id, (message.stamp.seq,)).to_wire())
