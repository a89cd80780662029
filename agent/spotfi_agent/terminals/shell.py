"""One login shell on a PTY: what is typed goes in, what it says comes out in pieces, and in the end nothing of it is left.

A thread of its own waits for both. It reads only as much as it was given credit for and at a bounded pace, so a program that
never stops talking (`yes`) is held up by its own terminal, the way it would be by a slow screen.
"""

import contextlib
import errno
import os
import pwd
import select
import signal
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SHELLS = ("/bin/ash", "/bin/sh")
# The shell opens the terminal by name because the first terminal a session's leader opens becomes its own (Ctrl-C needs that).
_OPEN_TERMINAL = 'exec "$0" -l <"$1" >"$1" 2>&1'
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BYTES_PER_S = 512 * 1024
_BURST_S = 0.125
_LOOK_S = 0.25
"""A shell that is gone is noticed so soon even where something it left behind holds the terminal open."""
_HANG_UP_S = 1.0
"""Between SIGHUP and SIGKILL."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a shell. Called in its thread; must not block."""

    said: Callable[[bytes], None]
    took: Callable[[], None]
    """Something that was typed has gone into the terminal: `untaken` is less."""
    ended: Callable[[int | None], None]
    """Nothing of it runs any more. The exit status where it ended by itself, negative for a signal."""


class Shell:
    """Starts at once; OSError where that cannot be done. All methods return at once but `join`."""

    def __init__(self, columns: int, rows: int, listener: Listener, *, piece_bytes: int, credit: int) -> None:
        self._listener = listener
        self._piece_bytes = piece_bytes
        self._credit = credit
        self._lock = threading.Lock()
        self._typed: deque[bytes] = deque()
        self._is_ending = False
        self._read_from_s = 0.0
        self._wake_out = self._wake_in = -1
        self._master, slave = os.openpty()
        try:
            self._wake_out, self._wake_in = os.pipe()
            termios.tcsetwinsize(slave, (rows, columns))
            self._process = _start(slave)
        except OSError:
            self._close()
            raise
        finally:
            os.close(slave)
        os.set_blocking(self._master, False)
        self._thread = threading.Thread(target=self._serve, name="terminal", daemon=True)
        self._start_thread()

    @property
    def untaken(self) -> int:
        """How many of the typed pieces have not gone into the terminal yet."""
        return len(self._typed)

    def type(self, data: bytes) -> None:
        with self._lock:
            self._typed.append(data)
        self._wake()

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            if self._master >= 0:
                termios.tcsetwinsize(self._master, (rows, columns))

    def allow(self, pieces: int) -> None:
        """It may say so many pieces more."""
        with self._lock:
            self._credit += pieces
        self._wake()

    def end(self) -> None:
        """Hang up: whatever runs on the terminal is told, and killed if it does not go."""
        self._is_ending = True
        self._wake()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _start_thread(self) -> None:
        try:
            self._thread.start()
        except RuntimeError as error:  # memory is nearly gone
            self._close()
            _hang_up(self._process)
            raise OSError(errno.ENOMEM, str(error)) from error

    def _wake(self) -> None:
        with self._lock:
            if self._wake_in >= 0:
                os.write(self._wake_in, b"!")

    def _serve(self) -> None:
        try:
            while not self._is_ending and self._turn():
                pass
        finally:
            status = None if self._is_ending else self._status()
            self._close()
            _hang_up(self._process)
            self._listener.ended(status)

    def _status(self) -> int | None:
        try:
            return self._process.wait(_HANG_UP_S)
        except subprocess.TimeoutExpired:  # it has let go of the terminal and goes on
            return None

    def _turn(self) -> bool:
        """Wait for something to do and do it. False at the end of the shell, when all it said was read."""
        is_over = self._process.poll() is not None
        wait_s = self._read_from_s - time.monotonic()
        may_read = self._credit > 0 and wait_s <= 0
        reading = [self._wake_out, self._master] if may_read else [self._wake_out]
        wait_s = 0 if is_over and may_read else min(_LOOK_S, wait_s) if wait_s > 0 else _LOOK_S
        readable, writable, _ = select.select(reading, [self._master] if self._typed else [], [], wait_s)
        if self._wake_out in readable:
            os.read(self._wake_out, 4096)
        if writable and not is_over:
            self._write_some()
        if self._master in readable:
            return self._read_some()
        return not (is_over and may_read)

    def _write_some(self) -> None:
        with self._lock:
            data = self._typed.popleft()
            try:
                written = os.write(self._master, data)
            except OSError:  # not now after all, or nobody reads it any more, which reading will show
                written = 0
            if written < len(data):
                self._typed.appendleft(data[written:])
                return
        self._listener.took()

    def _read_some(self) -> bool:
        """Pass on one piece. False when the terminal has nobody on it any more."""
        data, is_open = b"", True
        while len(data) < self._piece_bytes and select.select([self._master], [], [], 0)[0]:
            try:
                data += os.read(self._master, self._piece_bytes - len(data))
            except OSError:  # EIO: the last one who had it open has closed it
                is_open = False
                break
        if data:
            with self._lock:
                self._credit -= 1
            now_s = time.monotonic()
            self._read_from_s = max(self._read_from_s, now_s - _BURST_S) + len(data) / _BYTES_PER_S
            self._listener.said(data)
        return is_open

    def _close(self) -> None:
        with self._lock:
            for descriptor in (self._master, self._wake_in, self._wake_out):
                if descriptor >= 0:
                    os.close(descriptor)
            self._master = self._wake_in = self._wake_out = -1


def _start(slave: int) -> "subprocess.Popen[bytes]":
    account = pwd.getpwuid(os.getuid())
    shell = next(shell for shell in _SHELLS if Path(shell).exists() or shell == _SHELLS[-1])
    environment = {
        "TERM": "xterm",
        "HOME": account.pw_dir,
        "USER": account.pw_name,
        "LOGNAME": account.pw_name,
        "SHELL": shell,
        "PATH": _PATH,
    }
    return subprocess.Popen(  # noqa: S603 - fixed words
        ["/bin/sh", "-c", _OPEN_TERMINAL, shell, os.ttyname(slave)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        cwd=account.pw_dir if Path(account.pw_dir).is_dir() else "/",
        start_new_session=True,
    )


def _hang_up(process: "subprocess.Popen[bytes]") -> None:
    """End everything in the shell's session, in whichever process group; what has left the session goes on."""
    _signal_session(process.pid, signal.SIGHUP, signal.SIGCONT)
    end_s = time.monotonic() + _HANG_UP_S
    while process.poll() is None or _members(process.pid):
        if time.monotonic() >= end_s:
            _signal_session(process.pid, signal.SIGKILL)
            process.wait()
            return
        time.sleep(0.02)


def _signal_session(leader: int, *signals: signal.Signals) -> None:
    for pid in _members(leader):
        for number in signals:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def _members(leader: int) -> list[int]:
    """The processes of a session that still run."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and _runs_in(int(name), leader)]  # noqa: PTH208 - names, not paths


def _runs_in(pid: int, leader: int) -> bool:
    try:
        if os.getsid(pid) != leader:
            return False
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:
        return False
    return state != b"Z"
