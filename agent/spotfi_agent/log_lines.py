"""The agent's log: one `key=value` line per event, to standard error and, for `spotfi-agent logs`, to a small file in RAM."""

import logging
from pathlib import Path

_MOST_BYTES = 64 * 1024
"""Size at which the file becomes the previous one; at most two are kept."""


class _KeyValueFormatter(logging.Formatter):
    """`2026-11-22T10:00:00Z level=info event=link_connected transport=mqtt`; the message is the event and its fields."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s level=%(levelname)s event=%(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\n", "\\n")
        return line.replace(f"level={record.levelname}", f"level={record.levelname.lower()}", 1)


class _RecentLines(logging.Handler):
    """Keeps the last lines in a file and one predecessor."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._path.exists() and self._path.stat().st_size > _MOST_BYTES:
                self._path.replace(_previous(self._path))
            with self._path.open("a") as file:
                file.write(self.format(record) + "\n")
        except OSError:  # a full disk must not stop the agent; standard error still has the line
            return


def open_log(path: Path, level: str) -> None:
    """Send the agent's log to both places, from this level on. Times are UTC."""
    import time  # noqa: PLC0415 - for the formatter only

    logging.Formatter.converter = time.gmtime
    handlers: list[logging.Handler] = [logging.StreamHandler(), _RecentLines(path)]
    for handler in handlers:
        handler.setFormatter(_KeyValueFormatter())
    logging.basicConfig(level=getattr(logging, level.upper(), logging.INFO), handlers=handlers, force=True)


def read_recent(path: Path, lines: int) -> list[str]:
    """The last lines of the log, oldest first; empty when there is none."""
    text = "".join(each.read_text(errors="replace") for each in (_previous(path), path) if each.exists())
    return text.splitlines()[-lines:]


def field(value: object) -> str:
    """A value for a log line: quoted where it would otherwise run into the next field."""
    text = str(value)
    return '"' + text.replace('"', "'") + '"' if not text or any(c in text for c in ' "=\n') else text


def _previous(path: Path) -> Path:
    return path.with_name(path.name + ".1")
