"""A router: the real agent as a process, with a configuration and a state directory of its own."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

BIN = Path(sys.executable).parent
AGENT = BIN / "spotfi-agent"


class Router:
    """One router's agent. `boot_id` stands for the kernel's, so that a reboot can be played without one."""

    def __init__(self, directory: Path, **options: str) -> None:
        directory.mkdir(parents=True)
        self.directory = directory
        self.kicks = directory / "kicks"
        self.kicks.mkdir()
        self.boot_id_path = directory / "boot_id"
        self.reboots_path = directory / "reboots"
        self.new_boot()
        self.configure(
            boot_id_file=str(self.boot_id_path),
            reboot_command=f"touch {self.reboots_path}",
            kick_command=f"touch {self.kicks}/{{acct_session_id}}",
            **options,
        )
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, **options: str) -> None:
        lines = ["[agent]", *(f"{name} = {value}" for name, value in options.items())]
        (self.directory / "config.ini").write_text("\n".join(lines) + "\n")

    def new_boot(self) -> None:
        self.boot_id_path.write_text(f"{uuid.uuid4()}\n")

    def point_primary_at(self, port: int) -> None:
        """Send the primary transport to another port than the one the cloud granted."""
        identity_path = self.directory / "identity.json"
        identity = json.loads(identity_path.read_text())
        identity_path.write_text(json.dumps({**identity, "mqtt_port": port}))

    def run(self, *arguments: str, given: str = "", expect: int = 0) -> str:
        """One command of the agent's CLI, to its end; what it printed."""
        done = subprocess.run(
            [AGENT, "--dir", self.directory, *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def start(self) -> None:
        with (self.directory / "agent.log").open("ab") as log:
            self._process = subprocess.Popen(
                [AGENT, "--dir", self.directory, "run"],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """The power is cut."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)

    def log(self) -> str:
        return (self.directory / "agent.log").read_text(errors="replace")
