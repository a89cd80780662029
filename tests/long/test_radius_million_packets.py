"""A million mutated packets: nothing crashes, nothing forged is believed, no memory is kept."""

import random
from contextlib import suppress

import psutil
import pytest

from spotfi_cloud.radius.authenticity import verify_request
from spotfi_cloud.radius.errors import PacketError
from spotfi_cloud.radius.mschap import read_mschap
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.radius.packet import Packet, decode
from spotfi_cloud.radius.passwords import check_chap, check_pap
from spotfi_cloud.radius.traffic import read_traffic
from tests.vectors.reading import Vector, read_vectors

CHUNKS = 10
PACKETS_PER_CHUNK = 100_000
WARM_UP = 20_000
MOST_GROWTH_BYTES = 4 << 20

REQUESTS = [
    vector
    for vector in read_vectors().values()
    if vector.said.get("authentic") == "yes" and "answers" not in vector.said
]
GENUINE = {decode(vector.datagram).raw for vector in REQUESTS}


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_mutated_packets(seed: int) -> None:
    dice = random.Random(seed)
    receive_many(WARM_UP, dice)
    before = psutil.Process().memory_info().rss
    receive_many(PACKETS_PER_CHUNK - WARM_UP, dice)
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH_BYTES


def receive_many(packets: int, dice: random.Random) -> None:
    for _ in range(packets):
        vector = dice.choice(REQUESTS)
        receive(mutated(vector.datagram, dice), vector)


def receive(datagram: bytes, vector: Vector) -> None:
    """What a server does with it; only what was really sent may be believed."""
    with suppress(PacketError):
        packet = decode(datagram)
        read(packet)
        verify_request(packet, vector.secret)
        assert packet.raw in GENUINE, datagram.hex()


def read(packet: Packet) -> None:
    for kind in (1, 8, 25, 27, 31, 40, 44, 80):
        packet.text(kind)
        packet.integer(kind)
    packet.vendor(14559, 3)
    read_traffic(packet, NasKind.GENERIC)
    read_mschap(packet)
    check_pap(packet, b"secret", b"password")
    check_chap(packet, b"password")


def mutated(datagram: bytes, dice: random.Random) -> bytes:
    """One to four changes, the header's length mended half of the time so that what lies behind it is reached too."""
    octets = bytearray(datagram)
    for _ in range(dice.randrange(1, 5)):
        mutate(octets, dice)
    if dice.random() < 0.5 and len(octets) >= 4:
        octets[2:4] = (len(octets) & 0xFFFF).to_bytes(2, "big")
    return bytes(octets)


def mutate(octets: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(octets) + 1)
    match dice.randrange(6):
        case 0 if at < len(octets):
            octets[at] ^= 1 << dice.randrange(8)
        case 1 if at < len(octets):
            octets[at] = dice.choice((0, 1, 2, 18, 80, 127, 128, 255))
        case 2:
            del octets[at:]
        case 3:
            del octets[at : at + dice.randrange(1, 20)]
        case 4:
            octets[at:at] = dice.randbytes(dice.randrange(1, 40))
        case _:  # a piece of another place, whole attributes among them
            start = dice.randrange(len(octets) + 1)
            octets[at:at] = octets[start : start + dice.randrange(1, 40)]
