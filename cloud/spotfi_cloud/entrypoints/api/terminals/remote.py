"""The far end of one terminal, as this process sees it: what is on its way in both directions, in order and bounded."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

from spotfi_protocol.ordered import Incoming, Outgoing
from spotfi_protocol.terminal import (
    HEARTBEAT_S,
    MAX_INPUT_BYTES,
    MAX_UNTAKEN_FRAMES,
    Close,
    Closed,
    DownAct,
    DownFrame,
    EndReason,
    Input,
    Open,
    Output,
    Resize,
    UpAct,
    UpFrame,
)

_RESEND_S = 3.0
_SILENCE_S = 3.5 * HEARTBEAT_S
"""A router that is there says something each HEARTBEAT_S."""
_MOST_WAITING = 2 * MAX_UNTAKEN_FRAMES
"""A router that sends more than it was allowed to does not keep to the protocol."""
_AWAY = "Nothing has been heard of the router for too long."
_UNRULY = "The router sends more than it may."


class RemoteTerminal:
    """`send` may lose frames; this sends them again. `now` gives a monotonic clock's seconds."""

    def __init__(
        self, session_id: UUID, send: Callable[[DownFrame], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self.typed_bytes = self.shown_bytes = 0
        self.is_over = False
        """The router has said that nothing of it runs any more."""
        self._session_id = session_id
        self._send_frame = send
        self._now = now
        self._outgoing: Outgoing[DownAct] = Outgoing(MAX_UNTAKEN_FRAMES)
        self._incoming = Incoming()
        self._acts: asyncio.Queue[UpAct] = asyncio.Queue()
        self._shown = 0
        self._room = asyncio.Event()
        self._heard_s = self._sent_s = self._progress_s = self._now()

    def open(self, columns: int, rows: int) -> None:
        self._say(Open(columns, rows))

    async def type(self, data: bytes) -> None:
        """Send what was typed; returns when the router has taken enough of it for the rest to be on its way."""
        for begin in range(0, len(data), MAX_INPUT_BYTES):
            piece = data[begin : begin + MAX_INPUT_BYTES]
            await self._make_room()
            self._say(Input(piece))
            self.typed_bytes += len(piece)

    async def resize(self, columns: int, rows: int) -> None:
        await self._make_room()
        self._say(Resize(columns, rows))

    def close(self, reason: EndReason) -> None:
        """Have it ended, whatever the router has not taken yet."""
        self._say(Close(reason))

    async def next_act(self) -> UpAct:
        """What the router says next. To be followed by `done_with_act` when it was shown."""
        return await self._acts.get()

    def done_with_act(self, act: UpAct) -> None:
        """The router may go on."""
        if isinstance(act, Output):
            self.shown_bytes += len(act.data)
        self._shown += 1
        self._send(0, None)

    def hear(self, frame: UpFrame) -> None:
        """A frame arrived, perhaps not for the first time."""
        self._heard_s = self._now()
        if self._outgoing.acknowledge(frame.received):
            self._progress_s = self._heard_s
            self._room.set()
        if frame.act is None:
            return
        if self._incoming.take(frame.seq):
            self.is_over = isinstance(frame.act, Closed)
            unruly = self._acts.qsize() >= _MOST_WAITING
            self._acts.put_nowait(Closed(EndReason.FAILED, _UNRULY) if unruly else frame.act)
        elif frame.seq < self._incoming.expected:
            self._send(0, None)  # it has not heard that this was taken

    def tick(self) -> None:
        """To be called about once a second: send again what got lost, tell the router we are there, give up on silence."""
        now_s = self._now()
        if now_s - self._heard_s > _SILENCE_S:
            self._heard_s = now_s
            self._acts.put_nowait(Closed(EndReason.LINK_LOST, _AWAY))
        if self._outgoing.kept() and now_s - self._progress_s >= _RESEND_S:
            self._progress_s = now_s
            for seq, act in self._outgoing.kept():
                self._send(seq, act)
        if now_s - self._sent_s >= HEARTBEAT_S:
            self._send(0, None)

    async def _make_room(self) -> None:
        while not self._outgoing.has_room:
            self._room.clear()
            await self._room.wait()

    def _say(self, act: DownAct) -> None:
        if not self._outgoing.kept():
            self._progress_s = self._now()
        self._send(self._outgoing.add(act), act)

    def _send(self, seq: int, act: DownAct | None) -> None:
        self._sent_s = self._now()
        self._send_frame(DownFrame(self._session_id, self._shown, seq, act))
