"""Where the agent's files are.

State directory (0700, on flash): identity.json, next-key, config.ini, journal, remembered, and upgrade/ while the agent is
being upgraded (see spotfi_agent.trial). `/etc/spotfi` unless `SPOTFI_AGENT_DIR` or `--dir` names another.
Run directory (in RAM on a router): status.json, agent.log, lock. `/var/run/spotfi` on OpenWrt unless another state directory
was named, else `run/` in the state directory.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from spotfi_agent.exits import USAGE
from spotfi_agent.failure import Failure

_DEFAULT_DIR = Path("/etc/spotfi")
_OPENWRT_RUN_DIR = Path("/var/run/spotfi")
_OPENWRT_MARK = Path("/etc/openwrt_release")


@dataclass(frozen=True, slots=True)
class Places:
    """The two directories, and the files in them."""

    state_dir: Path
    run_dir: Path

    @property
    def identity(self) -> Path:
        return self.state_dir / "identity.json"

    @property
    def next_key(self) -> Path:
        return self.state_dir / "next-key"

    @property
    def config(self) -> Path:
        return self.state_dir / "config.ini"

    @property
    def journal(self) -> Path:
        return self.state_dir / "journal"

    @property
    def remembered(self) -> Path:
        return self.state_dir / "remembered"

    @property
    def upgrade(self) -> Path:
        return self.state_dir / "upgrade"

    @property
    def status(self) -> Path:
        return self.run_dir / "status.json"

    @property
    def log(self) -> Path:
        return self.run_dir / "agent.log"

    @property
    def lock(self) -> Path:
        return self.run_dir / "lock"

    def prepare(self) -> None:
        """Make the directories, private to the agent. Failure when that cannot be done."""
        for directory in (self.state_dir, self.run_dir):
            try:
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                msg = f"Cannot use the directory {directory}: {error.strerror}. Name another with --dir."
                raise Failure(msg, USAGE) from error
        _make_private(self.state_dir)


def find_places(named: str | None) -> Places:
    """The places for `--dir NAMED`, or for `SPOTFI_AGENT_DIR`, or the machine's own."""
    directory = named or os.environ.get("SPOTFI_AGENT_DIR")
    if directory:
        state_dir = Path(directory).absolute()
        return Places(state_dir, state_dir / "run")
    if is_openwrt():
        return Places(_DEFAULT_DIR, _OPENWRT_RUN_DIR)
    return Places(_DEFAULT_DIR, _DEFAULT_DIR / "run")


def is_openwrt() -> bool:
    return _OPENWRT_MARK.exists()


def _make_private(directory: Path) -> None:
    if directory.stat().st_mode & 0o077:
        try:
            directory.chmod(0o700)
        except OSError as error:
            msg = f"{directory} can be read by others and is not ours to change. Name another directory with --dir."
            raise Failure(msg, USAGE) from error
