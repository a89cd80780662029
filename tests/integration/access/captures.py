"""Packets as a capture file that Wireshark's programs read (pcap, raw IPv4)."""

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

_RAW_IP = 101
_NAS, _SERVER = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2")
_NAS_PORT = 40000


def capture(exchanges: Iterable[tuple[int, bytes, bytes]]) -> bytes:
    """A file of requests with their replies, each with the server's UDP port."""
    file = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, _RAW_IP)
    for number, (port, request, reply) in enumerate(exchanges):
        nas_port = _NAS_PORT + number
        file += _record(2 * number, _datagram(_NAS, nas_port, _SERVER, port, request))
        file += _record(2 * number + 1, _datagram(_SERVER, port, _NAS, nas_port, reply))
    return file


def _record(second: int, packet: bytes) -> bytes:
    return struct.pack("<IIII", second, 0, len(packet), len(packet)) + packet


def _datagram(source: IPv4Address, source_port: int, target: IPv4Address, target_port: int, payload: bytes) -> bytes:
    udp = struct.pack(">HHHH", source_port, target_port, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, source.packed, target.packed)
    return ip[:10] + struct.pack(">H", _checksum(ip)) + ip[12:] + udp


def _checksum(header: bytes) -> int:
    total: int = sum(struct.unpack(">10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
