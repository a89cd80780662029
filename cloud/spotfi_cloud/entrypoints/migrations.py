"""The schema's history, run from code: `spotfi db upgrade`, `spotfi up`, tests and readiness all come here.

Needs no alembic.ini: the scripts lie beside the package in the source tree and inside it in the wheel.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, pool
from sqlalchemy.exc import OperationalError

import spotfi_cloud
from spotfi_cloud.kernel.errors import DependencyError

_PACKAGE = Path(spotfi_cloud.__file__).parent


def scripts_directory() -> Path:
    """Where env.py and versions/ are: in the installed package, else in the source tree."""
    inside = _PACKAGE / "migrations"
    return inside if inside.is_dir() else _PACKAGE.parent / "migrations"


def config_for(database_url: str) -> Config:
    """Alembic's configuration for the database. The URL travels as an attribute, so a `%` in it means nothing."""
    config = Config()
    config.set_main_option("script_location", str(scripts_directory()).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Bring the schema to the newest revision. DependencyError where the database cannot be reached."""
    try:
        command.upgrade(config_for(database_url), "head")
    except OperationalError as error:
        raise _unreachable(error) from error


def head() -> str | None:
    """The newest revision this version of the program knows."""
    return ScriptDirectory.from_config(config_for("")).get_current_head()


def current(database_url: str) -> str | None:
    """The revision the database is at; None for an empty one. DependencyError where it cannot be reached."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise _unreachable(error) from error
    finally:
        engine.dispose()


def pending(database_url: str) -> bool:
    """Whether the schema is older than this program (or there is none yet)."""
    return current(database_url) != head()


def _unreachable(error: OperationalError) -> DependencyError:
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    return DependencyError(f"The database cannot be reached ({reason}); check SPOTFI_DATABASE_URL.")
