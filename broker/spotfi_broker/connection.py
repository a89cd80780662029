"""One client's MQTT connection, on top of amqtt's protocol handler.

amqtt gives the packets, the checks of CONNECT and the answers. Reading, sending and acknowledging are ours, because in
amqtt 0.12 a silent peer is never noticed, and a QoS 1 message that is not acknowledged within five seconds, or before the
connection ends, is forgotten.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol, Self

import structlog
from amqtt.adapters import BufferReader, StreamReaderAdapter, StreamWriterAdapter, WriterAdapter
from amqtt.broker import BrokerContext
from amqtt.mqtt.connack import ConnackPacket
from amqtt.mqtt.disconnect import DisconnectPacket
from amqtt.mqtt.packet import CONNECT, MQTTPacket
from amqtt.mqtt.pingreq import PingReqPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.subscribe import SubscribePacket
from amqtt.mqtt.unsubscribe import UnsubscribePacket
from amqtt.plugins.manager import PluginManager
from amqtt.session import Session
from typing_extensions import override

from spotfi_broker import permissions
from spotfi_broker.frames import BrokenProtocolError, decode, read_frame
from spotfi_broker.mailbox import MAX_FILTERS, Letter, Mailbox

_log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 10.0
_SEND_TIMEOUT_S = 30.0
_FAREWELL_S = 5.0
_MAX_QOS = 1
_SUBSCRIPTION_REFUSED = 0x80


class Post(Protocol):
    """Where a connection hands in what its client publishes."""

    def deliver(self, letter: Letter) -> None: ...


class Connection(BrokerProtocolHandler):
    """See the module. Made by `greet`; the broker gives it its mailbox."""

    mailbox: Mailbox
    post: Post
    key: str
    """What the client proved who it is with."""
    _stream: asyncio.StreamReader
    _transport: asyncio.WriteTransport

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.finished = asyncio.Event()
        self.barred = False
        """Its key was revoked: what it publishes is no longer passed on."""
        self._denials = 0
        self._hung_up: str | None = None
        self._handlers: dict[type[Any], Callable[[Any], Any]] = {
            PublishPacket: self.handle_publish,
            PubackPacket: self.handle_puback,
            SubscribePacket: self.handle_subscribe,
            UnsubscribePacket: self.handle_unsubscribe,
            PingReqPacket: self.handle_pingreq,
        }

    @classmethod
    async def greet(
        cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, plugins: PluginManager[BrokerContext]
    ) -> Self | None:
        """Read CONNECT and let amqtt check it; None where the peer went without one.

        BrokenProtocolError for anything else; TimeoutError where nothing comes.
        """
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            frame = await read_frame(reader)
            if frame is None:
                return None
            header, body = frame
            if header.packet_type != CONNECT:
                msg = "the first packet is no CONNECT"
                raise BrokenProtocolError(msg)
            adapter = StreamWriterAdapter(writer)
            try:
                connection, session = await cls.init_from_connect(
                    BufferReader(header.to_bytes() + body), adapter, plugins
                )
            except Exception as error:  # amqtt's decoders raise whatever they come across
                msg = f"CONNECT refused: {error}"
                raise BrokenProtocolError(msg) from error
        assert isinstance(connection, cls)
        connection.attach(session, StreamReaderAdapter(reader), adapter)
        connection._stream, connection._transport = reader, writer.transport
        return connection

    @property
    def client(self) -> Session:
        """Who the client said it is in CONNECT."""
        assert self.session is not None
        return self.session

    async def answer_connect(self, code: int, *, session_present: bool = False) -> None:
        await self._send_packet(ConnackPacket.build(int(session_present and not code), code))

    async def converse(self) -> str:
        """Exchange packets until the connection ends; why it did. The last will is left unless the client said goodbye."""
        sender = asyncio.create_task(self._send_letters())
        why = "closed_by_peer"
        try:
            why = await self._receive()
        except TimeoutError:
            why = "silent"
        except BrokenProtocolError as error:
            why = str(error)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            why = self._hung_up or why
            if why != "goodbye":
                self._leave_will()
        return why

    def hang_up(self, why: str) -> None:
        """End the connection now, without waiting for the peer."""
        self._hung_up = self._hung_up or why
        self._transport.abort()

    def close(self) -> None:
        """End the connection once what was written has gone out."""
        self._transport.close()
        asyncio.get_running_loop().call_later(_FAREWELL_S, self._transport.abort)

    # --- what the client sends ------------------------------------------------------------------------------------

    async def _receive(self) -> str:
        silence_s = self.client.keep_alive * 1.5 or None  # §3.1.2.10
        while True:
            async with asyncio.timeout(silence_s):
                frame = await read_frame(self._stream)
            if frame is None:
                return "closed_by_peer"
            packet = await decode(*frame)
            if isinstance(packet, DisconnectPacket):
                return "goodbye"
            handler = self._handlers.get(type(packet))
            if handler is None:
                msg = f"unexpected {type(packet).__name__}"
                raise BrokenProtocolError(msg)
            await handler(packet)

    @override
    async def handle_publish(self, publish_packet: PublishPacket) -> None:
        topic, qos = publish_packet.topic_name or "", publish_packet.qos or 0
        if qos > _MAX_QOS or publish_packet.retain_flag:
            msg = "published with QoS 2 or to be retained, which this broker does not offer"
            raise BrokenProtocolError(msg)
        if self.barred or not permissions.may_publish(self.mailbox.user, topic):
            self._note_denial("publish", topic)
        else:
            self.post.deliver(Letter(topic, publish_packet.data or b"", qos))
        if qos and publish_packet.packet_id is not None:
            await self._send_packet(PubackPacket.build(publish_packet.packet_id))

    @override
    async def handle_puback(self, puback: PubackPacket) -> None:
        self.mailbox.acknowledge(puback.packet_id)

    @override
    async def handle_subscribe(self, subscribe: SubscribePacket) -> None:
        if subscribe.variable_header is None or subscribe.payload is None or not subscribe.payload.topics:
            msg = "SUBSCRIBE without a topic filter"
            raise BrokenProtocolError(msg)
        codes = [self._subscribe(topic_filter, qos) for topic_filter, qos in subscribe.payload.topics]
        await self.mqtt_acknowledge_subscription(subscribe.variable_header.packet_id, codes)

    def _subscribe(self, topic_filter: str, qos: int) -> int:
        filters = self.mailbox.filters
        full = len(filters) >= MAX_FILTERS and topic_filter not in filters
        if self.barred or full or qos > 2 or not permissions.may_subscribe(self.mailbox.user, topic_filter):
            self._note_denial("subscribe", topic_filter)
            return _SUBSCRIPTION_REFUSED
        filters[topic_filter] = min(qos, _MAX_QOS)
        return filters[topic_filter]

    @override
    async def handle_unsubscribe(self, unsubscribe: UnsubscribePacket) -> None:
        if unsubscribe.variable_header is None or unsubscribe.payload is None:
            msg = "UNSUBSCRIBE without a topic filter"
            raise BrokenProtocolError(msg)
        for topic_filter in unsubscribe.payload.topics:
            self.mailbox.filters.pop(topic_filter, None)
        await self.mqtt_acknowledge_unsubscription(unsubscribe.variable_header.packet_id)

    def _leave_will(self) -> None:
        will = self.client
        if will.will_flag and will.will_topic and not self.barred:
            self.post.deliver(
                Letter(will.will_topic, bytes(will.will_message or b""), min(will.will_qos or 0, _MAX_QOS))
            )

    def _note_denial(self, action: str, topic: str) -> None:
        """One line per connection: a router that is wrong a thousand times would fill the log."""
        self._denials += 1
        if self._denials == 1:
            _log.warning("topic_denied", client=self.mailbox.client_id, action=action, topic=topic[:120])

    # --- what the client is sent ----------------------------------------------------------------------------------

    async def _send_letters(self) -> None:
        try:
            for packet_id, letter in self.mailbox.unacknowledged():
                await self._send_letter(packet_id, letter, again=True)
            while True:
                await self.mailbox.ready.wait()
                if (taken := self.mailbox.take()) is not None:
                    await self._send_letter(*taken)
        except OSError:  # TimeoutError included
            self.hang_up("unwritable")

    async def _send_letter(self, packet_id: int | None, letter: Letter, *, again: bool = False) -> None:
        await self._send_packet(
            PublishPacket.build(letter.topic, letter.payload, packet_id, again, letter.qos, retain=False)
        )

    @override
    async def _send_packet(self, packet: MQTTPacket[Any, Any, Any]) -> None:
        """amqtt's own turns a cancellation into an error and waits for ever for a peer that does not read."""
        writer: WriterAdapter | None = self.writer
        if writer is None:
            return
        async with self._write_lock, asyncio.timeout(_SEND_TIMEOUT_S):
            with contextlib.suppress(ConnectionError):  # the reader notices as well, and says why
                await packet.to_stream(writer)
