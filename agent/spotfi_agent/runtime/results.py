"""What the cloud is told about commands: results, journalled until it confirms them, and output, kept in RAM until then."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from spotfi_agent.boot import Boot
from spotfi_agent.runtime.post import Outbox
from spotfi_agent.spool.journal import Entry, Journal
from spotfi_protocol.codec import decode, encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.messages import Ack, Output, Result, ResultState
from spotfi_protocol.topics import Up


class Results:
    """Journal and outbox in step."""

    def __init__(self, journal: Journal, outbox: Outbox, boot: Boot) -> None:
        self._journal = journal
        self._outbox = outbox
        self._boot = boot
        for entry in journal.pending():
            self._send(entry)

    def __len__(self) -> int:
        return len(self._journal)

    @property
    def damaged_bytes(self) -> int:
        """Of the journal, at the start."""
        return self._journal.damaged_bytes

    def have_room(self, payload_bytes: int) -> bool:
        return self._journal.has_room(payload_bytes)

    def finished_commands(self) -> set[UUID]:
        """Commands whose final result is still in the journal."""
        results = filter(None, map(_result_of, self._journal.pending()))
        return {result.command_id for result in results if result.state is not ResultState.ACCEPTED}

    def report(
        self, command_id: UUID, state: ResultState, detail: dict[str, Any], confirmed: Callable[[], None] | None = None
    ) -> None:
        """Journal and send it; `confirmed` is called on the cloud's word, if this life of the agent hears it."""
        stamp = self._boot.stamp()
        payload = encode(Result(stamp, command_id, state, detail).to_wire())
        entry = Entry(stamp.boot_id, stamp.seq, Up.RESULT, payload)
        self._journal.append(entry)
        self._send(entry, confirmed)

    def add_piece(self, command_id: UUID, piece: int, data: bytes, confirmed: Callable[[], None]) -> None:
        stamp = self._boot.stamp()
        payload = encode(Output(stamp, command_id, piece, data).to_wire())
        self._outbox.add((stamp.boot_id, stamp.seq), Up.OUTPUT, payload, command_id, confirmed)

    def discard_pieces(self, command_id: UUID) -> None:
        self._outbox.discard(command_id, Up.OUTPUT)

    def acknowledge(self, ack: Ack) -> None:
        for seq in ack.seqs:
            self._outbox.confirm((ack.boot_id, seq))
            self._journal.release(ack.boot_id, seq)

    def sync(self) -> bool:
        return self._journal.sync()

    def _send(self, entry: Entry, confirmed: Callable[[], None] | None = None) -> None:
        result = _result_of(entry)
        owner = result.command_id if result else entry.boot_id
        self._outbox.add((entry.boot_id, entry.seq), entry.kind, entry.payload, owner, confirmed)


def _result_of(entry: Entry) -> Result | None:
    if entry.kind is not Up.RESULT:
        return None
    try:
        return Result.from_wire(decode(entry.payload))
    except ProtocolError:
        return None
