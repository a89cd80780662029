"""The journal: messages that must not be lost, on flash until the cloud says (boot, sequence) is on its own disk."""

import struct
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from spotfi_agent.spool.flash_file import FlashFile
from spotfi_protocol.topics import Up

_ENTRY, _RELEASE = b"E", b"R"
_KEY = struct.Struct(">16sQ")
_REWRITE_BYTES = 32 * 1024
"""Released records are cleared away once they have made the file this long; more often would wear the flash."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it goes out: payload is the encoded message of this kind."""

    boot_id: UUID
    seq: int
    kind: Up
    payload: bytes


class Journal:
    """Entries in the order they were made. `sync` before anybody is told; not for several threads at once."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._file = FlashFile(path)
        self._most_bytes = most_bytes
        self._entries: dict[tuple[UUID, int], Entry] = {}
        self._waiting_bytes = 0
        for record in self._file.load():
            self._replay(record)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def damaged_bytes(self) -> int:
        """Found at the start, and cleared away."""
        return self._file.damaged_bytes

    def has_room(self, payload_bytes: int) -> bool:
        """Whether messages of this size still fit. Work whose outcome would not fit must not be begun."""
        return self._waiting_bytes + payload_bytes <= self._most_bytes

    def append(self, entry: Entry) -> None:
        self._add(entry)
        self._file.append(_to_record(entry))

    def release(self, boot_id: UUID, seq: int) -> bool:
        """Forget an entry the cloud has. False when it was not here."""
        if not self._remove(boot_id, seq):
            return False
        self._file.append(_RELEASE + _KEY.pack(boot_id.bytes, seq))
        return True

    def pending(self) -> list[Entry]:
        return list(self._entries.values())

    def sync(self) -> bool:
        """Make everything so far durable. False when the disk refuses; nothing is forgotten then."""
        if self._file.size > _REWRITE_BYTES and self._file.size > 2 * self._waiting_bytes:
            return self._file.rewrite(map(_to_record, self._entries.values())) or self._file.sync()
        return self._file.sync()

    def _replay(self, record: bytes) -> None:
        kind, body = record[:1], record[1:]
        if kind == _ENTRY and (entry := _from_record(body)):
            self._add(entry)
        elif kind == _RELEASE and len(body) == _KEY.size:
            boot, seq = _KEY.unpack(body)
            self._remove(UUID(bytes=boot), seq)

    def _add(self, entry: Entry) -> None:
        self._entries[entry.boot_id, entry.seq] = entry
        self._waiting_bytes += len(entry.payload)

    def _remove(self, boot_id: UUID, seq: int) -> bool:
        entry = self._entries.pop((boot_id, seq), None)
        if entry is None:
            return False
        self._waiting_bytes -= len(entry.payload)
        return True


def _to_record(entry: Entry) -> bytes:
    kind = entry.kind.value.encode()
    return _ENTRY + _KEY.pack(entry.boot_id.bytes, entry.seq) + bytes([len(kind)]) + kind + entry.payload


def _from_record(body: bytes) -> Entry | None:
    try:
        boot, seq = _KEY.unpack_from(body)
        length = body[_KEY.size]
        kind = Up(body[_KEY.size + 1 : _KEY.size + 1 + length].decode())
    except (struct.error, IndexError, ValueError):
        return None  # written by another version; the checksum says it is not damage
    return Entry(UUID(bytes=boot), seq, kind, body[_KEY.size + 1 + length :])
