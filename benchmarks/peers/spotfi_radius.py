"""SpotFi's own `radius` and `worker` under measurement, as the processes they are in production."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.peers.processes import running
from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.routers.service import RADIUS_SECRET_PURPOSE
from spotfi_cloud.subscribers.service import PASSWORD_PURPOSE

_SECRET_KEY = "the secret key of a benchmark's installation"
_SIGNED_UP = datetime(2026, 1, 1, tzinfo=UTC)
_QUOTA_BYTES = 500_000_000_000
_PLAN: dict[str, Any] = {
    "name": "Benchmark",
    "quota_bytes": _QUOTA_BYTES,
    "period": "month",
    "session_timeout_s": 3600,
    "idle_timeout_s": 600,
    "rate_up_bps": 2_000_000,
    "rate_down_bps": 10_000_000,
    "max_sessions": None,
    "price_minor": 500,
    "currency": "EUR",
    "interim_interval_s": 300,
    "created_at": _SIGNED_UP,
}


def fill(url: str, nas: Nas, guests: Iterable[Guest], *, coa_port: int) -> dict[str, UUID]:
    """The product's schema, one host with one NAS, and every guest on one plan. Ids of `host`, `router` and `plan`."""
    migrations.upgrade(url)
    ids = {"host": new_id(), "router": new_id()}
    router = {
        "id": ids["router"],
        "host_id": ids["host"],
        "name": "Load",
        "nas_kind": "generic",
        "address": "127.0.0.1",
        "nas_identifier": nas.identifier,
        "radius_secret_sealed": Sealer(_SECRET_KEY, RADIUS_SECRET_PURPOSE).seal(nas.secret),
        "legacy_radius": False,
        "coa_port": coa_port,
        "interval_s": 30,
        "created_at": _SIGNED_UP,
    }
    host = {"id": ids["host"], "name": "Café", "timezone": "UTC", "currency": "EUR", "created_at": _SIGNED_UP}
    with psycopg.connect(url) as connection:
        _insert(connection, "hosts", host)
        _insert(connection, "routers", router)
        ids["plan"] = add_plan(connection)
        add_subscribers(connection, ids, guests)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return ids


def add_plan(connection: psycopg.Connection, **changes: Any) -> UUID:
    """A plan of the ISP's."""
    plan_id = new_id()
    _insert(connection, "plans", {"id": plan_id, **_PLAN, **changes})
    return plan_id


def add_subscribers(connection: psycopg.Connection, ids: dict[str, UUID], guests: Iterable[Guest]) -> None:
    """Guests with sealed passwords, all the same way."""
    sealer = Sealer(_SECRET_KEY, PASSWORD_PURPOSE)
    statement = "COPY subscribers (id, username, password_sealed, plan_id, host_id, created_at) FROM STDIN"
    with connection.cursor().copy(statement) as copy:
        for guest in guests:
            sealed = sealer.seal(guest.password.encode())
            copy.write_row((new_id(), guest.username, sealed, ids["plan"], ids["host"], _SIGNED_UP))


def _insert(connection: psycopg.Connection, table: str, values: dict[str, Any]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    marks = sql.SQL(", ").join(map(sql.Placeholder, values))
    connection.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks), values)


@contextmanager
def serving(role: str, folder: Path, url: str, auth_port: int, acct_port: int, *, processes: int = 1) -> Iterator[int]:
    """The role `radius` or `worker` while the block runs; its pid."""
    environ = {
        "PATH": os.environ["PATH"],
        "SPOTFI_DATA_DIR": str(folder),
        "SPOTFI_DATABASE_URL": url,
        "SPOTFI_SECRET_KEY": _SECRET_KEY,
        "SPOTFI_RADIUS_HOST": "127.0.0.1",
        "SPOTFI_RADIUS_AUTH_PORT": str(auth_port),
        "SPOTFI_RADIUS_ACCT_PORT": str(acct_port),
        "SPOTFI_RADIUS_PROCESSES": str(processes),
    }
    log = folder / f"{role}.log"
    log.unlink(missing_ok=True)
    argv = [sys.executable, "-m", f"spotfi_cloud.entrypoints.{role}"]
    with running(argv, log, lambda: log.read_text().count("role_started") >= processes, environ=environ) as process:
        yield process.pid
