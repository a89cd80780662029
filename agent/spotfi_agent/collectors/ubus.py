"""Asking OpenWrt's services through the `ubus` program.

Bounded in time: a service that hangs costs a sample a part of it, no more.
"""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, Protocol

_CALL_S = 2
_READING_S = 4.0
"""For all calls of one sample together; what is asked later is not answered."""
_REST_S = 60.0
"""So long nothing is asked after a call that took its whole time."""


class Bus(Protocol):
    """What the collectors need of ubus."""

    def begin(self) -> None:
        """A new sample: its time starts now."""
        ...

    def call(self, path: str, method: str, args: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """The answer; None where there is no such object, it fails or it takes too long."""
        ...

    def paths(self, pattern: str) -> list[str]:
        """Names of objects, such as for `hostapd.*`."""
        ...


class UbusProgram:
    """The real one."""

    def __init__(self, program: Path) -> None:
        self._program = str(program)
        self._end_s = 0.0
        self._rests_until_s = 0.0

    def begin(self) -> None:
        self._end_s = time.monotonic() + _READING_S

    def call(self, path: str, method: str, args: dict[str, Any] | None = None) -> dict[str, Any] | None:
        words = ["call", path, method] if args is None else ["call", path, method, json.dumps(args)]
        try:
            answer = json.loads(self._run(words))
        except (ValueError, RecursionError):
            return None
        return answer if isinstance(answer, dict) else None

    def paths(self, pattern: str) -> list[str]:
        return self._run(["list", pattern]).split()

    def _run(self, words: list[str]) -> str:
        now_s = time.monotonic()
        if now_s >= self._end_s or now_s < self._rests_until_s:
            return ""
        argv = [self._program, "-S", "-t", str(_CALL_S), *words]
        try:
            ended = subprocess.run(  # noqa: S603 - the words are ours and names ubus gave
                argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_CALL_S + 1, check=False
            )
        except subprocess.TimeoutExpired:
            self._rests_until_s = now_s + _REST_S
            return ""
        except OSError:
            return ""
        if time.monotonic() - now_s >= _CALL_S:
            self._rests_until_s = now_s + _REST_S
        return ended.stdout.decode(errors="replace") if ended.returncode == 0 else ""


def find_ubus() -> UbusProgram | None:
    """The program where this machine has it."""
    for directory in os.get_exec_path():
        program = Path(directory) / "ubus"
        if program.exists():
            return UbusProgram(program)
    return None
