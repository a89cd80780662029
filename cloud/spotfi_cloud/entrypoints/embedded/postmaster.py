"""A PostgreSQL server seen from outside: what its `postmaster.pid` says, and servers that outlived whoever started them.

The lines of postmaster.pid: pid, data folder, start time, port, socket folder, listen address, shared memory, status
(PostgreSQL source, miscadmin.h: LOCK_FILE_LINE_…).
"""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from spotfi_cloud.kernel.errors import DependencyError

_SOCKET_LINE, _STATUS_LINE = 4, 7
_STOPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, immediate shutdown (recovery follows), the end; and how long each may take."""
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server wrote about itself."""

    pid: int
    socket_directory: Path
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """The server's own account; None where there is no (complete) one yet."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), Path(lines[_SOCKET_LINE]), lines[_STATUS_LINE].strip() == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None


def server_processes(data: Path) -> list[int]:
    """Processes of a PostgreSQL that works in the data folder, found by their current folder (a pid may be another's)."""
    folder = data.resolve()
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _works_in(entry, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        # A program whose file was replaced meanwhile shows as "postgres (deleted)".
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and (process / "cwd").readlink() == folder
    except OSError:
        return False  # ended meanwhile, or another user's


def stop_orphans(data: Path) -> list[int]:
    """Stop a server left over from a start whose end nobody saw; the pids it had.

    Only for the holder of the installation's lock: then whatever runs in the data folder has no owner. What the server
    leaves behind without running, its pid file, is removed; PostgreSQL itself would stop at a pid that is another's by now.
    """
    found = server_processes(data)
    for end_signal, patience_s in _STOPS:
        if _gone(data, end_signal, patience_s):
            (data / "postmaster.pid").unlink(missing_ok=True)
            return found
    msg = f"A PostgreSQL of an earlier start still runs in {data} and cannot be stopped; end it and start again."
    raise DependencyError(msg)


def _gone(data: Path, end_signal: signal.Signals, patience_s: float) -> bool:
    running = server_processes(data)
    for pid in _heads(data, running):
        try:
            os.kill(pid, end_signal)
        except ProcessLookupError:
            continue
    end = time.monotonic() + patience_s
    while running := server_processes(data):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_S)
    return True


def _heads(data: Path, running: list[int]) -> list[int]:
    """The postmaster, who stops the others in order; all of them where it is gone."""
    try:
        head = int((data / "postmaster.pid").read_text().split(maxsplit=1)[0])
    except (FileNotFoundError, IndexError, ValueError):
        return running
    return [head] if head in running else running
