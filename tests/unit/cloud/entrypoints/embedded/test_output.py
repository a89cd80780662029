"""Output of the roles: JSON lines for programs, whatever the role wrote."""

import io
import json

import pytest

from spotfi_cloud.entrypoints.embedded.output import Output


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b'{"role": "api", "event": "api_started", "level": "info"}', ("api", "info", "api_started")),
        (b"LOG:  database system is ready", ("database", "info", "database system is ready")),
        (b"FATAL:  out of memory", ("database", "error", "out of memory")),
        (b"Traceback (most recent call last):", ("database", "info", "Traceback (most recent call last):")),
        (b"{not json", ("database", "info", "{not json")),
        (b'{"no": "event"}', ("database", "info", '{"no": "event"}')),
        (b"\xff\xfe", ("database", "info", "��")),
    ],
)
def test_every_line_becomes_one_event(line: bytes, event: tuple[str, str, str]) -> None:
    stream = io.StringIO()
    Output(stream).pass_on("database", line)
    (written,) = [json.loads(each) for each in stream.getvalue().splitlines()]
    assert (written["role"], written["level"], written["event"]) == event


def test_a_person_sees_who_says_what() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    Output(terminal).pass_on("api", b'{"role": "api", "event": "api_started", "level": "info", "port": 1}')
    Output(terminal).pass_on("api", b"   ")
    shown = terminal.getvalue()
    assert shown.lstrip().startswith("api │")
    assert "api_started" in shown
    assert shown.count("\n") == 1
