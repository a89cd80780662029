"""Packets of MQTT 3.1.1 (OASIS, 29 October 2014) as far as the cloud's own connection needs them. Pure."""

import struct
from collections.abc import Iterable
from enum import IntEnum

PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"
_USER_AND_PASSWORD, _PERSISTENT_SESSION = 0xC0, 0x00
_DUP = 0x08
_MAX_LENGTH_BYTES = 4
_PUBACK_HEAD = b"\x40\x02"


class Kind(IntEnum):
    """First half byte of the packets a server sends (§2.2.1)."""

    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBACK = 9
    PINGRESP = 13


def connect(client_id: str, user: str, password: str, keepalive_s: int) -> bytes:
    """CONNECT that takes up the client's session (§3.1)."""
    head = b"\x00\x04MQTT\x04" + bytes([_USER_AND_PASSWORD | _PERSISTENT_SESSION]) + struct.pack("!H", keepalive_s)
    return _packet(0x10, head + b"".join(map(_text, (client_id, user, password))))


def subscribe(packet_id: int, topic_filter: str) -> bytes:
    """SUBSCRIBE at QoS 1 (§3.8)."""
    return _packet(0x82, struct.pack("!H", packet_id) + _text(topic_filter) + b"\x01")


def publish(packet_id: int, topic: str, payload: bytes) -> bytes:
    """PUBLISH at QoS 1 (§3.3)."""
    return _packet(0x32, _text(topic) + struct.pack("!H", packet_id) + payload)


def repeated(packet: bytes) -> bytes:
    """The PUBLISH marked as sent before (§3.3.1.1)."""
    return bytes([packet[0] | _DUP]) + packet[1:]


def pubacks(packet_ids: Iterable[int]) -> bytes:
    """One PUBACK each (§3.4)."""
    return b"".join(_PUBACK_HEAD + packet_id.to_bytes(2) for packet_id in packet_ids)


def parse_publish(flags: int, body: bytes) -> tuple[bytes, int, int, bytes]:
    """Topic, QoS, packet id (0 at QoS 0) and payload of a PUBLISH. ValueError for what is none."""
    topic_end = 2 + int.from_bytes(body[:2])
    qos = flags >> 1 & 3
    begin = topic_end + 2 if qos else topic_end
    if begin > len(body):
        msg = "a PUBLISH ends before its payload"
        raise ValueError(msg)
    return body[2:topic_end], qos, int.from_bytes(body[topic_end:begin]), body[begin:]


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("!H", len(encoded)) + encoded


def _packet(first: int, body: bytes) -> bytes:
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (128 if length else 0))
        if not length:
            return bytes([first, *digits]) + body


class PacketReader:
    """Cuts a stream of bytes into packets."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """First byte and body of each packet that is complete now. ValueError where the stream is not MQTT."""
        buffer = self._rest + data if self._rest else data
        packets: list[tuple[int, bytes]] = []
        start, end = 0, len(buffer)
        while end - start > 1:
            length, begin = buffer[start + 1], start + 2
            if length > 127:  # a second digit of base 128 follows
                length, begin = _long_length(buffer, start + 1)
            if not begin or begin + length > end:
                break
            packets.append((buffer[start], buffer[begin : begin + length]))
            start = begin + length
        self._rest = buffer[start:]
        return packets


def _long_length(buffer: bytes, start: int) -> tuple[int, int]:
    """A length of several digits (§2.2.3) and where the packet goes on: nowhere yet (0) where digits are missing."""
    length = 0
    for place in range(_MAX_LENGTH_BYTES):
        if start + place >= len(buffer):
            return 0, 0
        digit = buffer[start + place]
        length |= (digit & 127) << 7 * place
        if digit < 128:  # the last digit
            return length, start + place + 1
    msg = "a packet's length has more than four digits"
    raise ValueError(msg)
