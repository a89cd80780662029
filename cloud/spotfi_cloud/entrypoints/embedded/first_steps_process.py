"""The first steps seen from the supervisor: a process that is started early, told to begin, and answers once."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping

from spotfi_cloud.entrypoints.embedded.child import child_argv
from spotfi_cloud.kernel.errors import DependencyError

_MODULE = "spotfi_cloud.entrypoints.embedded.first_steps"


class FirstSteps:
    """One run of `first_steps`: `start`, `take`, and `end` whatever happened."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process, which imports what it needs and waits."""
        self._process = await asyncio.create_subprocess_exec(
            *child_argv((sys.executable, "-m", _MODULE), end_signal=signal.SIGKILL),
            env=self._environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def take(self) -> str | None:
        """Let it begin, now that the database is there; the password made up for the first Admin, if one was made."""
        assert self._process is not None
        answer, _ = await self._process.communicate(b"begin\n")
        if self._process.returncode != 0:
            msg = "The database could not be made ready; the line above says why."
            raise DependencyError(msg)
        password: str | None = json.loads(answer)["password"]
        return password

    async def end(self) -> None:
        """Leave no process behind."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
