"""The embedded broker: amqtt's listeners and life cycle, SpotFi's authentication, sessions and delivery.

Sessions are ours because amqtt 0.12 changes and takes over sessions before it has authenticated the client, marks the new
connection of a session as gone when the old one ends, loses messages when somebody subscribes meanwhile, and scans every
subscription of every client for each message. Here a message goes to the cloud's clients and to the router its topic names.
"""

import asyncio
import contextlib
import ssl
import time

import structlog
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.mqtt.connack import CONNECTION_ACCEPTED, IDENTIFIER_REJECTED, NOT_AUTHORIZED, SERVER_UNAVAILABLE
from typing_extensions import override

from spotfi_broker import permissions
from spotfi_broker.access_list import AccessList, DatabaseAwayError
from spotfi_broker.connection import CONNECT_TIMEOUT_S, Connection
from spotfi_broker.frames import BrokenProtocolError
from spotfi_broker.mailbox import Letter, Mailbox
from spotfi_broker.settings import Settings

_log = structlog.get_logger(__name__)

REVOCATION_GRACE_S = 2.0
"""How long a revoked router stays connected, to be told."""
CLOUD_QUEUE_BYTES = 64 * 1024 * 1024
ROUTER_QUEUE_BYTES = 512 * 1024
_ABANDONED_AFTER_S = 24 * 3600.0
_SHUTDOWN_TIMEOUT_S = 1.5


