"""Which commands this router has begun, on flash, so that none begins twice: not after a crash, not after a reboot."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from spotfi_agent.spool.flash_file import FlashFile

_MOST_FINISHED = 500
_REWRITE_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Begun:
    """A command that may have had its effect: what kind it is, and when in which boot it was begun."""

    command_id: UUID
    kind: str
    boot_id: UUID
    mono_ms: int


class Remembered:
    """Ids of begun and finished commands; the oldest finished ones are forgotten. `sync` before anything is executed."""

    def __init__(self, path: Path) -> None:
        self._file = FlashFile(path)
        self._begun: dict[UUID, Begun] = {}
        self._finished: dict[UUID, None] = {}
        for record in self._file.load():
            self._replay(record)

    @property
    def damaged_bytes(self) -> int:
        """Found at the start, and cleared away."""
        return self._file.damaged_bytes

    def knows(self, command_id: UUID) -> bool:
        return command_id in self._begun or command_id in self._finished

    def begin(self, begun: Begun) -> None:
        self._begun[begun.command_id] = begun
        self._file.append(_to_record(begun))

    def finish(self, command_id: UUID) -> None:
        self._note_finished(command_id)
        self._file.append(_finished_record(command_id))

    def unfinished(self) -> list[Begun]:
        return list(self._begun.values())

    def sync(self) -> bool:
        """Make everything so far durable. False when the disk refuses."""
        if self._file.size <= _REWRITE_BYTES:
            return self._file.sync()
        records = [*map(_finished_record, self._finished), *map(_to_record, self._begun.values())]
        return self._file.rewrite(records) or self._file.sync()

    def _note_finished(self, command_id: UUID) -> None:
        self._begun.pop(command_id, None)
        self._finished[command_id] = None
        while len(self._finished) > _MOST_FINISHED:
            del self._finished[next(iter(self._finished))]

    def _replay(self, record: bytes) -> None:
        try:
            body = json.loads(record)
            command_id = UUID(body["id"])
            if body.get("finished"):
                self._note_finished(command_id)
            else:
                self._begun[command_id] = Begun(command_id, body["kind"], UUID(body["boot_id"]), body["mono_ms"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # written by another version; the checksum says it is not damage


def _to_record(begun: Begun) -> bytes:
    body = {"id": str(begun.command_id), "kind": begun.kind, "boot_id": str(begun.boot_id), "mono_ms": begun.mono_ms}
    return json.dumps(body).encode()


def _finished_record(command_id: UUID) -> bytes:
    return json.dumps({"id": str(command_id), "finished": True}).encode()
