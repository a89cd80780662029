"""Commands: which may run, that none runs twice, and what is told to the cloud about each.

The order of things is the promise. Before a command starts, its id and `accepted` are on flash; its outcome is on flash
before it is marked finished and before anything is sent. So whenever the power is cut, the next start knows: not begun
(the cloud sends it again), begun without an outcome (reported here, never repeated), or done (the journal has it).
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from spotfi_agent.boot import Boot
from spotfi_agent.clock import Clock
from spotfi_agent.commands.lanes import Lanes
from spotfi_agent.commands.order import Handler, Order, Outcome, cancelled_before, failed
from spotfi_agent.commands.registry import Registry
from spotfi_agent.commands.rotate_key import KIND as ROTATE_KEY
from spotfi_agent.commands.window import PieceReady, Window
from spotfi_agent.runtime.proofs import Proof
from spotfi_agent.runtime.results import Results
from spotfi_agent.spool.remembered import Begun, Remembered
from spotfi_protocol.messages import Ack, Cancel, Command, ResultState

_log = logging.getLogger(__name__)

_INTERRUPTED = (
    "The agent was stopped while this command ran; it may or may not have taken effect. "
    "It will not be repeated by itself."
)
_DISK_REFUSES = (
    "The router's disk takes no writes, so it cannot remember commands and begins none. "
    "Free some space, or check the flash."
)
_ROOM_FOR_RESULTS_BYTES = 16 * 1024
"""Journal space that must be free before a command begins."""


class OrderDesk:
    """Takes commands in, starts them, reports how they end. All in the runtime's thread."""

    def __init__(
        self,
        registry: Registry,
        lanes: Lanes,
        results: Results,
        remembered: Remembered,
        *,
        boot: Boot,
        clock: Clock,
        piece_ready: PieceReady,
        proofs: Mapping[str, Proof],
        key_told: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._lanes = lanes
        self._results = results
        self._remembered = remembered
        self._boot = boot
        self._clock = clock
        self._piece_ready = piece_ready
        self._key_told = key_told
        self._proofs = proofs
        self._unproven: dict[UUID, Begun] = {}
        self._running: dict[UUID, tuple[Order, Window]] = {}
        self._starts: list[Callable[[], None]] = []
        self.run_count = 0

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def is_starved(self) -> bool:
        return self._lanes.is_starved

    def recover(self) -> None:
        """After a start: report what the last life of the agent began and could not report."""
        reported = self._results.finished_commands()
        for begun in self._remembered.unfinished():
            if begun.command_id in reported:
                self._remembered.finish(begun.command_id)
            elif begun.kind in self._proofs:
                self._unproven[begun.command_id] = begun
            else:
                self._finish(begun.command_id, failed(_INTERRUPTED))
        self.tick()

    def receive(self, command: Command) -> None:
        """A command arrived, perhaps not for the first time."""
        if self._remembered.knows(command.command_id):
            _log.info("command_repeated command_id=%s kind=%s", command.command_id, command.kind)
            return
        order = Order(command, self._clock.mono_ms())
        handler = self._registry.find(command.kind)
        refusal = self._refusal(order, handler)
        if refusal is not None:
            self._remember(command)
            self._finish(command.command_id, refusal)
        elif handler is not None and self._results.have_room(_ROOM_FOR_RESULTS_BYTES):
            self._begin(order, handler)
        else:
            _log.warning("command_put_off command_id=%s reason=journal_full", command.command_id)

    def cancel(self, cancel: Cancel) -> None:
        """A command is taken back, perhaps before it arrived, perhaps after it ended (then its result says how)."""
        command_id = cancel.command_id
        running = self._running.get(command_id)
        if running is not None:
            order, window = running
            order.cancelled.set()
            if self._lanes.withdraw(order):
                self.done(order, cancelled_before())
            window.close()
        elif not self._remembered.knows(command_id) and self._results.have_room(_ROOM_FOR_RESULTS_BYTES):
            self._remembered.begin(Begun(command_id, "", self._boot.boot_id, self._clock.mono_ms()))
            self._finish(command_id, cancelled_before())

    def start_accepted(self) -> None:
        """Start what was accepted; after everything about it has been synced and given to the link."""
        starts, self._starts = self._starts, []
        for start in starts:
            start()

    def done(self, order: Order, outcome: Outcome | None) -> None:
        """A command has ended in its lane."""
        command = order.command
        self._close(command.command_id)
        if outcome is not None:
            is_new_key = command.kind == ROTATE_KEY and outcome.state is ResultState.SUCCEEDED
            self._finish(command.command_id, outcome, self._key_told if is_new_key else None)
        else:
            self._unproven[command.command_id] = Begun(
                command.command_id, command.kind, self._boot.boot_id, self._clock.mono_ms()
            )

    def add_piece(self, command_id: UUID, piece: int, data: bytes) -> None:
        """A command has output; it is sent until the cloud confirms it, which lets the command go on."""
        running = self._running.get(command_id)
        if running is not None:
            window = running[1]
            self._results.add_piece(command_id, piece, data, lambda: window.confirm(piece))

    def acknowledge(self, ack: Ack) -> None:
        self._results.acknowledge(ack)

    def tick(self) -> None:
        """Look whether what was begun has meanwhile proved how it ended."""
        for begun in list(self._unproven.values()):
            proof = self._proofs[begun.kind]
            outcome = proof.settle(begun)
            if outcome is not None:
                del self._unproven[begun.command_id]
                self._finish(begun.command_id, outcome)
                proof.clear()

    def heard(self) -> None:
        """The cloud has answered on a new connection."""
        for proof in self._proofs.values():
            proof.heard()

    def close(self) -> None:
        """The agent stops: commands that wait for the cloud are told not to."""
        for _, window in self._running.values():
            window.close()

    def _refusal(self, order: Order, handler: Handler | None) -> Outcome | None:
        if order.has_expired(self._clock):
            return Outcome(ResultState.EXPIRED, {"message": "Its deadline had passed when it arrived."})
        if handler is None:
            return failed(f"This router does not know the command '{order.command.kind}'. It knows: {self._registry}.")
        if not self._lanes.has_room(handler):
            return failed("Too many commands of this kind are waiting on this router.")
        return None

    def _begin(self, order: Order, handler: Handler) -> None:
        command = order.command
        self._remember(command)
        if not self._remembered.sync():
            self._finish(command.command_id, failed(_DISK_REFUSES))
            return
        self._report(command.command_id, ResultState.ACCEPTED, {"message": "Accepted by the router."})
        window = Window(command.command_id, self._piece_ready)
        self._running[command.command_id] = order, window
        self._starts.append(lambda: self._lanes.run(handler, order, window))
        self.run_count += 1

    def _remember(self, command: Command) -> None:
        begun = Begun(command.command_id, command.kind, self._boot.boot_id, self._clock.mono_ms())
        self._remembered.begin(begun)

    def _finish(self, command_id: UUID, outcome: Outcome, confirmed: Callable[[], None] | None = None) -> None:
        self._report(command_id, outcome.state, outcome.detail, confirmed)
        self._results.sync()
        self._remembered.finish(command_id)

    def _report(
        self, command_id: UUID, state: ResultState, detail: dict[str, Any], confirmed: Callable[[], None] | None = None
    ) -> None:
        _log.info("command_%s command_id=%s", state.value, command_id)
        self._results.report(command_id, state, detail, confirmed)

    def _close(self, command_id: UUID) -> None:
        running = self._running.pop(command_id, None)
        if running is not None:
            running[1].close()
        self._results.discard_pieces(command_id)
