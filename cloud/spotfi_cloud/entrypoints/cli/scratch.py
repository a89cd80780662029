"""Databases beside the installation's own, on the same server: made to restore into, counted, put in its place or dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from spotfi_cloud.kernel.errors import ConflictError, DependencyError

_MAINTENANCE = "postgres"


def beside(url: str, name: str) -> str:
    """libpq connection string of another database on the same server."""
    return make_conninfo(url, dbname=name)


def name_of(url: str) -> str:
    """The database a URL names."""
    return str(conninfo_to_dict(url)["dbname"])


def row_counts(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has, by name."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        assert row is not None
        counts[str(name)] = int(row[0])
    return counts


@contextmanager
def maintaining(url: str) -> Iterator[psycopg.Connection]:
    """A connection that makes, renames and drops databases. DependencyError where this role may not."""
    try:
        with psycopg.connect(beside(url, _MAINTENANCE), autocommit=True) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        msg = "This database role may not make databases (CREATEDB), which restoring, and checking a backup, needs."
        raise DependencyError(msg) from error


@contextmanager
def scratch_database(maintenance: psycopg.Connection, name: str) -> Iterator[None]:
    """An empty database while the block runs; dropped after it, unless it was renamed."""
    maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield
    finally:
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def put_in_place(maintenance: psycopg.Connection, scratch: str, target: str, now: datetime) -> str:
    """Let the scratch database take the target's name; the name the old one has now. ConflictError while it is used."""
    row = maintenance.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [target]).fetchone()
    if row is None or row[0]:
        msg = f"The database {target} is in use; stop SpotFi (spotfi up, or every role), then restore again."
        raise ConflictError(msg)
    kept = f"{target}_before_{now:%Y%m%d_%H%M%S}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    maintenance.execute(rename.format(sql.Identifier(target), sql.Identifier(kept)))
    maintenance.execute(rename.format(sql.Identifier(scratch), sql.Identifier(target)))
    return kept
