"""Events of the fleet for every stream of this process: read once, over one connection that listens, for whoever may see them.

A stream that does not keep up is dropped with its queue; its client comes back with `Last-Event-ID` and misses nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC
from typing import Any

import structlog
from fastapi.sse import format_sse_event
from sqlalchemy.exc import DBAPIError

from spotfi_cloud.storage.database import Database
from spotfi_cloud.storage.events import Event, Place, find_end, read_events
from spotfi_cloud.storage.notify import Channel, listen

_log = structlog.get_logger(__name__)
_QUEUE_EVENTS = 256
_BATCH = 500
# A notification is only a hint, and events wait for older transactions to end: so the hub looks by itself as well.
_LOOK_S = 1.0
Wanted = Callable[[Event], bool]


class Listener:
    """One stream's place at the hub: `start` is where the hub stood, `queue` what came since, already formatted."""

    def __init__(self, start: Place, wanted: Wanted) -> None:
        self.start, self.wanted = start, wanted
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE_EVENTS)
        self.dropped = False

    def offer(self, event: Event, formatted: bytes) -> bool:
        """Queue the event if it is wanted; False once the listener is too far behind."""
        if self.wanted(event):
            try:
                self.queue.put_nowait(formatted)
            except asyncio.QueueFull:
                self.dropped = True
        return not self.dropped


class EventHub:
    """The events of one process, from the first stream on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._place: Place | None = None
        self._ready = asyncio.Lock()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, wanted: Wanted) -> Listener:
        """A new listener, which hears every wanted event after its `start`."""
        async with self._ready:
            if self._place is None:
                async with self._database.unit_of_work() as session:
                    self._place = await find_end(session)
                self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._serve())]
        listener = Listener(self._place, wanted)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    async def read_until(self, after: Place, listener: Listener) -> AsyncIterator[bytes]:
        """What the listener wants of the events after the place and not after its start, formatted."""
        while after < listener.start:
            async with self._database.unit_of_work() as session:
                events = await read_events(session, after, _BATCH)
            for event in events:
                after = place_of(event)
                if after > listener.start:
                    return
                if listener.wanted(event):
                    yield format_event(event)
            if len(events) < _BATCH:
                return

    async def _listen(self) -> None:
        async for _ in listen(self._database, Channel.EVENTS):
            self._wake.set()

    async def _serve(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self._hand_out()
            except DBAPIError as error:
                _log.warning("events_not_read", error=str(error).splitlines()[0])

    async def _hand_out(self) -> None:
        assert self._place is not None
        while True:
            async with self._database.unit_of_work() as session:
                events = await read_events(session, self._place, _BATCH)
            for event in events:
                formatted = format_event(event)
                self._listeners = {each for each in self._listeners if each.offer(event, formatted)}
                self._place = place_of(event)
            if len(events) < _BATCH:
                return


def place_of(event: Event) -> Place:
    return Place(event.tx, event.number)


def format_event(event: Event) -> bytes:
    """The event as it goes over the wire."""
    ids: dict[str, Any] = {
        name: None if value is None else str(value)
        for name, value in (
            ("host_id", event.host_id),
            ("router_id", event.router_id),
            ("subject_id", event.subject_id),
        )
    }
    at = event.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = json.dumps({"at": at, "kind": event.kind, **ids, "data": event.data}, ensure_ascii=False)
    return format_sse_event(event=event.kind, id=str(place_of(event)), data_str=data)
