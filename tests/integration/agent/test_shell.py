"""A shell on a PTY that cannot be had is an error in words, and leaves nothing open."""

import os
import threading
from pathlib import Path

import pytest

from spotfi_agent.terminals import shell as shell_module
from spotfi_agent.terminals.shell import Listener, Shell

NOBODY = Listener(lambda _data: None, lambda: None, lambda _status: None)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def start() -> Shell:
    return Shell(80, 24, NOBODY, piece_bytes=1024, credit=8)


@pytest.mark.parametrize("lacking", ["a terminal", "a pipe", "a process", "a thread"])
def test_what_cannot_be_started_leaves_nothing_open(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        if lacking == "a thread":
            msg = "can't start new thread"
            raise RuntimeError(msg)
        raise OSError(12, "Cannot allocate memory")

    place, name = {
        "a terminal": (os, "openpty"),
        "a pipe": (os, "pipe"),
        "a process": (shell_module, "_start"),
        "a thread": (threading.Thread, "start"),
    }[lacking]
    before = open_descriptors()
    with monkeypatch.context() as lack:
        lack.setattr(place, name, fail)
        with pytest.raises(OSError, match=r"memory|thread"):
            start()
    assert open_descriptors() == before


def test_an_ended_shell_leaves_nothing_open() -> None:
    before = open_descriptors()
    shell = start()
    shell.type(b"sleep 1004\n")
    shell.end()
    shell.join(5)
    shell.type(b"late\n")
    shell.resize(10, 10)
    shell.allow(1)
    assert open_descriptors() == before


def test_a_shell_that_lets_go_of_its_terminal_is_over() -> None:
    ended: list[int | None] = []
    shell = Shell(80, 24, Listener(lambda _data: None, lambda: None, ended.append), piece_bytes=1024, credit=99)
    shell.type(b"exec sleep 1005 <&- >&- 2>&-\n")
    shell.join(8)
    assert ended == [None]
