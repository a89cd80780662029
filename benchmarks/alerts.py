"""What a look for alerts costs at size: all routers, guests and invoices of an installation, as `worker` looks at them.

`make bench-alerts`, or `python -m benchmarks.alerts --help`. PostgreSQL is the product's own with its durable settings, the
look is `alerts.service.looking.look` in this process; the clock is set forward a minute each time, so every look is a full one.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import text

from benchmarks.load.api_server import postgres
from benchmarks.load.footprint import cpu_of
from spotfi_cloud.alerts.service import looking
from spotfi_cloud.entrypoints.worker.alerts import find_overdue_invoices
from spotfi_cloud.kernel.clock import ManualClock, SystemClock
from spotfi_cloud.storage.database import Database

_FILL = """
INSERT INTO hosts (id, name, timezone, currency, language, created_at)
    SELECT gen_random_uuid(), 'Host ' || n, 'UTC', 'EUR', 'en', now() FROM generate_series(1, 200) AS n;
CREATE TEMP TABLE venue AS SELECT id, row_number() OVER () AS n FROM hosts;
INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port, interval_s,
        created_at)
    SELECT gen_random_uuid(), venue.id, 'Bar ' || r, 'agent', 'bar-' || r, '', false, 3799, 30, now()
    FROM generate_series(1, {routers}) AS r JOIN venue ON venue.n = 1 + r % 200;
INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at, latest_taken_at, latest_sample)
    SELECT id, true, false, now() - interval '1 day', now(), now(), '{{"cpu_percent": 10, "temperature_c": 40,
        "memory_total_bytes": 1000, "memory_available_bytes": 600, "disk_total_bytes": 1000, "disk_used_bytes": 100}}'
    FROM routers;
INSERT INTO plans (id, name, quota_bytes, period, max_sessions, price_minor, currency, interim_interval_s, created_at)
    VALUES ('00000000-0000-0000-0000-000000000001', 'Day', 1000, 'day', 1, 0, 'EUR', 60, now());
INSERT INTO subscribers (id, username, password_sealed, plan_id, host_id, created_at)
    SELECT gen_random_uuid(), 'guest-' || g, '', '00000000-0000-0000-0000-000000000001', venue.id, now()
    FROM generate_series(1, {guests}) AS g JOIN venue ON venue.n = 1 + g % 200;
INSERT INTO quota_balances SELECT id, now() - interval '1 day', now() + interval '1 day', 100 FROM subscribers;
INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes)
    SELECT gen_random_uuid(), now(), router.id, subscribers.host_id, subscribers.id, 0, 100 FROM subscribers
    JOIN LATERAL (SELECT id FROM routers WHERE routers.host_id = subscribers.host_id LIMIT 1) AS router ON true;
"""
_SAMPLES = "UPDATE router_presence SET latest_taken_at = :now, last_seen_at = :now WHERE online"
_CASES = {
    "all is well": "SELECT 1",
    "a tenth of the routers is hot and busy": """
        UPDATE router_presence SET latest_sample = latest_sample || '{"cpu_percent": 99, "temperature_c": 99}'
        WHERE router_id IN (SELECT id FROM routers ORDER BY id LIMIT :routers / 10)
    """,
    "and a tenth of the guests has no quota left": """
        UPDATE quota_balances SET used_bytes = 1000
        WHERE subscriber_id IN (SELECT id FROM subscribers ORDER BY id LIMIT :guests / 10)
    """,
    "every router is busy": """UPDATE router_presence SET latest_sample = latest_sample || '{"cpu_percent": 99}'""",
    "every router is gone": "UPDATE router_presence SET online = false, changed_at = :now",
}


class Bench:
    """Looks, and what they took."""

    def __init__(self, url: str, postgres_pid: int) -> None:
        self._database, self._server = Database(url), psutil.Process(postgres_pid)
        self._clock = ManualClock(SystemClock().now())

    async def measure(self, change: str, looks: int, size: dict[str, int]) -> dict[str, float]:
        """Median and longest of the looks that follow a change, by the clock and by processor time, in ms."""
        await self._run(change, size)
        found = [await self._look() for _ in range(looks)]
        took, cpu, raised = zip(*found, strict=True)
        return {
            "median_ms": statistics.median(took),
            "most_ms": max(took),
            "cpu_ms": statistics.mean(cpu),
            "raised": sum(raised),
        }

    async def _look(self) -> tuple[float, float, int]:
        self._clock.advance(timedelta(minutes=1))
        await self._run(_SAMPLES, {})
        began_cpu, began = self._cpu_s(), time.perf_counter()
        async with self._database.unit_of_work() as session:
            looked = await looking.look(session, look_at_money=find_overdue_invoices, clock=self._clock)
        took, cpu = time.perf_counter() - began, self._cpu_s() - began_cpu
        return took * 1000, cpu * 1000, looked.raised if looked else 0

    async def _run(self, statement: str, size: dict[str, int]) -> None:
        values = size | {"now": self._clock.now()}
        async with self._database.unit_of_work() as session:
            await session.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})

    def _cpu_s(self) -> float:
        backends = [*self._server.children(), self._server]
        return time.process_time() + sum(cpu_of(each.pid) for each in backends)

    async def close(self) -> None:
        await self._database.close()


async def _measure(options: argparse.Namespace, url: str, postgres_pid: int) -> dict[str, float]:
    size = {"routers": options.routers, "guests": options.guests}
    figures: dict[str, float] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL.format(**size).encode())
        connection.execute("VACUUM ANALYZE")
    bench = Bench(url, postgres_pid)
    print(f"{'':44} {'median ms':>10} {'most ms':>10} {'CPU ms':>10} {'raised':>8}")
    for name, change in _CASES.items():
        found = await bench.measure(change, options.looks, size)
        shown = " ".join(f"{found[figure]:10.0f}" for figure in ("median_ms", "most_ms", "cpu_ms"))
        print(f"{name:44} {shown} {found['raised']:8.0f}", flush=True)
        figures |= {f"{name.replace(' ', '_')}_{figure}": round(value, 1) for figure, value in found.items()}
    await bench.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts", description=__doc__)
    parser.add_argument("--routers", type=int, default=10_000)
    parser.add_argument("--guests", type=int, default=50_000, help="with usage in the last 45 minutes")
    parser.add_argument("--looks", type=int, default=15, help="after each change, a minute apart")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name:
        Path(name).chmod(0o755)
        with postgres(Path(name)) as (url, postgres_pid):
            figures = asyncio.run(_measure(options, url, postgres_pid))
    print(json.dumps({"bench": "alerts", "figures": figures}))


if __name__ == "__main__":
    main()
