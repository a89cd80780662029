"""Telemetry messages made beforehand, so that the generator costs the machine little while ingest is measured."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from benchmarks.load.router_day import day
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Stamp
from spotfi_protocol.telemetry import Telemetry

SAMPLES_PER_MESSAGE = 4
_BATCH_MS = 120_000
_CLIENTS_EACH = 3
"""Every third message has the rows of single clients, as at the default interval."""


def bodies(count: int) -> list[dict[str, Any]]:
    """Messages of the agent's default batches, as objects."""
    boot_id = UUID(bytes=random.Random("ingest").randbytes(16))
    samples = day("ingest")
    made = []
    for number in range(count):
        batch = [replace(sample, clients=None) for sample in islice(samples, SAMPLES_PER_MESSAGE - 1)]
        last = next(samples)
        batch.append(last if number % _CLIENTS_EACH == 0 else replace(last, clients=None))
        made.append(Telemetry(Stamp(boot_id, 0, 0, last.mono_ms), batch).to_wire())
    return made


def payloads(made: list[dict[str, Any]], first: int, count: int, now_ms: int) -> Iterator[bytes]:
    """A router's messages: these bodies from the first on, numbered, and sent two minutes apart until now."""
    for seq in range(count):
        body = made[(first + seq) % len(made)]
        yield encode({**body, "seq": seq, "wall_ms": now_ms - (count - seq) * _BATCH_MS})
