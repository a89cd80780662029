"""The folder of the embedded database's socket: in the data folder, or where that path is too long, a short private one."""

import os
import stat
import tempfile
from pathlib import Path

_LONGEST_SOCKET = 107
"""Bytes of a socket's path (unix(7): sun_path has 108 with the final zero)."""
_SOCKET_NAME = ".s.PGSQL.5432"


def make_socket_directory(directory: Path) -> Path:
    """The folder for the server's socket, 0700, made where there is none. A short one elsewhere is remembered by a link."""
    folder = directory / "sockets"
    if len(os.fsencode(folder / _SOCKET_NAME)) <= _LONGEST_SOCKET:
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder
    if folder.is_symlink():
        short = folder.readlink()
        if _is_private(short, like=directory / "postgres"):
            return short
        folder.unlink()
    # In /tmp whatever TMPDIR says, as that may be long too: the name cannot be guessed and mkdtemp makes it 0700.
    short = Path(tempfile.mkdtemp(prefix="spotfi-", dir="/tmp"))
    folder.symlink_to(short)
    return short


def _is_private(folder: Path, *, like: Path) -> bool:
    """Whether the folder is still ours: /tmp may have been cleared, and the name taken by somebody else since."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owners = {os.geteuid(), like.stat().st_uid if like.exists() else os.geteuid()}
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid in owners
