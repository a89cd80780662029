"""`logs`: brings the system's log to the cloud, however large, a piece at a time.

Arguments: `lines` (optional): only the last so many. Detail of the result: message, bytes, pieces, sha256, source.
"""

import hashlib
import io
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from spotfi_agent.commands import program
from spotfi_agent.commands.order import Order, Outcome, Output, failed, succeeded
from spotfi_protocol.messages import MAX_PIECE_BYTES

_KEPT_TAIL_BYTES = 512 * 1024
"""RAM for the last lines of a source that cannot count lines itself."""
_PROBE_TIMEOUT_S = 10.0
_QUOTED_BYTES = 200
"""Of the output of a log command that failed, in the result's message."""
_SYSLOG_FILES = ("/var/log/syslog", "/var/log/messages")
_NO_SOURCE = "This router has no readable log: no logread, journal, syslog file or dmesg. Set log_command."


@dataclass(frozen=True, slots=True)
class LogSource:
    """A program that prints the log; `tail_option` is how it is asked for the last lines only, if it can."""

    words: tuple[str, ...]
    tail_option: tuple[str, ...] | None = None

    def for_lines(self, lines: int | None) -> tuple[str, ...]:
        if lines is None or self.tail_option is None:
            return self.words
        return (*self.words, *self.tail_option, str(lines))


class LogsHandler:
    """Streams the configured log command, or the first source that has anything to say."""

    kind = "logs"
    lane = "logs"

    def __init__(self, log_command: str) -> None:
        self._log_command = log_command

    def run(self, order: Order, output: Output) -> Outcome | None:
        lines = order.command.args.get("lines")
        if lines is not None and (not isinstance(lines, int) or isinstance(lines, bool) or lines < 1):
            return failed("The argument 'lines' must be a whole number above 0.")
        source = self._source()
        if source is None:
            return failed(_NO_SOURCE)
        return _stream(source, lines, output)

    def _source(self) -> LogSource | None:
        if self._log_command:
            return LogSource(tuple(program.split_words(self._log_command)))
        return next(filter(_has_something, _candidates()), None)


def _candidates() -> Iterator[LogSource]:
    if shutil.which("logread"):
        yield LogSource(("logread",), ("-l",))
    if shutil.which("journalctl"):
        yield LogSource(("journalctl", "--no-pager", "--quiet"), ("-n",))
    for path in _SYSLOG_FILES:
        if Path(path).exists():
            yield LogSource(("cat", path))
    if shutil.which("dmesg"):
        yield LogSource(("dmesg",))


def _has_something(source: LogSource) -> bool:
    try:
        finished = program.run(source.for_lines(1), timeout_s=_PROBE_TIMEOUT_S)
    except program.ProgramError:
        return False
    return finished.exit_status == 0 and bool(finished.said)


def _stream(source: LogSource, lines: int | None, output: Output) -> Outcome:
    process = program.start(source.for_lines(lines))
    output.when_closed(lambda: program.stop(process))
    assert process.stdout is not None
    total_bytes, digest, end = 0, hashlib.sha256(), b""
    try:
        with process.stdout as stream:
            for piece in _pieces(stream, source, lines):
                output.send(piece)
                total_bytes += len(piece)
                digest.update(piece)
                end = piece[-_QUOTED_BYTES:]
        status = process.wait()
    finally:
        program.stop(process)
        process.wait()
    detail = {
        "bytes": total_bytes,
        "pieces": output.finish(),
        "sha256": digest.hexdigest(),
        "source": " ".join(source.words),
    }
    if status:
        said = end.decode(errors="replace").strip()
        return failed(f"{source.words[0]} ended with exit status {status}. {said}".strip(), **detail)
    return succeeded(f"{total_bytes} bytes of log from {source.words[0]}.", **detail)


def _pieces(stream: IO[bytes], source: LogSource, lines: int | None) -> Iterator[bytes]:
    if lines is not None and source.tail_option is None:
        stream = io.BytesIO(b"".join(_last_lines(stream, lines)))
    while piece := stream.read(MAX_PIECE_BYTES):
        yield piece


def _last_lines(stream: IO[bytes], lines: int) -> Iterable[bytes]:
    kept: deque[bytes] = deque(maxlen=lines)
    kept_bytes = 0
    for line in stream:
        if len(kept) == lines:
            kept_bytes -= len(kept[0])
        kept.append(line)
        kept_bytes += len(line)
        while kept_bytes > _KEPT_TAIL_BYTES and len(kept) > 1:
            kept_bytes -= len(kept.popleft())
    return kept
