"""The cloud's own MQTT: packets survive any cutting of the stream, and what is published is sent until acknowledged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.ingest import packets
from spotfi_cloud.entrypoints.ingest.outbox import Outbox
from spotfi_cloud.entrypoints.ingest.packets import PacketReader, parse_publish

TOPICS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)
PUBLICATIONS = st.lists(st.tuples(st.integers(1, 65_535), TOPICS, st.binary(max_size=20_000)), max_size=5)


@given(PUBLICATIONS, st.data())
def test_packets_are_the_same_however_the_stream_is_cut(
    publications: list[tuple[int, str, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(packets.publish(*each) for each in publications)
    reader, read = PacketReader(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        read += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert [parse_publish(first & 15, body) for first, body in read] == [
        (topic.encode(), 1, packet_id, payload) for packet_id, topic, payload in publications
    ]


def test_a_packet_that_comes_byte_by_byte_is_one_packet() -> None:
    reader, packet = PacketReader(), packets.publish(7, "a", bytes(300))
    assert [each for place in range(len(packet)) for each in reader.feed(packet[place : place + 1])] == [
        (0x32, b"\x00\x01a\x00\x07" + bytes(300))
    ]


@pytest.mark.parametrize("stream", [b"\x30\xff\xff\xff\xff\x01", b"\x30\x80\x80\x80\x80\x00"])
def test_what_is_no_mqtt_is_refused(stream: bytes) -> None:
    with pytest.raises(ValueError, match="four digits"):
        PacketReader().feed(stream)


@given(st.binary(max_size=12), st.integers(0, 15))
def test_a_strangers_publish_is_read_or_refused(body: bytes, flags: int) -> None:
    try:
        topic, qos, packet_id, payload = parse_publish(flags, body)
    except ValueError:
        return
    assert len(topic) + len(payload) + 2 + (2 if qos else 0) == len(body)
    assert packet_id == 0 or qos


def ids_of(stream: bytes) -> list[tuple[int, bool]]:
    """Packet ids, and whether the packet says that it was sent before."""
    return [(parse_publish(first & 15, body)[2], bool(first & 8)) for first, body in PacketReader().feed(stream)]


def test_what_is_not_acknowledged_is_sent_again_on_the_next_connection() -> None:
    outbox = Outbox()
    for payload in (b"a", b"b", b"c"):
        assert outbox.add("t", payload)
    assert ids_of(outbox.take()) == [(1, False), (2, False), (3, False)]
    outbox.acknowledge(2)
    assert outbox.add("t", b"d")
    assert ids_of(outbox.take_again()) == [(1, True), (3, True), (4, False)]


def test_only_so_many_are_on_the_way_at_once_and_no_id_is_used_twice() -> None:
    outbox = Outbox()
    for number in range(150):
        outbox.add("t", bytes([number]))
    sent = ids_of(outbox.take())
    assert (len(sent), outbox.take()) == (100, b"")
    for packet_id, _ in sent[1:51]:
        outbox.acknowledge(packet_id)
    assert [packet_id for packet_id, _ in ids_of(outbox.take())] == list(range(101, 151))
    used = {outbox.next_id() for _ in range(65_500)}
    assert not used & {1, *range(52, 101)}


def test_far_too_many_are_not_kept() -> None:
    outbox = Outbox()
    assert all(outbox.add("t", b"") for _ in range(10_000))
    assert not outbox.add("t", b"")
