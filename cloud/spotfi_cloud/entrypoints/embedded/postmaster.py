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

_STATUS_LINE = 7
_STOPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, immediate shutdown (recovery follows), the end; and how long each may take."""
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server wrote about itself; it may have ended since."""

    pid: int
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """The server's own account; None where there is none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), lines[_STATUS_LINE:] == ["ready   "])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_ready(data: Path) -> bool:
    """Whether a server runs in the data folder and has finished starting, crash recovery included."""
    server = read_postmaster(data)
    return server is not None and server.ready and _is_postgres(server.pid)


def server_processes(data: Path) -> list[int]:
    """Processes of a PostgreSQL that works in the data folder, found by their current folder (a pid may be another's)."""
    folder = data.resolve()
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _is_postgres(pid) and _works_in(pid, folder)]


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text() == "postgres\n"
    except OSError:
        return False


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except PermissionError:
        # Another user's, and we are a root that may not look (containers): the postmaster shows by its arguments.
        return str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False  # ended meanwhile


def stop_orphans(data: Path) -> list[int]:
    """Stop a server left over from a start whose end nobody saw; the pids it had.

    Only for the holder of the installation's lock: then whatever runs in the data folder has no owner.
    """
    found = server_processes(data)
    for end_signal, patience_s in _STOPS:
        if _gone(data, end_signal, patience_s):
            _forget_stranger(data)
            return found
    msg = f"A PostgreSQL of an earlier start still runs in {data} and cannot be stopped; end it and start again."
    raise DependencyError(msg)


def _forget_stranger(data: Path) -> None:
    """Remove a pid file whose pid is another program's by now: PostgreSQL would take that for a server and not start.

    One whose pid is nobody's stays, because PostgreSQL looks in it for shared memory that may still be in use.
    """
    server = read_postmaster(data)
    if server is not None and Path(f"/proc/{server.pid}").exists():
        (data / "postmaster.pid").unlink()


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
    server = read_postmaster(data)
    return [server.pid] if server is not None and server.pid in running else running
