"""The API at size: lists over 100,000 rows at any page and filter, the check of a token, and what 500 event streams weigh.

`make bench-api`, or `python -m benchmarks.api --help`. The role `api` runs as in production, on an embedded PostgreSQL with its
durable settings; times are a client's on one kept-alive loopback connection, so they are the server's and a little more.
"""

import argparse
import asyncio
import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.load.api_queries import list_queries
from benchmarks.load.api_rows import fill
from benchmarks.load.api_server import SECRET, Running, api, postgres
from benchmarks.load.footprint import memory_of
from spotfi_cloud.identity.service import ensure_admin, find_principal
from spotfi_cloud.identity.tokens import AccessTokens
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database

_EMAIL, _PASSWORD = "bench@spotfi.test", "a password of the benchmark"
_STREAMS = 500
_REQUESTS = 20
_WALK_EVERY = 25


def _time(client: httpx.Client, path: str, query: dict[str, Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = client.get(path, params=query)
    took_ms = (time.perf_counter() - began) * 1000
    return took_ms, answer.raise_for_status().json()


def _measure_lists(client: httpx.Client) -> dict[str, list[float]]:
    """Milliseconds by list and query; the walk goes through whole lists, page by page."""
    times: dict[str, list[float]] = {}
    for path, query in list_queries(client):
        shown = "/routers/{id}/commands" if path.endswith("/commands") else path
        told = {
            key: f"{key}={value}" if key in {"sort", "search", "kind", "outcome"} else key
            for key, value in query.items()
        }
        name = f"{shown}?{'&'.join(told.values())}".rstrip("?")
        times.setdefault(name, [])
        cursor: dict[str, Any] = {}
        for _ in range(_REQUESTS):
            took_ms, page = _time(client, path, {**query, **cursor})
            times[name].append(took_ms)
            cursor = {"cursor": page["next"]} if page["next"] else {}
    for path in ("/subscribers", "/sessions"):
        times[f"{path} (every page)"] = list(_walk(client, path))
    return times


def _walk(client: httpx.Client, path: str) -> Iterator[float]:
    cursor, number = None, 0
    while cursor is not None or number == 0:
        walked: dict[str, Any] = {"cursor": cursor} if cursor else {}
        took_ms, page = _time(client, path, {"limit": 50 if number % _WALK_EVERY == 0 else 200, **walked})
        if number % _WALK_EVERY == 0:  # timed at the usual size, walked in large steps
            yield took_ms
        cursor, number = page["next"], number + 1


async def _measure_token(running: Running, token: str) -> tuple[float, float]:
    """(median milliseconds to verify a token, and to read whom it stands for where that is not known since a second)."""
    tokens, database = AccessTokens(SECRET, SystemClock()), Database(running.database_url)
    verify, find = [], []
    for _ in range(300):
        began = time.perf_counter()
        claims = tokens.read(token)
        verify.append((time.perf_counter() - began) * 1000)
        async with database.unit_of_work() as session:
            began = time.perf_counter()
            await find_principal(session, claims.account_id, claims.session_id)
            find.append((time.perf_counter() - began) * 1000)
    await database.close()
    return statistics.median(verify), statistics.median(find)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open_stream(running: Running, token: str) -> Stream:
    host, _, port = running.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    await writer.drain()
    await reader.readuntil(b"id: ")
    return reader, writer


async def _measure_streams(running: Running, token: str, host_id: UUID) -> tuple[float, float]:
    """(MiB more that 500 streams take, seconds until all of them have heard of an event)."""
    first = await _open_stream(running, token)
    before_kib = memory_of(running.pid).private_kib
    streams = [first]
    for _ in range(_STREAMS // 50):
        streams += await asyncio.gather(*(_open_stream(running, token) for _ in range(50)))
    began = time.perf_counter()
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        tell = "INSERT INTO events (kind, host_id, subject_id, data) VALUES ('bench', %s, %s, '{}')"
        connection.execute(tell, (host_id, host_id))
        connection.execute("SELECT pg_notify('events', '')")
    async with asyncio.timeout(60):
        await asyncio.gather(*(reader.readuntil(b"event: bench") for reader, _ in streams))
    heard_s = time.perf_counter() - began
    return (memory_of(running.pid).private_kib - before_kib) / 1024, heard_s


def _percentile(values: list[float], share: float) -> float:
    """The least value that so large a share of them does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _measure(running: Running) -> dict[str, float]:
    form = {"username": _EMAIL, "password": _PASSWORD}
    token = (
        httpx.post(f"{running.url}/api/v1/auth/token", data=form, timeout=60).raise_for_status().json()["access_token"]
    )
    headers = {"Authorization": f"Bearer {token}"}
    answered: list[int] = []  # also those that lead to a page and are not timed
    hooks: dict[str, list[Any]] = {"response": [lambda response: answered.append(response.status_code)]}
    with httpx.Client(base_url=f"{running.url}/api/v1", headers=headers, timeout=60, event_hooks=hooks) as client:
        cpu_began_s = running.cpu_s()
        times = _measure_lists(client)
        cpu_ms = (running.cpu_s() - cpu_began_s) * 1000
        host_id = UUID(client.get("/hosts").json()["items"][0]["id"])
    table = Table("list", "requests", "median ms", "p95 ms", title="Lists, in order of p95")
    for name, each in sorted(times.items(), key=lambda item: -_percentile(item[1], 0.95)):
        table.add_row(name, str(len(each)), f"{statistics.median(each):.1f}", f"{_percentile(each, 0.95):.1f}")
    Console().print(table)
    every = [took_ms for each in times.values() for took_ms in each]
    verify_ms, find_ms = asyncio.run(_measure_token(running, token))
    streams_mib, heard_s = asyncio.run(_measure_streams(running, token, host_id))
    print(f"{len(every)} requests of {len(times)} kinds: median {statistics.median(every):.1f} ms")
    print(f"{_STREAMS} streams: {streams_mib:.1f} MiB more, all heard of an event after {heard_s * 1000:.0f} ms")
    return {
        "list_p95_ms": round(_percentile(every, 0.95), 1),
        "list_median_ms": round(statistics.median(every), 1),
        "list_cpu_ms": round(cpu_ms / len(answered), 1),
        "list_slowest_p95_ms": round(max(_percentile(each, 0.95) for each in times.values()), 1),
        "token_check_ms": round(verify_ms, 3),
        "principal_lookup_ms": round(find_ms, 3),
        "sse_500_mib": round(streams_mib, 1),
        "sse_500_heard_s": round(heard_s, 3),
    }


def main() -> None:
    """Print the table and, last, the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows: int = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as (database_url, postgres_pid):
        asyncio.run(_make_admin(database_url))
        fill(database_url, rows)
        with api(Path(folder), database_url, postgres_pid) as running:
            figures = _measure(running)
    print(json.dumps({"bench": "api", "figures": figures}))


async def _make_admin(database_url: str) -> None:
    database = Database(database_url)
    async with database.unit_of_work() as session:
        await ensure_admin(session, _EMAIL, _PASSWORD, clock=SystemClock())
    await database.close()


if __name__ == "__main__":
    main()
