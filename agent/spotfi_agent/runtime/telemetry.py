"""Samples: taken on time whether or not there is a link, kept in the ring, sent in batches, kept until the broker has them."""

import random
from dataclasses import replace
from typing import Protocol

from spotfi_agent.boot import Boot
from spotfi_agent.clock import Clock
from spotfi_agent.link.path import PathMeter
from spotfi_agent.runtime.post import Post
from spotfi_agent.spool.ring import Ring
from spotfi_protocol.batch import MAX_SAMPLES, pack, unpack
from spotfi_protocol.codec import decode, encode
from spotfi_protocol.samples import Sample
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import Up

_BATCH_S = 120
"""Most time a batch spans, and so the longest a sample waits."""
_GATHER_FROM_S = 30
"""Samples of a shorter interval are sent each at once."""
_MOST_BATCHES_ON_THEIR_WAY = 4
_JITTER = 0.1
_CLOCK_JUMP_MS = 5000
_CLIENTS_EVERY_MS = 300_000
_LIVE_INTERVAL_S = 1.0


class Asks(Protocol):
    """The sampler, as the desk needs it."""

    def ask(self, *, clients: bool) -> None: ...


class TelemetryDesk:
    """Has samples taken every interval, give or take a tenth, so that a fleet does not report in step."""

    def __init__(
        self,
        sampler: Asks,
        ring: Ring,
        boot: Boot,
        post: Post,
        clock: Clock,
        *,
        path: PathMeter,
        interval_s: float,
        chance: random.Random,
    ) -> None:
        self._sampler = sampler
        self._ring = ring
        self._boot = boot
        self._post = post
        self._clock = clock
        self._path = path
        self._chance = chance
        self._batches: dict[int, bytes] = {}
        self._offset_ms = 0
        """The wall clock less the other one, by which the batches are dated."""
        self._unsent: list[int] = []
        self._next_ms = self._clients_ms = clock.mono_ms()
        self._live_until_ms: int | None = None
        self._is_awaited = True
        self._is_due = False
        self.interval_s = interval_s

    @property
    def waiting(self) -> int:
        """Samples in the ring."""
        return len(self._ring)

    @property
    def is_live(self) -> bool:
        return self._live_until_ms is not None

    def due_in_ms(self) -> int:
        return max(0, self._next_ms - self._clock.mono_ms())

    def set_interval(self, interval_s: float) -> None:
        """From now on; with a first sample now, so that the change shows at once."""
        if interval_s != self.interval_s:
            self.interval_s = interval_s
            self._sample_now()

    def set_live(self, for_s: int) -> None:
        """Live view for so many seconds from now; 0 ends it."""
        now_ms = self._clock.mono_ms()
        if for_s and not self.is_live:
            self._sample_now()
        self._live_until_ms = now_ms + for_s * 1000 if for_s else None

    def connected(self) -> None:
        """Begin again with what the broker had not taken over, and with a sample of now."""
        self._unsent = sorted(self._batches)
        self._sample_now()

    def tick(self) -> None:
        """Ask for the sample that is due, if any."""
        now_ms = self._clock.mono_ms()
        if self._live_until_ms is not None and now_ms >= self._live_until_ms:
            self._live_until_ms = None
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + self._pause_ms()
        shows_clients = self.is_live or now_ms >= self._clients_ms
        if now_ms >= self._clients_ms:
            self._clients_ms = now_ms + _CLIENTS_EVERY_MS
        self._sampler.ask(clients=shows_clients)

    def add(self, sample: Sample) -> None:
        """A sample was taken."""
        latency_ms, sent, resent = self._path.read()
        sample = replace(sample, latency_ms=latency_ms, segments_sent=sent, segments_resent=resent)
        self._ring.push(encode(pack([sample])))
        if (
            self._is_awaited
            or self.is_live
            or self.interval_s < _GATHER_FROM_S
            or len(self._ring) >= self._batch_samples
        ):
            self._is_due = True
        self._is_awaited = False

    def pump(self) -> None:
        """Send what is due. To be called while there is a connection."""
        while self._unsent and self._send(self._unsent[0]):
            del self._unsent[0]
        while not self._unsent and self._is_due and self._ring and len(self._batches) < _MOST_BATCHES_ON_THEIR_WAY:
            seq = self._new_batch()
            if not self._send(seq):
                self._unsent.append(seq)
        if not self._ring:
            self._is_due = False

    @property
    def _batch_samples(self) -> int:
        return min(MAX_SAMPLES, max(1, int(_BATCH_S // self.interval_s)))

    def _sample_now(self) -> None:
        self._next_ms = self._clock.mono_ms()
        self._is_awaited = True

    def _pause_ms(self) -> int:
        if self.is_live:
            return round(_LIVE_INTERVAL_S * 1000)
        return round(self.interval_s * 1000 * self._chance.uniform(1 - _JITTER, 1 + _JITTER))

    def _new_batch(self) -> int:
        items, dropped = self._ring.take(self._batch_samples)
        if not self._batches:
            self._offset_ms = self._clock.wall_ms() - self._clock.mono_ms()
        stamp = self._boot.stamp()
        samples = [sample for item in items for sample in unpack(decode(item))]
        self._batches[stamp.seq] = encode(Telemetry(stamp, samples, dropped).to_wire())
        return stamp.seq

    def _send(self, seq: int) -> bool:
        self._date()
        return self._post.publish(Up.TELEMETRY, self._batches[seq], lambda: self._delivered(seq))

    def _date(self) -> None:
        """Correct the batches' wall clock where ours was set after they were made: before NTP answered, say."""
        offset_ms = self._clock.wall_ms() - self._clock.mono_ms()
        if abs(offset_ms - self._offset_ms) <= _CLOCK_JUMP_MS:
            return
        for other, payload in self._batches.items():
            body = decode(payload)
            self._batches[other] = encode({**body, "wall_ms": max(0, body["mono_ms"] + offset_ms)})
        self._offset_ms = offset_ms

    def _delivered(self, seq: int) -> None:
        self._batches.pop(seq, None)
