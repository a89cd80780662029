"""The window: a command may be only so many pieces of output ahead of the cloud's confirmation, so RAM stays bounded."""

import threading
from collections.abc import Callable
from uuid import UUID

from spotfi_agent.commands.order import OutputLostError

PieceReady = Callable[[UUID, int, bytes], None]
"""Takes a piece to be sent: command, number, data. Called from the command's thread; must not block."""


class Window:
    """The output of one command. `confirm` comes from another thread than `send`."""

    def __init__(self, command_id: UUID, piece_ready: PieceReady, *, pieces: int = 4, patience_s: float = 900) -> None:
        self._command_id = command_id
        self._piece_ready = piece_ready
        self._pieces = pieces
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._unconfirmed: set[int] = set()
        self._sent = 0
        self._closed = False
        self._on_close: Callable[[], None] | None = None

    def send(self, data: bytes) -> None:
        with self._changed:
            self._wait_until(lambda: len(self._unconfirmed) < self._pieces)
            number = self._sent
            self._sent += 1
            self._unconfirmed.add(number)
        self._piece_ready(self._command_id, number, data)

    def finish(self) -> int:
        with self._changed:
            self._wait_until(lambda: not self._unconfirmed)
            return self._sent

    def when_closed(self, action: Callable[[], None]) -> None:
        with self._changed:
            self._on_close = action
            is_late = self._closed
        if is_late:
            action()

    def confirm(self, piece: int) -> None:
        """The cloud has this piece."""
        with self._changed:
            self._unconfirmed.discard(piece)
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will be delivered; whoever waits is told."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            action = self._on_close
        if action is not None:
            action()

    def _wait_until(self, enough: Callable[[], bool]) -> None:
        """Patience starts again with every confirmation: a slow link may take as long as it takes."""
        while not self._closed and not enough():
            if not self._changed.wait(self._patience_s):
                msg = f"the cloud confirmed nothing for {self._patience_s:g} s"
                raise OutputLostError(msg)
        if self._closed:
            msg = "the agent stopped before the cloud had everything"
            raise OutputLostError(msg)
