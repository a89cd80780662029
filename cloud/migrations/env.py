"""Alembic's entry: knows every capability's tables and runs the chain in one transaction, one migrator at a time."""

import importlib
import importlib.util
import pkgutil
import re

from alembic import context
from sqlalchemy import Connection, create_engine, make_url, pool, text

import spotfi_cloud
from spotfi_cloud.storage.base import Base

_LOCK = 0x5370_6F74_4669  # "SpotFi": two processes that migrate at once take turns

_STORAGE_TABLES = ("spotfi_cloud.storage.events", "spotfi_cloud.storage.idempotency")


def _import_tables() -> None:
    """Every `tables.py` there is, and storage's own tables, so that the metadata is complete."""
    for name in _STORAGE_TABLES:
        importlib.import_module(name)
    for package in pkgutil.iter_modules(spotfi_cloud.__path__, "spotfi_cloud."):
        name = f"{package.name}.tables"
        if package.ispkg and importlib.util.find_spec(name):
            importlib.import_module(name)


def _is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Partitions are the worker's, not the schema's."""
    return kind != "table" or name is None or re.fullmatch(r"telemetry_\w+_(\d{8}|other)", name) is None


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_type=True, include_name=_is_declared
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        context.run_migrations()


def _run() -> None:
    _import_tables()
    url = make_url(context.config.attributes["database_url"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        _migrate(connection)
    engine.dispose()


_run()
