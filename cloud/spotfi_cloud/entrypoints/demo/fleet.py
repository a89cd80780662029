"""The demonstration's routers: real agent processes on simulated machines, enrolled like any other."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import structlog

from spotfi_cloud.entrypoints.embedded.child import child_argv

_log = structlog.get_logger(__name__)
_AGENT = (sys.executable, "-m", "spotfi_agent")
_STOP_WITHIN_S = 3


class DemoRouter:
    """One simulated router, living in a directory of its own. Kicked session ids appear as files in `kicks`."""

    def __init__(self, directory: Path, number: int) -> None:
        self.directory = directory
        self.kicks = directory / "kicks"
        self._number = number
        self._process: Process | None = None

    @property
    def enrolled(self) -> bool:
        return (self.directory / "identity.json").exists()

    def prepare(self) -> None:
        self.kicks.mkdir(parents=True, exist_ok=True)
        options = {
            "machine": f"simulated:{self._number}",
            "reboot_command": "true",
            "kick_command": f"touch {self.kicks}/{{acct_session_id}}",
        }
        lines = ["[agent]", *(f"{name} = {value}" for name, value in options.items())]
        (self.directory / "config.ini").write_text("\n".join(lines) + "\n")

    async def enrol(self, url: str, code: str) -> None:
        """Trade the code for a key. Raises RuntimeError with the agent's own words when it is refused."""
        process = await asyncio.create_subprocess_exec(
            *_AGENT, "--dir", str(self.directory), "enroll", url, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        output, problem = await process.communicate(f"{code}\n".encode())
        if process.returncode != 0:
            msg = f"A demo router could not enrol: {(problem or output).decode().strip()}"
            raise RuntimeError(msg)

    async def start(self) -> None:
        command = child_argv([*_AGENT, "--dir", str(self.directory), "run"])
        self._process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        _log.info("demo_router_started", directory=self.directory.name, pid=self._process.pid)

    async def stop(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_WITHIN_S)
        except TimeoutError:
            self._process.kill()

    def was_kicked(self, acct_session_id: str) -> bool:
        """Whether the agent was told to end this session; says so once."""
        mark = self.kicks / acct_session_id
        if not mark.exists():
            return False
        mark.unlink()
        return True
