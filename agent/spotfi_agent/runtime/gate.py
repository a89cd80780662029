"""What the link reports on its way into the runtime's queue, bounded: a flood of messages costs neither memory nor time."""

from queue import SimpleQueue

from spotfi_agent.link.events import LinkEvent, Received
from spotfi_agent.runtime.events import Event

_MOST_QUEUED = 256
_MOST_LARGE_QUEUED = 32
_LARGE_BYTES = 4096
"""Messages from the cloud waiting to be handled; more is a flood, and what matters in it is sent again."""


class Gate:
    """A listener for the link. Called in its thread."""

    def __init__(self, queue: "SimpleQueue[Event]") -> None:
        self._queue = queue
        self.flooded = 0
        """Messages turned away because too many waited."""

    def __call__(self, event: LinkEvent) -> None:
        if isinstance(event, Received):
            most = _MOST_QUEUED if len(event.payload) < _LARGE_BYTES else _MOST_LARGE_QUEUED
            if self._queue.qsize() >= most:
                self.flooded += 1
                return
        self._queue.put(event)
