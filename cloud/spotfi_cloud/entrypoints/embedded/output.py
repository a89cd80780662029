"""What the supervised programs say, passed on: JSON lines to a program, readable lines with the program's name to a person."""

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

_CHUNK_BYTES = 65536
_LONGEST_LINE_BYTES = 1 << 20
_POSTGRES = re.compile(r"(DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT):\s+(.*)")
_LEVELS = {"WARNING": "warning", "ERROR": "error", "FATAL": "error", "PANIC": "critical"}


_STARTED = "_started"


async def follow(stream: asyncio.StreamReader, name: str, output: "Output", started: asyncio.Event) -> None:
    """Pass on line by line until the stream ends. A line longer than a mebibyte is cut.

    A role logs one event `…_started` once it serves; that sets `started`.
    """
    pending = b""
    while chunk := await stream.read(_CHUNK_BYTES):
        *lines, pending = (pending + chunk).split(b"\n")
        if len(pending) > _LONGEST_LINE_BYTES:
            lines, pending = [*lines, pending], b""
        for line in lines:
            if output.pass_on(name, line).endswith(_STARTED):
                started.set()
    output.pass_on(name, pending)


class Output:
    """The one place all programs' lines go."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._readable = self._stream.isatty()
        self._render = structlog.dev.ConsoleRenderer(pad_event_to=0)

    def pass_on(self, name: str, line: bytes) -> str:
        """Write one line of the program's, nothing for an empty one; the event it tells."""
        text = line.decode(errors="replace").rstrip()
        if not text:
            return ""
        event = _event_of(name, text)
        print(self._readably(name, event) if self._readable else json.dumps(event), file=self._stream, flush=True)
        return str(event["event"])

    def _readably(self, name: str, event: Mapping[str, Any]) -> str:
        shown = {key: value for key, value in event.items() if key != "role"}
        return f"{name:>10} │ {self._render(None, '', shown)}"


def _event_of(name: str, text: str) -> dict[str, Any]:
    """The line as an event: a JSON object as it is, PostgreSQL's by its severity, anything else as plain text."""
    if text.startswith("{"):
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        if isinstance(parsed, dict) and "event" in parsed:
            return {"role": name, **parsed}
    said = _POSTGRES.fullmatch(text)
    if said:
        return {"role": name, "level": _LEVELS.get(said[1], "info"), "event": said[2]}
    return {"role": name, "level": "info", "event": text}