class EmbeddedBroker(Broker):
    """See the module. `start` and `shutdown` are amqtt's; `follow_access` runs beside them."""

    def __init__(self, settings: Settings, access: AccessList) -> None:
        super().__init__(_configuration(settings))
        self._access = access
        self._mailboxes: dict[tuple[str, str], Mailbox] = {}
        self._connections: dict[tuple[str, str], Connection] = {}
        self._left_at: dict[tuple[str, str], float] = {}
        self._conversations: set[asyncio.Task[None]] = set()

    # --- a client's way in and out --------------------------------------------------------------------------------

    @override
    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        try:
            connection = await Connection.greet(reader, writer, self.plugins_manager)
            if connection is not None:
                await self._receive_client(connection, peer)
        except (BrokenProtocolError, OSError) as error:  # TimeoutError included
            _log.info("peer_dropped", peer=peer, listener=listener_name, reason=str(error) or "no CONNECT in time")
        finally:
            self._conversations.discard(task)
            writer.close()
            asyncio.get_running_loop().call_later(CONNECT_TIMEOUT_S, writer.transport.abort)

    async def _receive_client(self, connection: Connection, peer: str) -> None:
        client = connection.client
        code = await self._authenticate_client(connection)
        if code == CONNECTION_ACCEPTED:
            await self._end_predecessor((client.username or "", client.client_id or ""))
            if not self._access.is_current(client.username or "", connection.key):
                code = NOT_AUTHORIZED
        if code != CONNECTION_ACCEPTED:
            _log.warning("client_refused", user=client.username, peer=peer, code=code)
            await connection.answer_connect(code)
            return
        present = self._seat(connection)
        _log.info("client_connected", client=client.client_id, user=client.username, peer=peer, resumed=present)
        why = "unanswerable"
        try:
            await connection.answer_connect(CONNECTION_ACCEPTED, session_present=present)
            why = await connection.converse()
        finally:
            self._unseat(connection)
            _log.info("client_gone", client=client.client_id, user=client.username, reason=why)

    async def _authenticate_client(self, connection: Connection) -> int:
        """The CONNACK code for the client; on acceptance the connection knows the key it was accepted for."""
        client = connection.client
        user = client.username or ""
        try:
            key = await self._access.admit(user, client.password or "")
        except DatabaseAwayError:
            return int(SERVER_UNAVAILABLE)
        if key is None:
            return int(NOT_AUTHORIZED)
        if user not in (permissions.CLOUD, client.client_id):
            return int(IDENTIFIER_REJECTED)
        if client.will_flag and (client.will_retain or not permissions.may_publish(user, client.will_topic or "")):
            return int(NOT_AUTHORIZED)
        connection.key, connection.post = key, self
        return int(CONNECTION_ACCEPTED)

    async def _end_predecessor(self, key: tuple[str, str]) -> None:
        """End the connection the same client still has, its last will included, before the new one begins."""
        while (predecessor := self._connections.get(key)) is not None:
            predecessor.hang_up("taken_over")
            await predecessor.finished.wait()

    def _seat(self, connection: Connection) -> bool:
        """Give the connection its mailbox; whether that is one from before."""
        client = connection.client
        user, client_id = client.username or "", client.client_id or ""
        self._drop_abandoned()
        if client.clean_session:
            self._mailboxes.pop((user, client_id), None)
        present = (user, client_id) in self._mailboxes
        if not present:
            limit = CLOUD_QUEUE_BYTES if user == permissions.CLOUD else ROUTER_QUEUE_BYTES
            self._mailboxes[user, client_id] = Mailbox(
                user, client_id, limit_bytes=limit, persistent=not client.clean_session
            )
        connection.mailbox = self._mailboxes[user, client_id]
        self._connections[user, client_id] = connection
        self._left_at.pop((user, client_id), None)
        return present

    def _unseat(self, connection: Connection) -> None:
        mailbox = connection.mailbox
        del self._connections[mailbox.key]
        if mailbox.persistent and not connection.barred:
            mailbox.drop_qos_0()
            self._left_at[mailbox.key] = time.monotonic()
        else:
            del self._mailboxes[mailbox.key]
        connection.finished.set()

    def _drop_abandoned(self) -> None:
        """Forget sessions nobody came back for; left_at is in the order of leaving."""
        while self._left_at:
            key, left_at = next(iter(self._left_at.items()))
            if time.monotonic() - left_at < _ABANDONED_AFTER_S:
                return
            del self._left_at[key], self._mailboxes[key]

    # --- delivery -------------------------------------------------------------------------------------------------

    def deliver(self, letter: Letter) -> None:
        """Put a message into the mailbox of each client that subscribed to it, once."""
        for mailbox in self._readers(letter.topic):
            granted = mailbox.granted_qos(letter.topic)
            if granted is None:
                continue
            qos = min(granted, letter.qos)
            if not qos and mailbox.key not in self._connections:
                continue
            if not mailbox.put(Letter(letter.topic, letter.payload, qos)) and mailbox.dropped == 1:
                _log.warning("mailbox_full", client=mailbox.client_id, waiting=len(mailbox))

    def _readers(self, topic: str) -> list[Mailbox]:
        router = permissions.router_of(topic)
        own = self._mailboxes.get((router, router))
        cloud = [mailbox for key, mailbox in self._mailboxes.items() if key[0] == permissions.CLOUD]
        return cloud if own is None else [*cloud, own]

    # --- revocation -----------------------------------------------------------------------------------------------

    async def follow_access(self) -> None:
        """For ever: act on each change of who may connect."""
        async for changed in self._access.follow():
            for user in changed:
                self._review(user)

    def _review(self, user: str) -> None:
        connection = self._connections.get((user, user))
        if connection is None:
            if user not in self._access.key_hashes and self._mailboxes.pop((user, user), None) is not None:
                del self._left_at[user, user]
        elif user in self._access.key_hashes and not self._access.is_current(user, connection.key):
            connection.hang_up("key_changed")  # at once: what was acknowledged is passed on, and the rest comes again
        elif not connection.barred and not self._access.is_current(user, connection.key):
            connection.barred = True
            _log.info("client_barred", user=user)
            asyncio.get_running_loop().call_later(REVOCATION_GRACE_S, connection.hang_up, "revoked")

    # --- what amqtt does that we need otherwise -------------------------------------------------------------------

    @override
    async def shutdown(self) -> None:
        for connection in self._connections.values():
            connection.barred = True  # no last wills: it is the broker that goes
            connection.hang_up("broker_stopped")
        for task in self._conversations:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SHUTDOWN_TIMEOUT_S):
                await super().shutdown()

    @staticmethod
    @override
    def _create_ssl_context(listener: ListenerConfig) -> ssl.SSLContext:
        """Without amqtt's request for a client certificate, which no client has."""
        assert listener.certfile is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(listener.certfile, listener.keyfile)
        return context

    @classmethod
    @override
    def _split_bindaddr_port(cls, port_str: str, default_port: int) -> tuple[str | None, int]:
        """amqtt leaves the brackets of an IPv6 address on, and no address is called that."""
        address, port = super()._split_bindaddr_port(port_str, default_port)
        return (address.strip("[]") if address else address), port


def _configuration(settings: Settings) -> BrokerConfig:
    def bind(host: str, port: int) -> str:
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    return BrokerConfig(
        listeners={
            "default": ListenerConfig(bind=bind(settings.mqtt_host, settings.mqtt_port)),
            "tls": ListenerConfig(
                bind=bind(settings.mqtt_tls_host, settings.mqtt_tls_port),
                ssl=True,
                certfile=settings.tls_cert_file,
                keyfile=settings.tls_key_file,
            ),
        },
        plugins={},
    )
