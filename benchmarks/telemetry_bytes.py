"""How many bytes of MQTT PUBLISH a telemetry sample costs: a simulated day of a router with two radios and ten clients.

Counted is the whole PUBLISH packet (fixed header, topic, packet id, payload), before TLS. The agent's own desk decides when
to take a sample, when to add the rows of single clients and how many samples make a batch; its clock is simulated.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from rich.console import Console
from rich.table import Table

from benchmarks.load.router_day import day
from spotfi_agent.boot import Boot
from spotfi_agent.link.path import ConnectionPath, PathMeter
from spotfi_agent.runtime.post import Post
from spotfi_agent.runtime.telemetry import TelemetryDesk
from spotfi_agent.spool.ring import Ring
from spotfi_protocol.codec import decode
from spotfi_protocol.samples import Sample
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import Up, up_topic

ROUTER_ID = UUID("7d0c8f4e-52a1-4b7e-9a60-3f1d27c5b8e4")
SEEDS = ("one", "two", "three")
_DAY_MS = 86_400_000
_UP_SINCE_MS = 10 * _DAY_MS


class Clock:
    """A router's clocks, moved by hand."""

    def __init__(self) -> None:
        self.now_ms = _UP_SINCE_MS

    def wall_ms(self) -> int:
        return 1_795_000_000_000 + self.now_ms

    def mono_ms(self) -> int:
        return self.now_ms


class Venue:
    """Sampler and broker of the desk."""

    def __init__(self, seed: str) -> None:
        self.clock = Clock()
        self.packets: list[bytes] = []
        self.desk: TelemetryDesk
        self._samples: Iterator[Sample] = day(seed)
        self._sent = 0

    def ask(self, *, clients: bool) -> None:
        sample = next(self._samples, None)
        if sample is not None:
            mono_ms = self.clock.mono_ms()
            moved = replace(sample, mono_ms=mono_ms, uptime_s=mono_ms // 1000)
            self.desk.add(moved if clients else replace(moved, clients=None))

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int]:
        self.packets.append(payload)
        self._sent += 1
        return 1, self._sent

    def path(self) -> ConnectionPath:
        return ConnectionPath(1, round(random.Random(self._sent).lognormvariate(3, 0.2), 1), self._sent * 2, 0)


def main() -> None:
    sizes: list[int] = []
    spread: Counter[int] = Counter()
    plain = 0
    for seed in SEEDS:
        for payload in payloads_of_a_day(seed):
            body = decode(payload)
            spread[len(Telemetry.from_wire(body).samples)] += 1
            plain += len(json.dumps(body, separators=(",", ":")))
            sizes.append(publish_bytes(payload))
    samples = sum(count * times for count, times in spread.items())
    figures = {
        "bytes_per_sample": round(sum(sizes) / samples, 1),
        "samples_per_day": round(samples / len(SEEDS)),
        "bytes_per_hour": round(sum(sizes) / len(SEEDS) / 24),
        "largest_publish_bytes": max(sizes),
        "uncompressed_bytes_per_sample": round(plain / samples, 1),
    }
    table = Table("a day of 30 s samples, two radios, ten clients", "", title="Telemetry on the wire, before TLS")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    table.add_row(
        "batches by number of samples", ", ".join(f"{times} × {count}" for count, times in sorted(spread.items()))
    )
    Console().print(table)
    print(json.dumps({"bench": "telemetry_bytes", "figures": figures}))


def payloads_of_a_day(seed: str) -> list[bytes]:
    """What the agent publishes in a day whose link never breaks."""
    venue = Venue(seed)
    clock = venue.clock
    post = Post(venue, clock)
    boot = Boot(UUID(random.Random(seed).randbytes(16).hex()), clock)
    venue.desk = desk = TelemetryDesk(
        venue,
        Ring(524_288),
        boot,
        post,
        clock,
        path=PathMeter(venue.path),
        interval_s=30,
        chance=random.Random(seed),
    )
    desk.connected()
    while clock.now_ms < _UP_SINCE_MS + _DAY_MS:
        desk.tick()
        desk.pump()
        post.delivered((1, len(venue.packets)))
        clock.now_ms += max(1, desk.due_in_ms())
    return venue.packets


def publish_bytes(payload: bytes) -> int:
    """Of the whole MQTT 3.1.1 packet at QoS 1 (§3.3)."""
    rest = 2 + len(up_topic(ROUTER_ID, Up.TELEMETRY)) + 2 + len(payload)
    length_bytes = 1 if rest < 128 else 2 if rest < 16_384 else 3
    return 1 + length_bytes + rest


if __name__ == "__main__":
    main()
