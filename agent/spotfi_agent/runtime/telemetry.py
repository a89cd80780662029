"""Samples: taken on time whether or not there is a link, kept in the ring, sent in batches, kept until the broker has them."""

import random
from typing import Any

from spotfi_agent.boot import Boot
from spotfi_agent.clock import Clock
from spotfi_agent.collectors.machine import Machine
from spotfi_agent.runtime.post import Post
from spotfi_agent.spool.ring import Ring
from spotfi_protocol.codec import decode, encode
from spotfi_protocol.messages import Sample, Telemetry
from spotfi_protocol.topics import Up

_BATCH_SAMPLES = 30
_MOST_BATCHES_ON_THEIR_WAY = 4
_GATHER_MS = 10_000
"""How long samples of a short interval are gathered into one batch."""
_SEND_AT_ONCE_FROM_S = 30
_JITTER = 0.1


class TelemetryDesk:
    """Takes samples every interval, give or take a tenth, so that a fleet does not report in step."""

    def __init__(
        self,
        machine: Machine,
        ring: Ring,
        boot: Boot,
        post: Post,
        clock: Clock,
        *,
        interval_s: float,
        chance: random.Random,
    ) -> None:
        self._machine = machine
        self._ring = ring
        self._boot = boot
        self._post = post
        self._clock = clock
        self._chance = chance
        self._batches: dict[int, bytes] = {}
        self._unsent: list[int] = []
        self._next_ms = clock.mono_ms()
        self._send_ms: int | None = None
        self.interval_s = interval_s

    @property
    def waiting(self) -> int:
        """Samples in the ring."""
        return len(self._ring)

    def due_in_ms(self) -> int:
        return max(0, self._next_ms - self._clock.mono_ms())

    def set_interval(self, interval_s: float) -> None:
        """From now on; with a first sample now, so that the change shows at once."""
        if interval_s != self.interval_s:
            self.interval_s = interval_s
            self._next_ms = self._clock.mono_ms()

    def connected(self) -> None:
        """Begin again with what the broker had not taken over, and with a sample of now."""
        self._unsent = sorted(self._batches)
        self._next_ms = self._send_ms = self._clock.mono_ms()

    def tick(self) -> None:
        """Take the sample that is due, if any."""
        now_ms = self._clock.mono_ms()
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + round(self.interval_s * 1000 * self._chance.uniform(1 - _JITTER, 1 + _JITTER))
        self._ring.push(encode(self._machine.read().to_wire()))
        if self._send_ms is None:
            self._send_ms = now_ms if self.interval_s >= _SEND_AT_ONCE_FROM_S else now_ms + _GATHER_MS

    def pump(self) -> None:
        """Send what is due. To be called while there is a connection."""
        while self._unsent and self._send(self._unsent[0]):
            del self._unsent[0]
        while not self._unsent and self._is_due() and len(self._batches) < _MOST_BATCHES_ON_THEIR_WAY:
            seq = self._new_batch()
            if not self._send(seq):
                self._unsent.append(seq)
        if not self._ring:
            self._send_ms = None

    def _is_due(self) -> bool:
        return bool(self._ring) and self._send_ms is not None and self._clock.mono_ms() >= self._send_ms

    def _new_batch(self) -> int:
        items, dropped = self._ring.take(_BATCH_SAMPLES)
        stamp = self._boot.stamp()
        batch = Telemetry(stamp, tuple(map(_sample_of, items)), dropped)
        self._batches[stamp.seq] = encode(batch.to_wire())
        return stamp.seq

    def _send(self, seq: int) -> bool:
        return self._post.publish(Up.TELEMETRY, self._batches[seq], lambda: self._delivered(seq))

    def _delivered(self, seq: int) -> None:
        self._batches.pop(seq, None)


def _sample_of(item: bytes) -> Sample:
    body: dict[str, Any] = decode(item)
    return Sample.from_wire(body)
