"""One terminal as the runtime knows it: its shell, what is on its way, and when what last happened (`mono_ms`)."""

from spotfi_agent.terminals.shell import Shell
from spotfi_protocol.ordered import Incoming, Outgoing
from spotfi_protocol.terminal import MAX_UNTAKEN_FRAMES, DownAct, EndReason, Input, UpAct


class Terminal:
    """See the module. Its desk keeps it in order."""

    def __init__(self, now_ms: int) -> None:
        self.shell: Shell | None = None
        self.outgoing: Outgoing[UpAct] = Outgoing(MAX_UNTAKEN_FRAMES)
        self.incoming = Incoming()
        self.end_reason: EndReason | None = None
        """Why its shell was hung up, if it was."""
        self.is_closed = False
        """Its last frame is made; it stays until the cloud has that."""
        self.owes_answer = False
        self.opened_ms = self.heard_ms = self.typed_ms = now_ms
        self.sent_ms = self.progress_ms = now_ms

    @property
    def done(self) -> int:
        """How many of the cloud's frames it is done with: not those whose input waits for the shell to read it."""
        return self.incoming.expected - (0 if self.shell is None else self.shell.untaken)

    def has_room_for(self, act: DownAct) -> bool:
        """Whether it may be taken now; the cloud sends again what was not."""
        return not (isinstance(act, Input) and self.shell and self.shell.untaken >= MAX_UNTAKEN_FRAMES)
