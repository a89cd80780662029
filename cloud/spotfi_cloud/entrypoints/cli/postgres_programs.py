"""pg_dump and pg_restore: which ones fit a server, and how they are run without a password on their command line."""

import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from spotfi_cloud.entrypoints.embedded.programs import major_version, wheel_programs
from spotfi_cloud.entrypoints.settings import SettingsError
from spotfi_cloud.kernel.errors import DependencyError

# libpq's parameters and the variables that say the same (PostgreSQL documentation, "Environment Variables").
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}


def programs_for(connection: psycopg.Connection) -> Path:
    """Folder of the programs for the server: of its own version in PATH, else the embedded ones where new enough."""
    server = connection.info.server_version // 10_000
    found = shutil.which("pg_dump")
    if found is not None:
        in_path = Path(found).resolve().parent
        if (in_path / "postgres").exists() and major_version(in_path) == server:
            return in_path
    try:
        wheel = wheel_programs()
    except SettingsError:
        wheel = None
    if wheel is not None and major_version(wheel) == server:
        return wheel
    if found is not None:
        return Path(found).parent
    msg = f"There is no pg_dump here for a PostgreSQL {server}; install its client programs."
    raise DependencyError(msg)


def run_program(program: Path, *arguments: str, url: str) -> None:
    """Run it on the database of the URL. DependencyError with its own words where it fails."""
    given = conninfo_to_dict(url)
    environ = {variable: str(given[name]) for name, variable in _VARIABLES.items() if given.get(name) is not None}
    environ |= {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's program, our arguments
        [program, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        msg = f"{program.name} failed: {reason}"
        raise DependencyError(msg)
