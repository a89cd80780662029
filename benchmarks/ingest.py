"""Samples per second that ingest stores durably: real broker, real ingest process, real PostgreSQL, on this machine.

The messages are made beforehand (batches of four samples of routers with two radios and ten clients) and published over
TLS as fast as the broker takes them, by a generator on the same cores. The clock runs from the first PUBLISH to the moment
PostgreSQL has committed the last one, with fsync and synchronous_commit on. The broker is Mosquitto where there is one,
else the embedded amqtt. "Per core" is what a core stores that ingest, broker and PostgreSQL share, by their processor time;
the generator's is shown, and left out of it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.load.mqtt_publisher import publish_all, publish_packet
from benchmarks.load.telemetry_payloads import SAMPLES_PER_MESSAGE, bodies, payloads
from benchmarks.peers.processes import cpu_s
from spotfi_broker import password_hash
from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from tests.integration.broker.conftest import make_tls_files
from tests.integration.broker.running import CLOUD_PASSWORD, RunningBroker, eventually
from tests.integration.postgres_server import chosen_programs, serving

ROUTERS = 200
MESSAGES_PER_ROUTER = 100
_DISTINCT = 300
_KEY = "the benchmark's device key, the same for every router"
_LONGEST_S = 40.0
_LOOK_EVERY_S = 0.1


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, database(Path(name)) as url:
        directory = Path(name)
        packets = make_packets(add_routers(url))
        broker = start_broker(directory, url)
        try:
            with ingest(directory, url, broker) as process:
                pids = {"ingest": process.pid, "broker": broker_pid(broker), "database": server_pid(directory)}
                figures = measure(url, broker, pids, packets)
        finally:
            broker.stop()
    show(figures)
    print(json.dumps({"bench": "ingest", "figures": figures}))


@contextmanager
def database(directory: Path) -> Iterator[str]:
    """An empty, migrated database of its own server, as `spotfi up` runs it."""
    embedded = EmbeddedDatabase(directory / "postgres", chosen_programs())
    embedded.directory.mkdir(mode=0o700)
    embedded.prepare()
    with serving(embedded):
        url = embedded.url("spotfi")
        migrations.upgrade(url)
        yield url


def add_routers(url: str, count: int = ROUTERS) -> list[UUID]:
    """Routers that may connect with the one key, and a partition for their batches."""
    host_id, router_ids = uuid4(), [uuid4() for _ in range(count)]
    key_hash = password_hash.make(_KEY)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hosts (id, name, timezone, currency, created_at) VALUES (%s, 'Bench', 'UTC', 'EUR', now())",
            [host_id],
        )
        cursor.executemany(
            """
            INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port,
              interval_s, created_at) VALUES (%s, %s, 'router', 'agent', %s, '', false, 3799, 30, now())
            """,
            [(router_id, host_id, f"sf-{router_id}") for router_id in router_ids],
        )
        cursor.executemany(
            "INSERT INTO router_keys (router_id, key_hash, created_at) VALUES (%s, %s, now())",
            [(router_id, key_hash) for router_id in router_ids],
        )
        cursor.executemany(
            """
            INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at)
            VALUES (%s, true, false, now(), now())
            """,
            [(router_id,) for router_id in router_ids],
        )
    return router_ids


def make_packets(router_ids: list[UUID]) -> dict[UUID, list[bytes]]:
    made, now_ms = bodies(_DISTINCT), time.time_ns() // 1_000_000
    return {
        router_id: [
            publish_packet(router_id, number % 65_535 + 1, payload)
            for number, payload in enumerate(payloads(made, place, MESSAGES_PER_ROUTER, now_ms))
        ]
        for place, router_id in enumerate(router_ids)
    }


def start_broker(directory: Path, url: str) -> RunningBroker:
    tls = directory / "tls"
    tls.mkdir()
    kind = "mosquitto" if shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") else "amqtt"
    broker = RunningBroker(kind, directory / "broker", url, make_tls_files(tls))
    broker.log_path.parent.mkdir()
    broker.start()
    return broker


@contextmanager
def ingest(directory: Path, url: str, broker: RunningBroker) -> Iterator["subprocess.Popen[bytes]"]:
    """The role as a process."""
    log_path = directory / "ingest.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")},
        "SPOTFI_DATA_DIR": str(directory / "data"),
        "SPOTFI_DATABASE_URL": url,
        "SPOTFI_SECRET_KEY": "the benchmark's secret key, which seals nothing",
        "SPOTFI_MQTT_PASSWORD": CLOUD_PASSWORD,
        "SPOTFI_MQTT_PORT": str(broker.port),
    }
    with log_path.open("wb") as log:
        argv = [sys.executable, "-m", "spotfi_cloud.entrypoints.ingest"]
        process = subprocess.Popen(argv, env=environment, stdout=log, stderr=log)
    try:
        eventually("ingest is ready", lambda: "routers_subscribed" in log_path.read_text(), within_s=30)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)
        problems = [line for line in log_path.read_text().splitlines() if "warning" in line or "error" in line]
        print("\n".join(problems[:5]), file=sys.stderr)


def broker_pid(broker: RunningBroker) -> int:
    assert broker.process is not None
    return broker.process.pid


def server_pid(directory: Path) -> int:
    """PostgreSQL's own process, whose children serve."""
    data = EmbeddedDatabase(directory / "postgres", chosen_programs()).data
    return int((data / "postmaster.pid").read_text().split()[0])


