"""The embedded PostgreSQL: made once, started under our own supervision, closed to everybody but this installation.

Data and sockets lie in folders only its user may enter, TCP is off, and who connects is told by the kernel (peer
authentication with a user map): no password, no trust. Where we are root, which PostgreSQL refuses to be, it runs as the
owner of its data: `postgres`, else `nobody`. Blocking; runs nothing by itself except the making of the data.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from spotfi_cloud.entrypoints.embedded.child import User, child_argv, user_named, user_of
from spotfi_cloud.entrypoints.embedded.postmaster import is_ready, stop_orphans
from spotfi_cloud.entrypoints.embedded.programs import major_version
from spotfi_cloud.entrypoints.embedded.sockets import make_socket_directory
from spotfi_cloud.entrypoints.settings import SettingsError
from spotfi_cloud.kernel.errors import DependencyError

NAME = "spotfi"
_SUPERUSER = "postgres"
_BUILTIN_LOCALES = 17
"""First version whose locales do not come from the operating system."""
_BUILTIN_LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_FIRST_STATEMENTS = f"CREATE ROLE {NAME} LOGIN CREATEDB\nCREATE DATABASE {NAME} OWNER {NAME}\n"
_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # statements carry values, and logs shall not
}


@dataclass(frozen=True)
class EmbeddedDatabase:
    """One installation's own server: `directory` is the installation's data folder, `programs` PostgreSQL's `bin`."""

    directory: Path
    programs: Path
    options: Mapping[str, str] = field(default_factory=dict)
    """Server options beside ours."""

    @property
    def data(self) -> Path:
        return self.directory / "postgres"

    def url(self, name: str = NAME) -> str:
        """libpq URL of one of its databases; makes the sockets' folder where there is none, so it may be asked for early."""
        sockets = make_socket_directory(self.directory)
        self._give_to_server(sockets)
        return f"postgresql:///{name}?" + urlencode({"host": str(sockets), "user": NAME})

    def exists(self) -> bool:
        """Whether there is data of an earlier start."""
        return (self.data / "PG_VERSION").exists()

    def prepare(self) -> list[int]:
        """Make the data where there is none, and stop a server that lost its supervisor; the pids of that one."""
        orphans = stop_orphans(self.data)
        for unfinished in self.directory.glob("postgres.new-*"):
            shutil.rmtree(unfinished)
        if not self.exists():
            self._make()
        self._check_version()
        self._write_access()
        return orphans

    def argv(self) -> list[str]:
        """Arguments of the server's process: fast shutdown on SIGINT, also when we end."""
        sockets = make_socket_directory(self.directory)
        self._give_to_server(sockets)
        options = {**_OPTIONS, "unix_socket_directories": str(sockets), **self.options}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return self._as_server(self.programs / "postgres", "-D", str(self.data), *settings, data=self.data)

    def is_ready(self) -> bool:
        """Whether the server has finished starting, crash recovery included."""
        return is_ready(self.data)

    # --- making -------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.directory))
        self._give_to_server(fresh)
        builtin = major_version(self.programs) >= _BUILTIN_LOCALES
        locale = _BUILTIN_LOCALE if builtin else ("--locale=C.UTF-8",)
        initdb = (self.programs / "initdb", "-D", str(fresh), "-U", _SUPERUSER, "--auth=peer", "--encoding=UTF8")
        self._run(*initdb, *locale, "--no-instructions", "--data-checksums", data=fresh)
        # In single-user mode: role and database are there before anybody can connect.
        self._run(
            self.programs / "postgres", "--single", "-D", str(fresh), _SUPERUSER, data=fresh, text=_FIRST_STATEMENTS
        )
        fresh.rename(self.data)

    def _run(self, *command: str | Path, data: Path, text: str = "") -> None:
        argv, environ = self._as_server(*command, data=data), server_environ()
        done = subprocess.run(argv, input=text, text=True, capture_output=True, check=False, env=environ, cwd="/")  # noqa: S603 - our programs, our arguments
        if done.returncode != 0 or "FATAL" in done.stderr:
            msg = f"The embedded database cannot be made in {self.directory}: {_reason(done.stderr or done.stdout)}"
            raise DependencyError(msg)

    def _check_version(self) -> None:
        made_by, ours = (self.data / "PG_VERSION").read_text().strip(), str(major_version(self.programs))
        if made_by != ours:
            msg = f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: move the data by pg_dump."
            raise SettingsError(msg, field="SPOTFI_DATA_DIR")

    # --- access -------------------------------------------------------------------------------------------------

    def _write_access(self) -> None:
        """Who may connect: the user we are, as the application's role or (for repairs) as superuser. Nobody else."""
        ourselves = user_of(os.geteuid())
        if ourselves is None:
            msg = "This user has no name on this machine (no entry in passwd), which PostgreSQL's peer login needs."
            raise SettingsError(msg)
        users = "".join(f'spotfi "{ourselves.name}" {role}\n' for role in (NAME, _SUPERUSER))
        self._write(self.data / "pg_hba.conf", "local all all peer map=spotfi\n")
        self._write(self.data / "pg_ident.conf", users)

    def _write(self, path: Path, content: str) -> None:
        handle, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(content)
        self._give_to_server(Path(fresh))
        Path(fresh).replace(path)

    def _server_user(self) -> User | None:
        """Who the server runs as; None: as ourselves."""
        if os.geteuid() != 0:
            return None
        owner = user_of(self.data.stat().st_uid) if self.data.exists() else None
        if owner is not None and owner.uid != 0:
            return owner
        user = user_named("postgres") or user_named("nobody")
        if user is None:
            msg = "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as."
            raise SettingsError(msg)
        return user

    def _give_to_server(self, path: Path) -> None:
        if user := self._server_user():
            os.chown(path, user.uid, user.gid)

    def _as_server(self, *command: str | Path, data: Path) -> list[str]:
        needs = (self.programs / "postgres", data)
        return child_argv(command, end_signal=signal.SIGINT, user=self._server_user(), needs=needs)


def server_environ() -> dict[str, str]:
    """The environment of PostgreSQL's programs: none of our secrets."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def running_database_url(data_dir: Path) -> str:
    """URL of the database a `spotfi up` on this data folder runs. DependencyError where none does."""
    embedded = EmbeddedDatabase(data_dir, Path())
    if not embedded.is_ready():
        msg = f"The embedded database in {embedded.data} is not running; start it with `spotfi up`."
        raise DependencyError(msg)
    return embedded.url()


def _reason(output: str) -> str:
    """The line that says why: what comes after it is clean-up."""
    lines = output.strip().splitlines() or ["no reason given"]
    return next((line for line in lines if "error:" in line or "FATAL" in line), lines[-1])
