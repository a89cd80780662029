"""Terminals: who may have one here, for how long, and that all of it arrives once and in order. In the runtime's thread.

Nothing of a terminal goes to the flash, and nothing waits for a link that stays away: the shell is hung up then.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from spotfi_agent.clock import Clock
from spotfi_agent.config import Config
from spotfi_agent.runtime.events import Event, TerminalEnded, TerminalSaid, TerminalTook
from spotfi_agent.runtime.post import Post
from spotfi_agent.runtime.terminal import Terminal
from spotfi_agent.terminals.shell import Listener, Shell
from spotfi_protocol.codec import encode
from spotfi_protocol.terminal import (
    HEARTBEAT_S,
    MAX_OUTPUT_BYTES,
    MAX_UNTAKEN_FRAMES,
    Close,
    Closed,
    DownFrame,
    EndReason,
    Input,
    Open,
    Opened,
    Output,
    Resize,
    UpAct,
    UpFrame,
)
from spotfi_protocol.topics import Up

_log = logging.getLogger(__name__)

MOST_OPEN = 2
_RESEND_MS = 10_000
_REMEMBERED = 32
"""Terminals that are over and whose late frames must not open them again."""
_STOP_S = 1.5
_SENTENCES = {
    EndReason.IDLE: "Nothing was typed for too long.",
    EndReason.TOO_LONG: "The terminal was open for as long as this router allows.",
    EndReason.LINK_LOST: "The router has not heard of the cloud for too long.",
    EndReason.STOPPED: "The router's agent was stopped.",
    EndReason.EXITED: "The shell has ended.",
}
_NOT_ALLOWED = "This router's own configuration does not allow a terminal (option allow_terminal)."
_TOO_MANY = f"This router has {MOST_OPEN} terminals open, and takes no more."
_UNKNOWN = "The router's agent was started again, and knows nothing of this terminal."


@dataclass(frozen=True, slots=True)
class Rules:
    """What the router's own configuration says about terminals; times in seconds."""

    permitted: bool
    idle_s: float
    longest_s: float
    grace_s: float

    @classmethod
    def of(cls, config: Config) -> "Rules":
        return cls(config.allow_terminal, config.terminal_idle_s, config.terminal_longest_s, config.terminal_grace_s)


