"""A file of records that only grows, until it is rewritten. Writes are collected and reach the flash together.

A disk that takes nothing does not stop the agent: what was appended stays in RAM and is tried again at the next sync.
"""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from spotfi_agent.spool.records import frame, framed_size, scan

_log = logging.getLogger(__name__)


class FlashFile:
    """Records in one file. Not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten = bytearray()
        self._size = 0
        self._failing = False
        self.damaged_bytes = 0
        """Found by `load`, and cleared away."""

    @property
    def size(self) -> int:
        """Bytes in the file and waiting for it."""
        return self._size + len(self._unwritten)

    def load(self) -> list[bytes]:
        """All whole records. A damaged file is rewritten without the damage at once, so that appending is safe."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        payloads = list(scan(data))
        self._size = len(data)
        self.damaged_bytes = damaged = _damaged_bytes(data, payloads)
        if damaged:
            _log.warning("flash_file_damaged file=%s bytes=%d records=%d", self._path.name, damaged, len(payloads))
            self.rewrite(payloads)
        return payloads

    def append(self, payload: bytes) -> None:
        self._unwritten += frame(payload)

    def sync(self) -> bool:
        """Bring what was appended onto the flash. False when the disk did not take it; it is kept for the next time."""
        if not self._unwritten:
            return True
        try:
            self._write_out()
        except OSError as error:
            self._report(error)
            return False
        self._size += len(self._unwritten)
        self._unwritten.clear()
        self._failing = False
        return True

    def rewrite(self, payloads: Iterable[bytes]) -> bool:
        """Replace the file by these records; a power cut leaves the old file or the new. False when the disk refused."""
        data = b"".join(map(frame, payloads))
        draft = self._path.with_name(self._path.name + ".new")
        try:
            _write_durably(draft, data)
            draft.replace(self._path)
            _sync_directory(self._path.parent)
        except OSError as error:
            self._report(error)
            return False
        self._size = len(data)
        self._unwritten.clear()
        return True

    def _write_out(self) -> None:
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, self._size)  # what an earlier, failed attempt left behind
            os.lseek(descriptor, self._size, os.SEEK_SET)
            _write_all(descriptor, self._unwritten)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_directory(self._path.parent)

    def _report(self, error: OSError) -> None:
        if not self._failing:
            _log.error("flash_write_failed file=%s error=%s", self._path.name, error.strerror)
        self._failing = True


def count_damaged_bytes(path: Path) -> int:
    """Bytes of a file of records that belong to none. 0 for a file that is not there or cannot be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return 0
    return _damaged_bytes(data, scan(data))


def _damaged_bytes(data: bytes, payloads: Iterable[bytes]) -> int:
    return len(data) - sum(map(framed_size, payloads))


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
