"""What billing a month costs: rating and issuing every host's documents, by the worker's own code, without PDFs; then PDFs.

The ledger is filled by the database itself: every router has its sessions, each its quarters of an hour, spread over the
month. The month is billed some times over, what was billed being forgotten in between. `invoice_run_s` is the clock's,
`run_cpu_s` the processor time of run and database together: on a machine that does other things as well only the latter means
anything. `run_memory_mib` is the peak of the process that rates and issues, a fresh one.

Side by side with it accounting commits rows to the ledger, one after the other: while the run is going on (`commit_busy_ms`)
and before, between and after the runs (`commit_quiet_ms`); `accounting_slowdown_percent` is how much longer it takes.
`commit_beside_one_busy_core_ms`: while any other process keeps a core busy, so what of it is the machine's and not the run's.
`waits_for_locks`: how often somebody was seen to wait for a lock meanwhile, looking twenty times a second.

`python -m benchmarks.billing [HOSTS ROUTERS LEDGER_ROWS]`; 1,000, 10,000 and 10 million unless told otherwise.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.ingest import database, server_pid
from benchmarks.peers.processes import cpu_s
from spotfi_cloud.billing import service as billing
from spotfi_cloud.billing.documents import cii_of, render_pdf
from spotfi_cloud.entrypoints.worker.billing import Biller
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.unit.cloud.billing.paper_samples import paper

HOSTS, ROUTERS, LEDGER_ROWS = 1_000, 10_000, 10_000_000
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
_RUNS = 3
_QUIET_S = 8.0
_PDFS = 20
_MANY_ROUTERS = 60
_QUARTERS_PER_SESSION = 100
_FILL = (
    """
    INSERT INTO hosts (id, name, timezone, currency, created_at)
    SELECT gen_random_uuid(), 'Host ' || n, (ARRAY['Europe/Vienna', 'Asia/Kathmandu', 'America/New_York'])[1 + n %% 3],
        'EUR', '2026-10-01' FROM generate_series(1, %(hosts)s) AS n
    """,
    """
    INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port,
        interval_s, created_at)
    SELECT gen_random_uuid(), host.id, 'Router ' || n, 'generic', 'sf-' || n, '', false, 3799, 30, '2026-10-01'
    FROM generate_series(1, %(routers)s) AS n
    JOIN (SELECT id, row_number() OVER () AS number FROM hosts) AS host ON host.number = 1 + n %% %(hosts)s
    """,
    """
    INSERT INTO tariffs (id, host_id, valid_from, direction, base_fee_minor, router_fee_minor, price_per_gb_minor,
        included_bytes, tier_mode, tiers, sales_share_percent, discount_percent, minimum_minor, tax_category,
        tax_rate_percent, tax_inclusive, created_at)
    SELECT gen_random_uuid(), id, '2026-10-01', 'charge', 1000, 200, 50, 10^10, 'graduated', '[[100000000000, 30]]', 10, 5,
        500, 'standard', 20, false, '2026-10-01' FROM hosts
    """,
    "ALTER TABLE usage_ledger DISABLE TRIGGER USER",
    "ALTER TABLE usage_ledger DROP CONSTRAINT pk_usage_ledger",
    "DROP INDEX ix_usage_ledger_host_id_quarter_start",
    "DROP INDEX ix_usage_ledger_subscriber_id_quarter_start",
    """
    INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, subscriber_id, up_bytes, down_bytes)
    SELECT session.id, '2026-10-02 00:00Z'::timestamptz + interval '15 minutes' * (session.start + n), router.id,
        router.host_id, NULL, 1000000 + n, 9000000 + n
    FROM (SELECT id, host_id, row_number() OVER () AS number FROM routers) AS router
    CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id, (number * 7 + s * 131) %% 2600 AS start
        FROM generate_series(1, %(sessions)s) AS s) AS session
    CROSS JOIN generate_series(0, %(quarters)s - 1) AS n
    """,
    "ALTER TABLE usage_ledger ADD CONSTRAINT pk_usage_ledger PRIMARY KEY (session_id, quarter_start)",
    "CREATE INDEX ix_usage_ledger_host_id_quarter_start ON usage_ledger (host_id, quarter_start)",
    "CREATE INDEX ix_usage_ledger_subscriber_id_quarter_start ON usage_ledger (subscriber_id, quarter_start)",
    "ALTER TABLE usage_ledger ENABLE TRIGGER USER",
    "VACUUM ANALYZE",
)
_FORGET = (
    "TRUNCATE invoices, invoice_lines, invoice_files, invoice_letters, payment_allocations, billed_months, billed_late_usage,"
    " billed_sales",
    "UPDATE invoice_counters SET last_number = 0",
)
_GROW = """
    INSERT INTO usage_ledger (session_id, quarter_start, router_id, host_id, up_bytes, down_bytes)
    VALUES (%s, '2026-11-02 12:00Z', %s, %s, 1, 1)
