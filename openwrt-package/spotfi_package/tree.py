"""What lies where on the router, with which mode. Everything belongs to root.

Two sources: the agent's Python files below `usr/lib/spotfi`, as they are, and the files of `spotfi-agent/files`, which the feed
Makefile for OpenWrt's build system installs as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spotfi_package.errors import BuildError

LIBRARY = PurePosixPath("usr/lib/spotfi")
SOURCE_PACKAGES = ("spotfi_agent", "spotfi_protocol")
LEFT_OUT = ("spotfi_agent/collectors/simulated.py",)
"""The simulated machine of `spotfi demo` has no place on a router."""

FILE_MODES = {
    "etc/config/spotfi": 0o600,
    "etc/hotplug.d/iface/90-spotfi": 0o755,
    "etc/init.d/spotfi-agent": 0o755,
    "etc/uci-defaults/90-spotfi": 0o755,
    "lib/upgrade/keep.d/spotfi-agent": 0o644,
    "usr/bin/spotfi-agent": 0o755,
    "usr/lib/spotfi/enrol-from-file": 0o755,
    "usr/lib/spotfi/upgrade-guard": 0o755,
}
"""Git keeps no modes but the executable bit, so they stand here."""

PRIVATE_DIRECTORIES = {"etc/spotfi": 0o700}
"""Made by the package, filled by the enrolment: the device key and the CA lie there."""

SOURCE_MODE = 0o644
DIRECTORY_MODE = 0o755


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file or directory of the package."""

    path: str
    """Relative to the router's root, without a leading slash."""
    mode: int
    content: bytes | None
    """None for a directory."""

    @property
    def is_directory(self) -> bool:
        return self.content is None


def package_tree(repository: Path) -> list[Entry]:
    """Every file of the package and every directory above one, sorted by path. BuildError for a file nobody planned for."""
    files = [*_sources(repository / "agent"), *_system_files(repository / "openwrt-package" / "spotfi-agent" / "files")]
    return with_directories(files)


def with_directories(files: list[Entry]) -> list[Entry]:
    """The files together with all directories they need, and the private ones, sorted by path."""
    modes = dict.fromkeys(_parents(entry.path for entry in files), DIRECTORY_MODE)
    modes |= dict.fromkeys(_parents(PRIVATE_DIRECTORIES), DIRECTORY_MODE) | PRIVATE_DIRECTORIES
    return sorted([*files, *(Entry(path, mode, None) for path, mode in modes.items())])


def _parents(paths: Iterator[str] | dict[str, int]) -> set[str]:
    return {str(parent) for path in paths for parent in PurePosixPath(path).parents if parent.name}


def _sources(agent: Path) -> Iterator[Entry]:
    for package in SOURCE_PACKAGES:
        for file in sorted((agent / package).rglob("*")):
            relative = file.relative_to(agent).as_posix()
            if file.is_file() and _belongs(file) and relative not in LEFT_OUT:
                yield Entry(str(LIBRARY / relative), SOURCE_MODE, file.read_bytes())


def _belongs(file: Path) -> bool:
    return "__pycache__" not in file.parts and not file.name.startswith(".")


def _system_files(folder: Path) -> Iterator[Entry]:
    present = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    if present.keys() != FILE_MODES.keys():
        odd = ", ".join(sorted(present.keys() ^ FILE_MODES.keys()))
        msg = f"{folder} and the list of modes in tree.py differ in: {odd}. Add the file or its mode."
        raise BuildError(msg)
    for path, mode in FILE_MODES.items():
        yield Entry(path, mode, present[path].read_bytes())
