"""How long any zoom of one router's year takes: the API's own answer, with rollups of a year of ten routers in the database.

The figures are made by the database itself, all alike; what is measured is reading, adding up and answering one router's.
"""

import asyncio
import gc
import json
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks.ingest import add_routers, database
from benchmarks.load.telemetry_payloads import SAMPLES_PER_MESSAGE, bodies, payloads
from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.fleet import roll_up
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database
from spotfi_cloud.telemetry.service import Batch, keep_partitions, read_message, store_batches
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

ROUTERS = 10
ROUNDS = 7
RAW_HOURS = 6
ZOOMS = {"hour": 1 / 24, "six hours": 0.25, "day": 1, "two days": 2, "week": 7, "month": 30, "quarter": 91, "year": 365}
_FILL = """
    INSERT INTO telemetry_{table} (router_id, at, figures)
    SELECT router.id, at, sample.figures
    FROM (SELECT id FROM routers LIMIT %(routers)s) AS router,
        generate_series(date_bin(%(step)s, now(), 'epoch') - %(span)s::interval, now() - interval '1 day', %(step)s) AS at,
        (SELECT figures FROM telemetry_five_minutes ORDER BY at LIMIT 1) AS sample
    ON CONFLICT DO NOTHING
"""
_ROLLUPS = {"five_minutes": ("5 minutes", "30 days"), "hours": ("1 hour", "366 days"), "days": ("1 day", "366 days")}
"""Table: step and span."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, database(Path(name)) as url:
        figures = asyncio.run(measure(Path(name), url, add_routers(url, ROUTERS)))
    show(figures)
    print(json.dumps({"bench": "telemetry_zoom", "figures": figures}))


async def measure(directory: Path, url: str, router_ids: list[UUID]) -> dict[str, Any]:
    clock, database_of_app = SystemClock(), Database(url)
    await fill(database_of_app, router_ids, clock.now())
    rows = fill_rollups(url)
    secret_key = SecretStr("seals nothing that matters in a benchmark")
    settings = Settings(data_dir=directory, secret_key=secret_key, public_url="https://spotfi.test:8443")
    async with database_of_app.unit_of_work() as session:
        await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=clock)
    ensure_certificates(settings, clock)
    town = Town(create_app(settings, database_of_app, clock, ca_pem=settings.tls_ca_file.read_text()))
    admin = await town.admin()
    gc.collect()
    gc.freeze()  # as the role does when it begins to serve
    gc.set_threshold(50_000, 20, 100)
    figures: dict[str, Any] = {"rollups": rows}
    for zoom, days in ZOOMS.items():
        timed = await time_zoom(admin, router_ids[3], clock.now(), timedelta(days=days))
        figures |= {f"{zoom.replace(' ', '_')}_{name}": value for name, value in timed.items()}
    figures["slowest_ms"] = max(figures[f"{zoom.replace(' ', '_')}_ms"] for zoom in ZOOMS)
    for client in town.clients:
        await client.aclose()
    await database_of_app.close()
    return figures


async def fill(database_of_app: Database, router_ids: list[UUID], now: datetime) -> None:
    """Six hours of raw samples, rolled up."""
    clock = SystemClock()
    count = RAW_HOURS * 3600 // 30 // SAMPLES_PER_MESSAGE
    made = bodies(count)
    async with database_of_app.unit_of_work() as session:
        await keep_partitions(session, clock=clock)
        for router_id in router_ids:
            sent = list(payloads(made, 0, count, int(now.timestamp() * 1000)))
            batches = [Batch(router_id, read_message(payload)) for payload in sent]
            await store_batches(session, batches, clock=clock)
    await roll_up(database_of_app, clock)


def fill_rollups(url: str) -> int:
    """The rest of the year, every bucket like the first that is there; how many rows."""
    total = 0
    with psycopg.connect(url, autocommit=True) as connection:
        for table, (step, span) in _ROLLUPS.items():
            connection.execute(_FILL.format(table=table), {"routers": ROUTERS, "step": step, "span": span})
            connection.execute(f"ANALYZE telemetry_{table}")
            row = connection.execute(f"SELECT count(*) FROM telemetry_{table}").fetchone()
            total += 0 if row is None else row[0]
    return total


async def time_zoom(admin: Person, router_id: UUID, now: datetime, span: timedelta) -> dict[str, float]:
    """Of one request the median and the least milliseconds, the API's processor time, and the points it gives."""
    query: dict[str, Any] = {"from": (now - span).isoformat(), "to": now.isoformat()}
    times_s, cpu_s, points = [], [], 0
    for _ in range(ROUNDS):
        began_s, cpu_began_s = time.perf_counter(), time.process_time()
        answer = await admin.client.get(f"/api/v1/routers/{router_id}/telemetry", params=query)
        times_s.append(time.perf_counter() - began_s)
        cpu_s.append(time.process_time() - cpu_began_s)
        points = len(answer.json()["points"])
    return {
        "points": points,
        "ms": round(1000 * median(times_s), 1),
        "least_ms": round(1000 * min(times_s), 1),
        "cpu_ms": round(1000 * median(cpu_s), 1),
    }


def show(figures: dict[str, Any]) -> None:
    table = Table(
        "zoom",
        "points",
        "median ms",
        "least ms",
        "API's CPU ms",
        title=f"A router's year, {figures['rollups']:,} rollups in the database",
    )
    for zoom in ZOOMS:
        name = zoom.replace(" ", "_")
        table.add_row(zoom, *(str(figures[f"{name}_{column}"]) for column in ("points", "ms", "least_ms", "cpu_ms")))
    Console().print(table)


if __name__ == "__main__":
    main()