def measure(url: str, broker: RunningBroker, pids: dict[str, int], packets: dict[UUID, list[bytes]]) -> dict[str, Any]:
    wanted = ROUTERS * MESSAGES_PER_ROUTER
    arguments = (broker.tls_port, broker.tls.ca, _KEY, packets)
    generator = get_context("fork").Process(target=publish_all, args=arguments, daemon=True)
    with watching(url) as watcher:
        before = {role: cpu_s(pid) for role, pid in pids.items()}
        began_s = time.perf_counter()
        generator.start()
        assert generator.pid is not None
        stored = wait_until_stored(watcher, wanted, began_s + _LONGEST_S)
        seconds = time.perf_counter() - began_s
        us = {role: 1e6 * (cpu_s(pid) - before[role]) / (stored * SAMPLES_PER_MESSAGE) for role, pid in pids.items()}
        generator_us = 1e6 * cpu_s(generator.pid) / (stored * SAMPLES_PER_MESSAGE)
        row = watcher.execute("SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits").fetchone()
    generator.join(timeout=1)
    assert row is not None
    return {
        "samples_per_s": round(stored * SAMPLES_PER_MESSAGE / seconds),
        "messages_per_s": round(stored / seconds),
        "samples_per_s_per_core": round(1e6 / sum(us.values())),
        "messages_not_stored_in_time": wanted - stored,
        "seconds": round(seconds, 1),
        **{f"{role}_cpu_us_per_sample": round(each, 1) for role, each in us.items()},
        "generator_cpu_us_per_sample": round(generator_us, 1),
        "stored_bytes_per_sample": round(row[0] / (stored * SAMPLES_PER_MESSAGE)),
        "broker": broker.kind,
    }


@contextmanager
def watching(url: str) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def wait_until_stored(watcher: "psycopg.Connection[Any]", wanted: int, end_s: float) -> int:
    """How many messages there are, once it is all of them or time is up."""
    while True:
        row = watcher.execute("SELECT count(*) FROM telemetry_batches").fetchone()
        assert row is not None
        if row[0] >= wanted or time.perf_counter() >= end_s:
            return int(row[0])
        time.sleep(_LOOK_EVERY_S)


def show(figures: dict[str, Any]) -> None:
    table = Table(
        "", "", title=f"{ROUTERS * MESSAGES_PER_ROUTER:,} telemetry messages of {SAMPLES_PER_MESSAGE} samples"
    )
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), value if isinstance(value, str) else f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