class TerminalDesk:
    """Takes frames in, keeps shells, and sends what they say."""

    def __init__(self, post: Post, clock: Clock, rules: Rules, tell: Callable[[Event], None]) -> None:
        self._post = post
        self._clock = clock
        self._rules = rules
        self._tell = tell
        self._terminals: dict[UUID, Terminal] = {}
        self._over: deque[UUID] = deque(maxlen=_REMEMBERED)

    @property
    def open(self) -> int:
        return sum(terminal.shell is not None for terminal in self._terminals.values())

    def receive(self, frame: DownFrame) -> None:
        """A frame arrived, perhaps not for the first time."""
        terminal = self._terminals.get(frame.session_id) or self._admit(frame)
        if terminal is None:
            return
        terminal.heard_ms = self._clock.mono_ms()
        freed = terminal.outgoing.acknowledge(frame.received)
        if freed:
            terminal.progress_ms = terminal.heard_ms
            if terminal.shell is not None:
                terminal.shell.allow(freed)
        if terminal.is_closed and not terminal.outgoing.kept():
            self._forget(frame.session_id)
        elif frame.act is not None:
            terminal.owes_answer = True
            if terminal.has_room_for(frame.act) and terminal.incoming.take(frame.seq):
                self._obey(frame.session_id, terminal, frame)

    def handle(self, event: TerminalSaid | TerminalTook | TerminalEnded) -> None:
        """What a shell reports from its thread."""
        terminal = self._terminals.get(event.session_id)
        if terminal is None:
            return
        match event:
            case TerminalSaid(session_id, data):
                self._say(session_id, terminal, Output(data))
            case TerminalTook():
                terminal.owes_answer = True
            case TerminalEnded(session_id, exit_status):
                self._close(session_id, terminal, terminal.end_reason or EndReason.EXITED, exit_status)

    def connected(self) -> None:
        """Whatever was on its way is lost."""
        for terminal in self._terminals.values():
            terminal.progress_ms = self._clock.mono_ms() - _RESEND_MS
            terminal.owes_answer = True

    def tick(self) -> None:
        """End what has been going on for too long."""
        now_ms = self._clock.mono_ms()
        for session_id, terminal in list(self._terminals.items()):
            silent_s = (now_ms - terminal.heard_ms) / 1000
            if silent_s > self._rules.grace_s:
                self._end(session_id, terminal, EndReason.LINK_LOST)
                if terminal.shell is None:
                    self._forget(session_id)
            elif (now_ms - terminal.typed_ms) / 1000 > self._rules.idle_s:
                self._end(session_id, terminal, EndReason.IDLE)
            elif (now_ms - terminal.opened_ms) / 1000 > self._rules.longest_s:
                self._end(session_id, terminal, EndReason.TOO_LONG)

    def pump(self) -> None:
        """Send what is due. To be called while there is a connection."""
        now_ms = self._clock.mono_ms()
        for session_id, terminal in self._terminals.items():
            if terminal.outgoing.kept() and now_ms - terminal.progress_ms >= _RESEND_MS:
                terminal.progress_ms = now_ms
                for seq, act in terminal.outgoing.kept():
                    self._send(session_id, terminal, seq, act)
            if terminal.owes_answer or now_ms - terminal.sent_ms >= HEARTBEAT_S * 1000:
                self._send(session_id, terminal, 0, None)

    def close(self) -> None:
        """The agent stops: hang up everywhere, and see that nothing is left running."""
        shells = []
        for session_id, terminal in self._terminals.items():
            if terminal.shell is not None:
                shells.append(terminal.shell)
                self._end(session_id, terminal, EndReason.STOPPED)
        for shell in shells:
            shell.join(_STOP_S)

    def _admit(self, frame: DownFrame) -> Terminal | None:
        """The terminal a frame wants opened. None, and told so, where it is part of one that is not here any more."""
        if not isinstance(frame.act, Open) or frame.seq or frame.session_id in self._over:
            if frame.act is not None:
                lost = UpFrame(frame.session_id, 0, frame.received, Closed(EndReason.STOPPED, _UNKNOWN))
                self._post.publish(Up.TERMINAL, encode(lost.to_wire()))
            return None
        return self._terminals.setdefault(frame.session_id, Terminal(self._clock.mono_ms()))

    def _obey(self, session_id: UUID, terminal: Terminal, frame: DownFrame) -> None:
        shell = terminal.shell
        match frame.act:
            case Open(columns, rows):
                self._open(session_id, terminal, columns, rows)
            case Input(data) if shell is not None:
                terminal.typed_ms = self._clock.mono_ms()
                shell.type(data)
            case Resize(columns, rows) if shell is not None:
                shell.resize(columns, rows)
            case Close(reason):
                self._end(session_id, terminal, reason)
            case _:  # for a shell that is gone
                return

    def _open(self, session_id: UUID, terminal: Terminal, columns: int, rows: int) -> None:
        if not self._rules.permitted:
            self._refuse(session_id, terminal, EndReason.NOT_ALLOWED, _NOT_ALLOWED)
            return
        if self.open >= MOST_OPEN:
            self._refuse(session_id, terminal, EndReason.TOO_MANY, _TOO_MANY)
            return
        listener = Listener(
            said=lambda data: self._tell(TerminalSaid(session_id, data)),
            took=lambda: self._tell(TerminalTook(session_id)),
            ended=lambda exit_status: self._tell(TerminalEnded(session_id, exit_status)),
        )
        try:
            # One frame is kept free for the end, and the first has just been used.
            credit = MAX_UNTAKEN_FRAMES - 1
            terminal.shell = Shell(columns, rows, listener, piece_bytes=MAX_OUTPUT_BYTES, credit=credit)
        except OSError as error:
            self._refuse(session_id, terminal, EndReason.FAILED, f"No terminal could be started: {error.strerror}.")
            return
        _log.warning("terminal_opened session_id=%s", session_id)
        self._say(session_id, terminal, Opened())

    def _refuse(self, session_id: UUID, terminal: Terminal, reason: EndReason, message: str) -> None:
        _log.warning("terminal_refused session_id=%s reason=%s", session_id, reason.value)
        self._say(session_id, terminal, Closed(reason, message))
        terminal.is_closed = True

    def _end(self, session_id: UUID, terminal: Terminal, reason: EndReason) -> None:
        """Hang up; that it is over is told when nothing runs any more."""
        if terminal.shell is not None and terminal.end_reason is None:
            terminal.end_reason = reason
            terminal.shell.end()

    def _close(self, session_id: UUID, terminal: Terminal, reason: EndReason, exit_status: int | None) -> None:
        _log.warning("terminal_closed session_id=%s reason=%s exit_status=%s", session_id, reason.value, exit_status)
        terminal.shell, terminal.is_closed = None, True
        self._say(session_id, terminal, Closed(reason, _SENTENCES.get(reason, ""), exit_status))

    def _say(self, session_id: UUID, terminal: Terminal, act: UpAct) -> None:
        if not terminal.outgoing.kept():
            terminal.progress_ms = self._clock.mono_ms()
        self._send(session_id, terminal, terminal.outgoing.add(act), act)

    def _send(self, session_id: UUID, terminal: Terminal, seq: int, act: UpAct | None) -> None:
        frame = UpFrame(session_id, terminal.done, seq, act)
        if self._post.publish(Up.TERMINAL, encode(frame.to_wire())):
            terminal.owes_answer = False
            terminal.sent_ms = self._clock.mono_ms()

    def _forget(self, session_id: UUID) -> None:
        del self._terminals[session_id]
        self._over.append(session_id)
