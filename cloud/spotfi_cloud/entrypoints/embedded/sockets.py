"""The folder of the embedded database's socket: in the data folder, or where that path is too long, a short private one."""

import os
import shutil
import tempfile
from pathlib import Path

_LONGEST_SOCKET = 107
"""Bytes of a socket's path (unix(7): sun_path has 108 with the final zero)."""
_SOCKET_NAME = ".s.PGSQL.5432"


def make_socket_directory(directory: Path) -> Path:
    """A folder for the server's socket, 0700. A short one elsewhere is remembered by a link, and cleared at the next start."""
    folder = directory / "sockets"
    if folder.is_symlink():
        shutil.rmtree(folder.readlink(), ignore_errors=True)
        folder.unlink()
    if len(os.fsencode(folder / _SOCKET_NAME)) <= _LONGEST_SOCKET:
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder
    # In /tmp whatever TMPDIR says, as that may be long too: the name cannot be guessed and mkdtemp makes it 0700.
    short = Path(tempfile.mkdtemp(prefix="spotfi-", dir="/tmp"))
    folder.symlink_to(short)
    return short
