"""One supervised program: started, listened to, and started again when it ends by itself."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from spotfi_cloud.entrypoints.embedded.back_off import BackOff
from spotfi_cloud.entrypoints.embedded.child import child_argv
from spotfi_cloud.entrypoints.embedded.output import Output, follow
from spotfi_cloud.kernel.errors import SpotFiError

_log = structlog.get_logger(__name__)
_LAST_WORDS_S = 0.5


@dataclass(frozen=True)
class Program:
    """What to run. `argv` is asked before every start, in a thread: it may prepare things, and take its time."""

    name: str
    argv: Callable[[], list[str]]
    environ: Mapping[str, str] = field(repr=False)
    end_signal: signal.Signals = signal.SIGTERM
    """Asks it to end in order."""
    folder: str | None = None
    """Where it starts; where the supervisor is if not given."""

    @classmethod
    def of_module(cls, name: str, module: str, environ: Mapping[str, str], *arguments: str) -> "Program":
        """A Python module of ours as a program; killed at once should the supervisor itself be."""
        command = (sys.executable, "-m", module, *arguments)
        return cls(name, lambda: child_argv(command, end_signal=signal.SIGKILL), environ)


class RunningProgram:
    """A program under supervision, from `start` to `stop`."""

    def __init__(self, program: Program, output: Output) -> None:
        self.program = program
        self._output = output
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.endings = 0
        """How often the process has ended by itself."""
        self.started = asyncio.Event()
        """Set once the program has said that it serves."""

    @property
    def pid(self) -> int | None:
        """Of the process that runs now, if one does."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self, patience_s: float) -> None:
        """No further start; ask the process to end, and end it after `patience_s`."""
        await self._cancel()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.program.end_signal)
        try:
            await asyncio.wait_for(process.wait(), patience_s)
        except TimeoutError:
            _log.warning("program_killed", program=self.program.name, pid=process.pid, after_s=patience_s)
        _kill_group(process.pid)  # the process itself where it did not listen, and what it may have left running
        await process.wait()

    async def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_running(self) -> None:
        back_off = BackOff()
        while True:
            began = time.monotonic()
            reason = await self._run_once()
            self.endings += 1
            wait_s = back_off.after(time.monotonic() - began)
            _log.error("program_ended", program=self.program.name, reason=reason, restart_in_s=wait_s)
            await asyncio.sleep(wait_s)

    async def _run_once(self) -> str:
        """Start the process and wait for its end; why it ended."""
        try:
            argv = await asyncio.to_thread(self.program.argv)
            self._process = process = await asyncio.create_subprocess_exec(
                *argv,
                env=dict(self.program.environ),
                cwd=self.program.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # a terminal's Ctrl-C is for the supervisor alone, which ends all in order
            )
        except (OSError, SpotFiError) as error:
            return str(error)
        assert process.stdout is not None
        _log.info("program_started", program=self.program.name, pid=process.pid)
        listening = asyncio.create_task(follow(process.stdout, self.program.name, self._output, self.started))
        status = await process.wait()
        await asyncio.wait([listening], timeout=_LAST_WORDS_S)
        listening.cancel()
        _kill_group(process.pid)
        return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
