"""Streams what a program says to the cloud while it says it, and makes an outcome of how it ended.

Detail of every such result: message, bytes, pieces and sha256 of the output, source (the program), exit_status.
"""

import hashlib
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

from spotfi_agent.commands import program
from spotfi_agent.commands.order import Outcome, Output, failed, succeeded
from spotfi_protocol.messages import MAX_PIECE_BYTES

GATHER_S = 0.3
"""What is said within so long travels together; a person who watches does not notice."""
_QUOTED_BYTES = 200
"""Of the output of a program that failed, in the result's message."""

Sieve = Callable[[bytes], bytes]
"""What of some output is to be sent; b"" at the end of the program asks for what was held back."""


class Stream:
    """Sends output in pieces and keeps count of it."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._digest = hashlib.sha256()
        self._total_bytes = 0
        self._end = b""

    @property
    def total_bytes(self) -> int:
        return self._total_bytes

    @property
    def end(self) -> str:
        """The last words, for the message of a failure."""
        return self._end.decode(errors="replace").strip()

    def say(self, data: bytes) -> None:
        """Send this, in as many pieces as it takes. OutputLostError when nobody takes it any more."""
        for begin in range(0, len(data), MAX_PIECE_BYTES):
            piece = data[begin : begin + MAX_PIECE_BYTES]
            self._output.send(piece)
            self._total_bytes += len(piece)
            self._digest.update(piece)
            self._end = (self._end + piece)[-_QUOTED_BYTES:]

    def facts(self) -> dict[str, int | str]:
        """For the result, once the cloud has it all. OutputLostError as for `say`."""
        return {"bytes": self._total_bytes, "pieces": self._output.finish(), "sha256": self._digest.hexdigest()}


def stream_program(
    words: Sequence[str],
    output: Output,
    message: str,
    *,
    sieve: Sieve | None = None,
    for_s: float | None = None,
    accepted: tuple[int, ...] = (0,),
) -> Outcome:
    """Run it and stream its output; `for_s` ends it after so long, which then counts as its own end.

    ProgramError when it does not start, OutputLostError when nobody takes the output any more.
    """
    process = program.start(words)
    output.when_closed(lambda: program.stop(process))
    stream = Stream(output)
    is_over = False
    try:
        for data in _gathered(process, for_s):
            stream.say(sieve(data) if sieve else data)
        is_over = process.poll() is None and for_s is not None
        program.stop(process) if is_over else None
        status = process.wait()
        stream.say(sieve(b"") if sieve else b"")
    finally:
        program.stop(process)
        process.wait()
    detail = {**stream.facts(), "source": " ".join(words), "exit_status": status}
    if is_over or status in accepted:
        return succeeded(message.format(bytes=stream.total_bytes), **detail)
    return failed(f"{words[0]} ended with exit status {status}. {stream.end}".strip(), **detail)


def _gathered(process: "subprocess.Popen[bytes]", for_s: float | None) -> Iterator[bytes]:
    """What it says, a full piece or what came within a moment at a time, until it ends or the time is over."""
    assert process.stdout is not None
    end_s = None if for_s is None else time.monotonic() + for_s
    with process.stdout as pipe:
        data, due_s = b"", 0.0
        while True:
            now_s = time.monotonic()
            if data and (len(data) >= MAX_PIECE_BYTES or now_s >= due_s):
                yield data
                data = b""
            if end_s is not None and now_s >= end_s:
                break
            wait_s = _wait_s(now_s, due_s if data else None, end_s)
            if not select.select([pipe], [], [], wait_s)[0]:
                continue
            read = os.read(pipe.fileno(), MAX_PIECE_BYTES - len(data))
            if not read:
                break
            due_s = due_s if data else time.monotonic() + GATHER_S
            data += read
        if data:
            yield data


def _wait_s(now_s: float, *ends_s: float | None) -> float | None:
    known = [end_s for end_s in ends_s if end_s is not None]
    return max(0.0, min(known) - now_s) if known else None
