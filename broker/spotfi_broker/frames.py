"""MQTT packets off a stream: bounded, whole, and decoded by amqtt only once they have been read to their end.

amqtt 0.12 decodes straight from the stream, so a packet may have any size and a broken one leaves the stream out of step.
"""

import asyncio
from typing import Any

from amqtt.adapters import BufferReader, StreamReaderAdapter
from amqtt.errors import MQTTError
from amqtt.mqtt import packet_class
from amqtt.mqtt.packet import MQTTFixedHeader, MQTTPacket

MAX_PACKET_BYTES = 128 * 1024
"""Largest packet a client may send; the protocol's largest payload is 96 KiB."""


class BrokenProtocolError(Exception):
    """The peer sent what MQTT 3.1.1 or this broker does not allow; its connection ends."""


async def read_frame(reader: asyncio.StreamReader) -> tuple[MQTTFixedHeader, bytes] | None:
    """The next packet, not decoded yet; None at the end of the stream. BrokenProtocolError for one that is too large."""
    try:
        header = await MQTTFixedHeader.from_stream(StreamReaderAdapter(reader))
        if header is None:
            return None
        if header.remaining_length > MAX_PACKET_BYTES:
            msg = f"packet of {header.remaining_length} bytes is too large"
            raise BrokenProtocolError(msg)
        return header, await reader.readexactly(header.remaining_length)
    except (asyncio.IncompleteReadError, OSError):
        return None
    except MQTTError as error:
        raise BrokenProtocolError(str(error)) from error


async def decode(header: MQTTFixedHeader, body: bytes) -> MQTTPacket[Any, Any, Any]:
    try:
        return await packet_class(header).from_stream(BufferReader(body), fixed_header=header)
    except Exception as error:  # amqtt's decoders raise whatever they come across
        msg = f"undecodable packet: {error}"
        raise BrokenProtocolError(msg) from error
