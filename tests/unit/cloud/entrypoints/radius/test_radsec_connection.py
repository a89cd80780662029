"""A RadSec connection: packets out of a stream, and no more work for a peer than it waits for."""

import asyncio
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.radius.origin import Origin
from spotfi_cloud.entrypoints.radius.radsec_connection import RadsecConnection


class Transport:
    """Stands for TLS: remembers what became of the connection."""

    def __init__(self) -> None:
        self.reading = True
        self.aborted = False
        self.written = b""

    def get_extra_info(self, name: str) -> Any:
        return ("::ffff:192.0.2.1", 4000) if name == "peername" else self

    def getpeercert(self, *, binary_form: bool) -> bytes:
        assert binary_form
        return b"certificate"

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def write(self, data: bytes) -> None:
        self.written += data


class Port:
    """Takes every certificate but those in `unknown`."""

    def __init__(self, *, admits: bool = True) -> None:
        self.admits = admits
        self.refused: list[str] = []

    def greet(self, _connection: Origin) -> str:
        return "" if self.admits else "unknown_certificate"

    def forget(self, _connection: Origin) -> None:
        """Nothing is kept."""

    def refuse(self, reason: str, _connection: Origin) -> None:
        self.refused.append(reason)


def connect(port: Port | None = None) -> tuple[RadsecConnection, Transport, list[bytes]]:
    received: list[bytes] = []
    transport = Transport()
    connection = RadsecConnection(port or Port(), lambda packet, _origin: received.append(packet))
    connection.connection_made(transport)  # type: ignore[arg-type]  # and of a transport
    return connection, transport, received


def packet(length: int, filler: int = 0) -> bytes:
    return bytes((1, filler)) + length.to_bytes(2, "big") + bytes((filler,)) * (length - 4)


@given(lengths=st.lists(st.integers(20, 300), max_size=20), cuts=st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_packets_come_out_whole_however_the_stream_is_cut(lengths: list[int], cuts: list[int]) -> None:
    connection, transport, received = connect()
    packets = [packet(length, number) for number, length in enumerate(lengths)]
    stream, turn = b"".join(packets), 0
    while stream:
        size = cuts[turn % len(cuts)]
        connection.data_received(stream[:size])
        stream, turn = stream[size:], turn + 1
    assert received == packets
    assert not transport.aborted


@pytest.mark.parametrize("length", [0, 4, 19, 4097, 65535])
def test_a_length_that_cannot_be_ends_the_connection(length: int) -> None:
    port = Port()
    connection, transport, received = connect(port)
    connection.data_received(packet(20) + bytes((1, 1)) + length.to_bytes(2, "big") + bytes(40))
    assert (len(received), transport.aborted, port.refused) == (1, True, ["length"])


def test_the_sender_is_known_by_its_certificate() -> None:
    connection, transport, _ = connect(port := Port(admits=False))
    assert (transport.aborted, port.refused) == (True, ["unknown_certificate"])
    assert connection.address == "192.0.2.1"
    assert connection.certificate_sha256 == hashlib.sha256(b"certificate").hexdigest()


async def test_no_more_is_taken_than_may_be_under_way_and_the_rest_later() -> None:
    connection, transport, received = connect()
    connection.data_received(b"".join(packet(20, number % 256) for number in range(400)))
    assert (len(received), transport.reading) == (256, False)
    connection.reply(b"reply")
    connection.ignore()
    await asyncio.sleep(0.01)
    assert (len(received), transport.reading) == (258, False)
    for _ in range(256):
        connection.reply(b"reply")
        await asyncio.sleep(0)
    assert (len(received), transport.reading) == (400, True)


async def test_a_peer_that_does_not_read_its_replies_is_not_read_from() -> None:
    connection, transport, received = connect()
    connection.pause_writing()
    assert not transport.reading
    connection.data_received(packet(20))
    assert received == []
    connection.resume_writing()
    await asyncio.sleep(0.01)
    assert (len(received), transport.reading) == (1, True)


async def test_a_reply_for_a_connection_that_is_gone_is_dropped() -> None:
    connection, transport, _ = connect()
    connection.data_received(packet(20))
    connection.abort()
    connection.connection_lost(None)
    connection.reply(b"too late")
    assert transport.written == b""