"""


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2])
        return
    hosts, routers, rows = (int(each) for each in sys.argv[1:4]) if sys.argv[3:] else (HOSTS, ROUTERS, LEDGER_ROWS)
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, database(Path(name)) as url:
        figures = measure(Path(name), url, hosts, routers, rows)
    show(figures)
    print(json.dumps({"bench": "billing", "figures": figures}))


def measure(directory: Path, url: str, hosts: int, routers: int, rows: int) -> dict[str, Any]:
    fill_s = fill(url, hosts, routers, rows)
    server = server_pid(directory)
    runs, busy_ms, quiet_ms, waits = [], [], rest(url), 0
    for number in range(_RUNS):
        if number:
            forget(url)
        figures, commits = run_beside_accounting(url, server)
        runs.append(figures)
        busy_ms += commits.took_ms
        waits += commits.waits_for_locks
        quiet_ms += rest(url)
    return {
        "hosts": hosts,
        "routers": routers,
        "ledger_rows": count(url, "usage_ledger"),
        "fill_s": fill_s,
        "runs": _RUNS,
        **{name: round(median(each[name] for each in runs), 1) for name in runs[0]},
        "commit_quiet_ms": round(median(quiet_ms), 2),
        "commit_busy_ms": round(median(busy_ms), 2),
        "commit_beside_one_busy_core_ms": round(median(beside_one_busy_core(url)), 2),
        "commit_quiet_p95_ms": round(quantiles(quiet_ms, n=20)[-1], 2),
        "commit_busy_p95_ms": round(quantiles(busy_ms, n=20)[-1], 2),
        "accounting_slowdown_percent": round(100 * (median(busy_ms) / median(quiet_ms) - 1), 1),
        "waits_for_locks": waits,
        "pdf_cpu_ms": asyncio.run(time_pdfs(url)),
        f"pdf_of_{_MANY_ROUTERS}_routers_cpu_ms": time_long_pdfs(),
    }


def run_beside_accounting(url: str, server: int) -> tuple[dict[str, Any], "Commits"]:
    """Bill the month in a process of its own, while accounting commits."""
    commits, began_s = Commits(url), database_cpu_s(server)
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.billing", "run", url], check=True, capture_output=True, text=True
    )
    of_database_s = round(database_cpu_s(server) - began_s, 1)
    commits.stop()
    figures: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    of_both_s = round(figures["process_cpu_s"] + of_database_s, 1)
    return {**figures, "database_cpu_s": of_database_s, "run_cpu_s": of_both_s}, commits


def rest(url: str) -> list[float]:
    """What commits take while nothing else goes on, in milliseconds."""
    commits = Commits(url)
    time.sleep(_QUIET_S)
    commits.stop()
    return commits.took_ms


def beside_one_busy_core(url: str) -> list[float]:
    """What commits take while something that has nothing to do with the database keeps one core busy."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as spinning:
        try:
            return rest(url)
        finally:
            spinning.kill()


def forget(url: str) -> None:
    """Make the month one that was never billed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _FORGET:
            connection.execute(statement)


def database_cpu_s(server: int) -> float:
    """Processor time of PostgreSQL so far, with that of backends that ended."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return cpu_s(server) + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def fill(url: str, hosts: int, routers: int, rows: int) -> float:
    began_s = time.monotonic()
    sessions = max(1, rows // routers // _QUARTERS_PER_SESSION)
    quarters = max(1, rows // routers // sessions)
    given = {"hosts": hosts, "routers": routers, "sessions": sessions, "quarters": quarters}
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _FILL:
            connection.execute(statement, given if "%(" in statement else None)
    return round(time.monotonic() - began_s, 1)


def run(url: str) -> None:
    """The run itself, in a process of its own: prints what it took."""
    began_s = time.monotonic()
    asyncio.run(bill(url))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "invoice_run_s": round(time.monotonic() - began_s, 1),
        "process_cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        "run_memory_mib": usage.ru_maxrss // 1024,
        "invoices": count(url, "invoices"),
    }
    print(json.dumps(figures))


async def bill(url: str) -> None:
    opened = Database(url)
    await Biller(opened, ManualClock(NOW)).bill()
    await opened.close()


async def time_pdfs(url: str) -> float:
    """Processor time of one PDF with its e-invoice, in milliseconds: the median of some, after a first one."""
    opened = Database(url)
    with psycopg.connect(url) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM invoices ORDER BY number LIMIT %s", [_PDFS + 1])]
    took_ms = []
    for invoice_id in ids:
        async with opened.unit_of_work() as session:
            invoice = await billing.get_invoice(session, Scope.everything(), invoice_id)
            began_s = time.process_time()
            await billing.get_pdf(session, invoice)
            took_ms.append(1000 * (time.process_time() - began_s))
    await opened.close()
    return round(median(took_ms[1:]), 1)


def time_long_pdfs() -> float:
    """The same of one with many routers; every one of them another document."""
    took_ms = []
    for number in range(_PDFS // 2):
        document = paper(routers=_MANY_ROUTERS, reference=f"INV-{number:06}")
        e_invoice = cii_of(document)
        began_s = time.process_time()
        render_pdf(document, e_invoice)
        took_ms.append(1000 * (time.process_time() - began_s))
    return round(median(took_ms[1:]), 1)


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


class Commits:
    """Commits rows to the ledger, one after the other, with a pause between them, until it is stopped."""

    def __init__(self, url: str) -> None:
        self.took_ms: list[float] = []
        self.waits_for_locks = 0
        self._url = url
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._commit, self._look)]
        for thread in self._threads:
            thread.start()

    def _commit(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute("SELECT id, host_id FROM routers LIMIT 1").fetchone()
            assert row is not None
            while not self._stop.wait(0.02):
                began_s = time.perf_counter()
                connection.execute(_GROW, [uuid4(), *row])
                self.took_ms.append(1000 * (time.perf_counter() - began_s))

    def _look(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stop.wait(0.05):
                row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
                assert row is not None
                self.waits_for_locks += row[0]

    def stop(self) -> None:
        """End it; the figures are there."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def show(figures: dict[str, Any]) -> None:
    table = Table("billing", "")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
