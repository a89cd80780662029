"""Samples per second that the worker rolls up: its own code, on a real PostgreSQL, five minutes after five minutes.

A fleet at the default interval sends batches of four samples; the clock is simulated. Measured are the worker's rounds once the
fleet runs evenly, and one round after the worker was away for two hours: processor time of this process, which does nothing
else while it is measured, and of the server's. "Per core" is what a core rolls up that both share.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.ingest import add_routers, database, server_pid
from benchmarks.load.telemetry_payloads import SAMPLES_PER_MESSAGE, bodies, payloads
from benchmarks.peers.processes import cpu_s
from spotfi_cloud.entrypoints.worker.fleet import roll_up
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from spotfi_cloud.telemetry.service import Batch, keep_partitions, read_message, store_batches

ROUTERS = 500
_ROUND = timedelta(minutes=5)
_MESSAGE = timedelta(minutes=2)
_WARM_UP, _EVEN, _AWAY = 3, 6, 24
_MOST_MESSAGES = 100
"""Of a router, in all rounds."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="spotfi-bench-") as name, database(Path(name)) as url:
        figures = asyncio.run(measure(url, add_routers(url, ROUTERS), server_pid(Path(name))))
    show(figures)
    print(json.dumps({"bench": "rollups", "figures": figures}))


async def measure(url: str, router_ids: list[UUID], server: int) -> dict[str, Any]:
    clock = ManualClock(datetime(2026, 11, 22, 6, tzinfo=UTC))
    store = Database(url)
    fleet = Fleet(store, clock, router_ids)
    async with store.unit_of_work() as session:
        await keep_partitions(session, clock=clock)
        await session.execute(text("UPDATE telemetry_progress SET closed_before = :now"), {"now": clock.now()})
    for _ in range(_WARM_UP):
        await fleet.live()
        await roll_up(store, clock)
    even = [await fleet.round(server, 1) for _ in range(_EVEN)]
    back = await fleet.round(server, _AWAY)
    await store.close()
    return {"routers": len(router_ids), "even": added(even), "after two hours away": added([back])}


class Fleet:
    """Routers that send their messages two minutes apart, each at a moment of its own."""

    def __init__(self, store: Database, clock: ManualClock, router_ids: list[UUID]) -> None:
        self._store, self._clock = store, clock
        self._sent_at = {
            router_id: clock.now() - _MESSAGE * (place / len(router_ids)) for place, router_id in enumerate(router_ids)
        }
        self._payloads = list(
            payloads(bodies(_MOST_MESSAGES), 0, _MOST_MESSAGES, round(clock.now().timestamp() * 1000))
        )
        self._seq = dict.fromkeys(router_ids, 0)

    async def live(self) -> int:
        """Five minutes of all of them; how many samples."""
        self._clock.advance(_ROUND)
        messages = 0
        for router_id in self._sent_at:
            batches = list(self._due(router_id))
            messages += len(batches)
            async with self._store.unit_of_work() as session:
                await store_batches(session, batches, clock=self._clock)
        return messages * SAMPLES_PER_MESSAGE

    async def round(self, server: int, count: int) -> dict[str, float]:
        """So many times five minutes, and what rolling them up costs."""
        samples = sum([await self.live() for _ in range(count)])
        began_s, worker_s, server_s = time.perf_counter(), time.process_time(), cpu_s(server)
        await roll_up(self._store, self._clock)
        return {
            "samples": samples,
            "worker_s": time.process_time() - worker_s,
            "server_s": cpu_s(server) - server_s,
            "seconds": time.perf_counter() - began_s,
        }

    def _due(self, router_id: UUID) -> Iterator[Batch]:
        while self._sent_at[router_id] + _MESSAGE <= self._clock.now():
            self._sent_at[router_id] += _MESSAGE
            self._seq[router_id] += 1
            message = read_message(self._payloads[self._seq[router_id]])
            message.stamp = type(message.stamp)(
                message.stamp.boot_id,
                self._seq[router_id],
                round(self._sent_at[router_id].timestamp() * 1000),
                message.stamp.mono_ms,
            )
            yield Batch(router_id, message)


def added(rounds: list[dict[str, float]]) -> dict[str, float]:
    samples, worker_s, server_s, seconds = (
        sum(each[name] for each in rounds) for name in ("samples", "worker_s", "server_s", "seconds")
    )
    return {
        "samples": samples,
        "worker_us": round(1e6 * worker_s / samples, 1),
        "server_us": round(1e6 * server_s / samples, 1),
        "per_core": round(samples / (worker_s + server_s)),
        "per_second": round(samples / seconds),
    }


def show(figures: dict[str, Any]) -> None:
    table = Table("round", "samples", "worker µs a sample", "PostgreSQL µs", "samples/s per core", "samples/s now")
    for name in ("even", "after two hours away"):
        table.add_row(name, *(f"{value:,.4g}" if value < 1000 else f"{value:,.0f}" for value in figures[name].values()))
    Console().print(table)


if __name__ == "__main__":
    main()
