"""A router: the real agent as a process, in a directory of its own."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AGENT_SOURCES = Path(__file__).parents[3] / "agent"


class Router:
    """One agent. `SPOTFI_TEST_AGENT_PYTHON` names another interpreter to run it with, such as one with an older paho."""

    def __init__(self, directory: Path, **options: object) -> None:
        directory.mkdir(parents=True, mode=0o700)
        self.directory = directory
        self.router_id = uuid.uuid4()
        self.key = "correct-horse-battery-staple"
        self.boot_id_path = directory / "boot_id"
        self.reboots_path = directory / "reboots"
        self.new_boot()
        self._options: dict[str, object] = {
            "boot_id_file": self.boot_id_path,
            "reboot_command": f"touch {self.reboots_path}",
            "backoff_first_s": "0.2",
            "backoff_most_s": "1",
            **options,
        }
        self.configure()
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, **options: object) -> None:
        self._options |= options
        lines = ["[agent]", *(f"{name} = {value}" for name, value in self._options.items())]
        (self.directory / "config.ini").write_text("\n".join(lines) + "\n")

    def identify(self, ca_pem: str, *, mqtt_port: int, websocket_url: str) -> None:
        identity = {
            "router_id": str(self.router_id),
            "device_key": self.key,
            "mqtt_host": "localhost",
            "mqtt_port": mqtt_port,
            "websocket_url": websocket_url,
            "ca_pem": ca_pem,
        }
        (self.directory / "identity.json").write_text(json.dumps(identity))

    def new_boot(self) -> None:
        self.boot_id_path.write_text(f"{uuid.uuid4()}\n")

    def call(self, *arguments: str, given: str = "", within: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """One command of the CLI, to its end; `within` another program that starts it."""
        return subprocess.run(
            [*within, *self.argv(), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self.environment(),
        )

    def start(self) -> None:
        with (self.directory / "agent.log").open("ab") as log:
            self._process = subprocess.Popen([*self.argv(), "run"], stdout=log, stderr=log, env=self.environment())

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """The power is cut."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(30)

    def status(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.call("status", "--json").stdout)
        return body

    def problems(self, *, within: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
        """What the doctor finds wrong, by check, in its order."""
        findings = json.loads(self.call("doctor", "--json", within=within).stdout)
        return {finding["check"]: finding for finding in findings if not finding["is_well"]}

    def resident_kib(self) -> dict[str, int]:
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text().splitlines()[1:]
        return {line.split(":")[0]: int(line.split()[1]) for line in lines}

    def log(self) -> str:
        path = self.directory / "agent.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def argv(self) -> list[str]:
        python = os.environ.get("SPOTFI_TEST_AGENT_PYTHON", sys.executable)
        return [python, "-m", "spotfi_agent", "--dir", str(self.directory)]

    @staticmethod
    def environment() -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(AGENT_SOURCES)}
