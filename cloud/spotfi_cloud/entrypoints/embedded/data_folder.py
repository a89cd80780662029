"""The installation's data folder: made, checked, and held by one `spotfi up` at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spotfi_cloud.entrypoints.settings import SettingsError

_VARIABLE = "SPOTFI_DATA_DIR"


@contextmanager
def holding(data_dir: Path) -> Iterator[None]:
    """The folder for us alone while the block runs. SettingsError where it cannot be written or another one holds it.

    The lock ends with the process, however that ends; the kernel sees to it.
    """
    make_folder(data_dir)
    with (data_dir / "lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            msg = f"SpotFi already runs on {data_dir} (process {file.read().strip()}); stop it, or set {_VARIABLE}."
            raise SettingsError(msg, field=_VARIABLE) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def make_folder(data_dir: Path) -> None:
    """Make the folder where it is missing. SettingsError where nothing can be written in it."""
    # As root others may pass through (not look around), because PostgreSQL, which is another user, has its data inside.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            data_dir.chmod(mode)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"probe")
    except OSError as error:
        msg = f"The data folder {data_dir} cannot be written ({error.strerror}); set {_VARIABLE} to one that can."
        raise SettingsError(msg, field=_VARIABLE) from None
