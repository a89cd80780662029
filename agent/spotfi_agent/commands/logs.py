"""`logs`: brings the system's log to the cloud, however large, a piece at a time; or follows it for a while.

Arguments, all optional: `lines` (only the last so many), `filter` (only lines with this text in them, letters alike in both
cases), `follow_s` (what is logged from now on, for so many seconds). Detail of the result: as in streaming.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spotfi_agent.commands import arguments, program
from spotfi_agent.commands.order import Order, Outcome, Output, failed
from spotfi_agent.commands.streaming import stream_program

_KEPT_TAIL_BYTES = 512 * 1024
"""RAM for the last lines of a source that cannot count lines itself."""
_LONGEST_LINE_BYTES = 16 * 1024
_MOST_LINES = 1_000_000
_LONGEST_FOLLOW_S = 3600
_MOST_FILTER_CHARACTERS = 200
_PROBE_TIMEOUT_S = 10.0
_SYSLOG_FILES = ("/var/log/syslog", "/var/log/messages")
_NO_SOURCE = "This router has no readable log: no logread, journal, syslog file or dmesg. Set log_command."
_NO_FOLLOWING = "This router's log cannot be followed. Set log_follow_command."


@dataclass(frozen=True, slots=True)
class LogSource:
    """A program that prints the log; `tail_option` is how it is asked for the last lines only, if it can."""

    words: tuple[str, ...]
    tail_option: tuple[str, ...] | None = None
    following: tuple[str, ...] | None = None
    """What prints only what is logged from now on, if there is such a program."""

    def for_lines(self, lines: int | None) -> tuple[str, ...]:
        if lines is None or self.tail_option is None:
            return self.words
        return (*self.words, *self.tail_option, str(lines))


class LogsHandler:
    """Streams the configured log command, or the first source that has anything to say."""

    kind = "logs"
    lane = "logs"
    limit_s = 7200.0

    def __init__(self, log_command: str, follow_command: str = "") -> None:
        self._log_command = log_command
        self._follow_command = follow_command

    def run(self, order: Order, output: Output) -> Outcome | None:
        args = order.command.args
        lines = arguments.whole(args, "lines", 0, 1, _MOST_LINES) or None
        follow_s = arguments.whole(args, "follow_s", 0, 1, _LONGEST_FOLLOW_S) or None
        wanted = arguments.text(args, "filter", _MOST_FILTER_CHARACTERS, default="")
        source = self._source()
        if source is None:
            return failed(_NO_SOURCE)
        if follow_s is not None:
            words = self._following(source)
            return (
                failed(_NO_FOLLOWING)
                if words is None
                else stream_program(
                    words, output, f"{{bytes}} bytes of log in {follow_s} s.", sieve=_sieve(wanted), for_s=follow_s
                )
            )
        counts_itself = lines is None or (source.tail_option is not None and not wanted)
        sieve = _sieve(wanted) if counts_itself else LastLines(lines or 0, _sieve(wanted))
        words = source.for_lines(lines if counts_itself else None)
        return stream_program(words, output, f"{{bytes}} bytes of log from {words[0]}.", sieve=sieve)

    def _source(self) -> LogSource | None:
        if self._log_command:
            return LogSource(tuple(program.split_words(self._log_command)))
        return next(filter(_has_something, _candidates()), None)

    def _following(self, source: LogSource) -> tuple[str, ...] | None:
        return tuple(program.split_words(self._follow_command)) if self._follow_command else source.following


def _candidates() -> Iterator[LogSource]:
    if program.is_there("logread"):
        yield LogSource(("logread",), ("-l",), ("logread", "-f"))
    if program.is_there("journalctl"):
        follow = ("journalctl", "--no-pager", "--quiet", "-f", "-n", "0")
        yield LogSource(("journalctl", "--no-pager", "--quiet"), ("-n",), follow)
    for path in _SYSLOG_FILES:
        if Path(path).exists():
            yield LogSource(("cat", path), None, ("tail", "-F", "-n", "0", path))
    if program.is_there("dmesg"):
        yield LogSource(("dmesg",))


def _has_something(source: LogSource) -> bool:
    try:
        finished = program.run(source.for_lines(1), timeout_s=_PROBE_TIMEOUT_S)
    except program.ProgramError:
        return False
    return finished.exit_status == 0 and bool(finished.said)


def _sieve(wanted: str) -> "MatchingLines | None":
    return MatchingLines(wanted) if wanted else None


class MatchingLines:
    """Lets whole lines through that contain the text, whatever the case of its letters."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted.encode().lower()
        self._rest = b""

    def __call__(self, data: bytes) -> bytes:
        lines = (self._rest + data).splitlines(keepends=True)
        self._rest = b""
        if data and lines and not lines[-1].endswith(b"\n") and len(lines[-1]) < _LONGEST_LINE_BYTES:
            self._rest = lines.pop()
        return b"".join(line for line in lines if self._wanted in line.lower())


class LastLines:
    """Holds all back but the last lines of those another sieve lets through, and lets those go at the end."""

    def __init__(self, lines: int, sieve: MatchingLines | None) -> None:
        self._sieve = sieve
        self._kept: deque[bytes] = deque(maxlen=lines)
        self._kept_bytes = 0
        self._rest = b""

    def __call__(self, data: bytes) -> bytes:
        passed = self._sieve(data) if self._sieve else data
        lines = (self._rest + passed).splitlines(keepends=True)
        self._rest = b""
        if data and lines and not lines[-1].endswith(b"\n") and len(lines[-1]) < _LONGEST_LINE_BYTES:
            self._rest = lines.pop()
        for line in lines:
            self._keep(line)
        return b"" if data else b"".join(self._kept)

    def _keep(self, line: bytes) -> None:
        if len(self._kept) == self._kept.maxlen:
            self._kept_bytes -= len(self._kept[0])
        self._kept.append(line)
        self._kept_bytes += len(line)
        while self._kept_bytes > _KEPT_TAIL_BYTES and len(self._kept) > 1:
            self._kept_bytes -= len(self._kept.popleft())
