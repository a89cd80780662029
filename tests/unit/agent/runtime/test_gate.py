"""A flood from the broker is turned away and counted; what the link itself reports always gets through."""

from queue import SimpleQueue

from spotfi_agent.link.endpoint import Transport
from spotfi_agent.link.events import Delivered, Disconnected, Received
from spotfi_agent.runtime.events import Event
from spotfi_agent.runtime.gate import Gate


def test_a_flood_is_bounded_and_counted() -> None:
    queue: SimpleQueue[Event] = SimpleQueue()
    gate = Gate(queue)
    for _ in range(1000):
        gate(Received("topic", b"x"))
    assert (queue.qsize(), gate.flooded) == (256, 744)
    gate(Delivered((1, 1)))
    gate(Disconnected(Transport.MQTT, "gone", was_connected=True))
    assert queue.qsize() == 258


def test_large_messages_count_for_more() -> None:
    queue: SimpleQueue[Event] = SimpleQueue()
    gate = Gate(queue)
    for _ in range(100):
        gate(Received("topic", bytes(50_000)))
    assert (queue.qsize(), gate.flooded) == (32, 68)
