"""Running somebody else's program: no shell, bounded time, bounded memory."""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

KEPT_OUTPUT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit status (None when it was stopped for taking too long) and the end of what it said."""

    exit_status: int | None
    said: str


class ProgramError(Exception):
    """The program could not be started; the text says which and why."""


def split_words(command: str) -> list[str]:
    """The words of a configured command. ProgramError when it is empty or its quotes do not match."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        msg = f"the command '{command}' in the router's configuration cannot be read: {error}"
        raise ProgramError(msg) from error
    if not words:
        msg = "the command in the router's configuration is empty"
        raise ProgramError(msg)
    return words


def is_there(name: str) -> bool:
    """Whether this router has such a program. Not by `shutil`, whose compressors cost a router half a megabyte."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    paths = (os.path.join(folder, name) for folder in folders if folder)  # noqa: PTH118 - a word, not a path of ours
    return any(os.path.isfile(path) and os.access(path, os.X_OK) for path in paths)  # noqa: PTH113 - as above


def find(*names: str) -> str:
    """The first of these programs that is on this router. ProgramError, naming all, when none is."""
    for name in names:
        if is_there(name):
            return name
    msg = f"this router has no program named {' or '.join(names)}; install it, or do without this command"
    raise ProgramError(msg)


def start(words: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start it, with all it says on one pipe."""
    try:
        return subprocess.Popen(  # noqa: S603 - words, not a shell; from the router's own configuration
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        msg = f"cannot run {words[0]}: {error.strerror}"
        raise ProgramError(msg) from error


def run(
    words: Sequence[str],
    *,
    timeout_s: float,
    environment: Mapping[str, str] | None = None,
    keep_bytes: int = KEPT_OUTPUT_BYTES,
) -> Finished:
    """Run it to its end or the time limit. ProgramError when it does not start."""
    process = start(words, environment)
    overdue = threading.Event()

    def give_up() -> None:
        overdue.set()
        stop(process)

    timer = threading.Timer(timeout_s, give_up)
    timer.daemon = True  # an agent that stops must not wait for it; least of all while a reboot stops the agent
    try:
        timer.start()
        said = _read_end(process, keep_bytes)
        status = process.wait()
    except (RuntimeError, MemoryError) as error:  # "can't start new thread"
        stop(process)
        process.communicate()
        msg = f"the router has no memory left to watch over {words[0]}; it was stopped"
        raise ProgramError(msg) from error
    finally:
        timer.cancel()
    return Finished(None if overdue.is_set() else status, said)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it and whatever it started; nothing where it has ended by itself."""
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _read_end(process: subprocess.Popen[bytes], keep_bytes: int) -> str:
    assert process.stdout is not None
    kept = b""
    with process.stdout as stream:
        while data := stream.read(KEPT_OUTPUT_BYTES):
            kept = (kept + data)[-keep_bytes:]
    return kept.decode(errors="replace").strip()
