"""The schema's history, run from code: `spotfi db upgrade`, `spotfi up`, tests and readiness all come here.

Needs no alembic.ini: the scripts lie beside the package in the source tree and inside it in the wheel. Each is named by its
revision, `0001_…` onwards in the order of the chain, so what is newest is known without importing Alembic, which is slow.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

import spotfi_cloud
from spotfi_cloud.kernel.errors import DependencyError

if TYPE_CHECKING:
    from alembic.config import Config

_PACKAGE = Path(spotfi_cloud.__file__).parent


def scripts_directory() -> Path:
    """Where env.py and versions/ are: in the installed package, else in the source tree."""
    inside = _PACKAGE / "migrations"
    return inside if inside.is_dir() else _PACKAGE.parent / "migrations"


def revisions() -> list[str]:
    """Every revision this version of the program knows, oldest first."""
    return sorted(path.stem for path in (scripts_directory() / "versions").glob("[0-9]*.py"))


def head() -> str | None:
    """The newest revision this version of the program knows."""
    return max(revisions(), default=None)


def current(database_url: str) -> str | None:
    """The revision the database is at; None for an empty one. DependencyError where it cannot be reached."""
    try:
        with psycopg.connect(database_url) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
            if row == (True,):
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
    except psycopg.OperationalError as error:
        reason = (str(error).strip() or "no answer").splitlines()[0]
        msg = f"The database cannot be reached ({reason}); check SPOTFI_DATABASE_URL."
        raise DependencyError(msg) from error


def pending(database_url: str) -> bool:
    """Whether the schema is older than this program (or there is none yet)."""
    return current(database_url) != head()


def upgrade(database_url: str) -> None:
    """Bring the schema to the newest revision. DependencyError where the database is out of reach, or newer than we are."""
    at = current(database_url)
    if at is not None and at not in revisions():
        msg = f"The database's schema ({at}) was made by a newer SpotFi than this; update this installation first."
        raise DependencyError(msg)
    if at != head():
        from alembic import command  # noqa: PLC0415 - slow to import, and at most starts there is nothing to do

        command.upgrade(config_for(database_url), "head")


def config_for(database_url: str) -> "Config":
    """Alembic's configuration for the database. The URL travels as an attribute, so a `%` in it means nothing."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(scripts_directory()).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config
