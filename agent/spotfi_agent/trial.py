"""An upgrade of the agent under way: what of it lies on flash.

`upgrade/` in the state directory is made whole, by a rename, before anything is touched: `plan` (lines name=value), `phase`,
the package, a copy of the running version in `old/`, and `guard`, the shell script that does the rest outside of either
version (openwrt-package, upgrade-guard). Phases: prepared, installing, trying, then done, or restoring and restored. `verdict`
is a link that can be made only once: `new` by the new version's agent when the cloud has answered it, `old` by the guard.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from spotfi_agent import __version__

_LIBRARY = Path(__file__).resolve().parents[1]
_PACKAGED = Path("usr/lib/spotfi")
_KEPT = (
    _PACKAGED,
    Path("usr/bin/spotfi-agent"),
    Path("etc/init.d/spotfi-agent"),
    Path("etc/hotplug.d/iface/90-spotfi"),
)
_BOOT_LINK = Path("etc/rc.d/S94spotfi-upgrade")
_SPARE_BYTES = 256 * 1024
_GUARD_STARTS_S = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    command_id: str
    to: str
    manager: str
    """`opkg` or `apk`."""
    package: str
    """The package's file name, below `upgrade/`."""
    limit_s: int
    """For the new version to reach the cloud."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upgrade is."""

    command_id: str
    before: str
    to: str
    phase: str
    verdict: str
    """`new`, `old`, or "" while it is open."""
    reason: str
    """A sentence; why it is the old one."""


def find_root() -> Path | None:
    """The root that this agent's package is installed in: `/` on a router; None where it runs from no package."""
    root = _LIBRARY.parents[2]
    return root if root / _PACKAGED == _LIBRARY and (_LIBRARY / "upgrade-guard").exists() else None


class Trial:
    """The one upgrade there can be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._draft = folder.with_name(folder.name + ".new")
        self._gone = folder.with_name(folder.name + ".gone")

    def progress(self) -> Progress | None:
        """None where there is no upgrade."""
        plan = _in_words(self._word("plan"))
        if "command_id" not in plan:
            return None
        return Progress(
            plan["command_id"],
            plan.get("from", ""),
            plan.get("to", ""),
            self._word("phase"),
            self._verdict(),
            self._word("reason"),
        )

    def prepare(self, plan: Plan, package: bytes, root: Path) -> None:
        """Lay out everything on flash. OSError when it does not fit; nothing has changed then."""
        _remove(self._draft)
        try:
            self._check_room(len(package), root)
            self._lay_out(plan, package, root)
            os.sync()
            self._draft.rename(self._folder)
            os.sync()
        except OSError:
            _remove(self._draft)
            raise

    def begin(self, mode: str = "install") -> None:
        """Start the guard, on its own, as the agent is about to be stopped. OSError when that cannot be done."""
        subprocess.Popen(  # noqa: S603 - our own script
            ["/bin/sh", str(self._folder / "guard"), mode],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end_s = time.monotonic() + _GUARD_STARTS_S
        while not self.is_guarded() and self._word("phase") == "prepared" and time.monotonic() < end_s:
            time.sleep(0.1)

    def is_guarded(self) -> bool:
        """Whether a guard is at work."""
        try:
            with (self._folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False

    def confirm(self) -> None:
        """The cloud has answered this agent: if it is the version that is being tried, it stays."""
        progress = self.progress()
        if progress is not None and progress.to == __version__ and progress.phase == "trying":
            with contextlib.suppress(OSError):  # decided before; or no room, then the next connection tries again
                (self._folder / "verdict").symlink_to("new")
                os.sync()

    def clear(self) -> None:
        """Forget it; once its end has been journalled."""
        root = _in_words(self._word("plan")).get("root")
        with contextlib.suppress(OSError):  # what is left of it then, the next start clears
            if root is not None:
                (Path(root or "/") / _BOOT_LINK).unlink(missing_ok=True)
            _remove(self._gone)
            self._folder.rename(self._gone)
        self._clear_drafts()

    def clear_leftovers(self) -> None:
        """At a start: what a power cut left of an upgrade that has been told of, or was never laid out."""
        progress = self.progress()
        if progress is not None and (progress.verdict == "new" or progress.phase in {"done", "restored"}):
            self.clear()
        self._clear_drafts()

    def _clear_drafts(self) -> None:
        for folder in (self._draft, self._gone):
            _remove(folder)

    def _lay_out(self, plan: Plan, package: bytes, root: Path) -> None:
        self._draft.mkdir(mode=0o700)
        for path in _KEPT:
            _copy(root / path, self._draft / "old" / path)
        (self._draft / plan.package).write_bytes(package)
        _copy(_LIBRARY / "upgrade-guard", self._draft / "guard")
        (self._draft / "guard").chmod(0o755)
        (self._draft / "phase").write_text("prepared\n")
        (self._draft / "plan").write_text(_in_lines(plan, root))

    def _check_room(self, package_bytes: int, root: Path) -> None:
        installed_bytes = sum(path.stat().st_size for path in (root / _PACKAGED).rglob("*.py"))
        needed_bytes = 2 * installed_bytes + package_bytes + _SPARE_BYTES
        disk = os.statvfs(self._folder.parent)
        free_bytes = disk.f_bavail * disk.f_frsize
        if free_bytes < needed_bytes:
            raise OSError(0, f"{free_bytes // 1024} KiB of flash are free, {needed_bytes // 1024} KiB are needed")

    def _word(self, name: str) -> str:
        try:
            return (self._folder / name).read_text().strip()
        except OSError:
            return ""

    def _verdict(self) -> str:
        try:
            return str((self._folder / "verdict").readlink())
        except OSError:
            return ""


def _remove(folder: Path) -> None:
    if folder.exists():
        from shutil import rmtree  # noqa: PLC0415 - its compressors cost a router half a megabyte

        rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    import shutil  # noqa: PLC0415 - as above

    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _in_lines(plan: Plan, root: Path) -> str:
    named = {
        "command_id": plan.command_id,
        "from": __version__,
        "to": plan.to,
        "manager": plan.manager,
        "package": plan.package,
        "limit_s": plan.limit_s,
        "root": "" if root == Path("/") else root,
    }
    return "".join(f"{name}={value}\n" for name, value in named.items())


def _in_words(lines: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in lines.splitlines())}
