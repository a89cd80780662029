"""Telemetry: on time with or without a link; nothing is dropped in silence, nothing sent as two different messages."""

import random
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from spotfi_agent.boot import Boot
from spotfi_agent.link.path import ConnectionPath, PathMeter
from spotfi_agent.runtime.post import Post
from spotfi_agent.runtime.telemetry import TelemetryDesk
from spotfi_agent.spool.ring import Ring
from spotfi_protocol.codec import decode
from spotfi_protocol.samples import Sample
from spotfi_protocol.telemetry import Telemetry
from spotfi_protocol.topics import Up
from tests.unit.agent.clocks import ManualClock


class Broker:
    """Takes what is published, and acknowledges when told to."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.tokens: list[tuple[int, int]] = []
        self.is_there = True

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int] | None:
        if not self.is_there:
            return None
        self.payloads.append(payload)
        self.tokens.append((1, len(self.payloads)))
        return self.tokens[-1]

    @property
    def batches(self) -> list[Telemetry]:
        return [Telemetry.from_wire(decode(payload)) for payload in self.payloads]


class Sampler:
    """Has the sample at once."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.desk: TelemetryDesk

    def ask(self, *, clients: bool) -> None:
        mono_ms = self._clock.mono_ms()
        self.desk.add(Sample(mono_ms, mono_ms // 1000, clients={} if clients else None))


class Bench:
    """A desk with everything around it under control."""

    def __init__(self, interval_s: float, ring_bytes: int = 100_000) -> None:
        self.clock = ManualClock()
        self.broker = Broker()
        self.post = Post(self.broker, self.clock)
        sampler = Sampler(self.clock)
        self.desk = sampler.desk = TelemetryDesk(
            sampler,
            Ring(ring_bytes),
            Boot(UUID(int=1), self.clock),
            self.post,
            self.clock,
            path=PathMeter(lambda: ConnectionPath(1, 12.5, 400, 4)),
            interval_s=interval_s,
            chance=random.Random(1),
        )

    def pass_time(self, seconds: int, *, linked: bool = True) -> None:
        for _ in range(seconds * 10):
            self.desk.tick()
            if linked:
                self.desk.pump()
            self.clock.advance(0.1)

    def acknowledge(self) -> None:
        for token in self.broker.tokens:
            self.post.delivered(token)

    def moments(self) -> list[int]:
        return [sample.mono_ms for batch in self.broker.batches for sample in batch.samples]


def test_the_first_sample_goes_out_at_once_and_then_four_every_two_minutes() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    bench.pass_time(1)
    assert [len(batch.samples) for batch in bench.broker.batches] == [1]
    for _ in range(40):
        bench.pass_time(30)
        bench.acknowledge()
    batches = bench.broker.batches[1:]
    assert 9 <= len(batches) <= 11
    assert all(len(batch.samples) == 4 for batch in batches)
    assert all(batch.stamp.mono_ms - batch.samples[0].mono_ms <= 120_000 for batch in batches)


def test_a_long_interval_waits_for_no_batch() -> None:
    bench = Bench(interval_s=90)
    bench.desk.connected()
    for _ in range(20):
        bench.pass_time(90)
        bench.acknowledge()
    assert all(len(batch.samples) == 1 for batch in bench.broker.batches)


def test_live_view_samples_each_second_and_ends_by_itself() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    bench.pass_time(10)
    before = len(bench.broker.batches)
    bench.desk.set_live(20)
    for _ in range(20):
        bench.pass_time(1)
        bench.acknowledge()
    live = bench.broker.batches[before:]
    assert 19 <= len(live) <= 21
    assert all(len(batch.samples) == 1 and batch.samples[0].clients is not None for batch in live)
    bench.pass_time(1)
    assert not bench.desk.is_live
    after = len(bench.broker.batches)
    bench.pass_time(60)
    assert len(bench.broker.batches) == after


def test_live_view_can_be_ended() -> None:
    bench = Bench(interval_s=30)
    bench.desk.set_live(300)
    bench.desk.set_live(0)
    assert not bench.desk.is_live


def test_single_clients_are_read_every_five_minutes_only() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    for _ in range(80):
        bench.pass_time(30)
        bench.acknowledge()
    samples = [sample for batch in bench.broker.batches for sample in batch.samples]
    with_clients = [sample.mono_ms for sample in samples if sample.clients is not None]
    assert 7 <= len(with_clients) <= 9
    assert all(later - earlier >= 300_000 for earlier, later in pairwise(with_clients))


def test_a_sample_tells_of_the_way_to_the_cloud() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    bench.pass_time(1)
    (sample,) = bench.broker.batches[0].samples
    assert (sample.latency_ms, sample.segments_sent, sample.segments_resent) == (12.5, 400, 4)


def test_samples_are_jittered() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    for _ in range(40):
        bench.pass_time(30)
        bench.acknowledge()
    moments = bench.moments()
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert all(27_000 <= gap <= 33_100 for gap in gaps)
    assert len(gaps) > 10


def test_samples_of_a_short_interval_are_sent_each_at_once() -> None:
    bench = Bench(interval_s=5)
    bench.desk.connected()
    for _ in range(20):
        bench.pass_time(5)
        bench.acknowledge()
    batches = bench.broker.batches
    assert 18 <= len(batches) <= 24
    assert all(batch.stamp.mono_ms - batch.samples[-1].mono_ms <= 100 for batch in batches)


def test_an_outage_is_caught_up_with_in_order_and_bounded_flight() -> None:
    bench = Bench(interval_s=30)
    bench.pass_time(3600, linked=False)
    bench.desk.connected()
    bench.desk.tick()
    bench.desk.pump()
    assert len(bench.broker.batches) == 4
    for _ in range(40):
        bench.acknowledge()
        bench.desk.pump()
    moments = bench.moments()
    assert 105 <= len(moments) <= 130
    assert moments == sorted(set(moments))
    assert all(batch.dropped == 0 for batch in bench.broker.batches)


def test_what_the_ring_lost_is_said() -> None:
    bench = Bench(interval_s=1, ring_bytes=500)
    bench.pass_time(300, linked=False)
    bench.desk.connected()
    bench.desk.tick()
    bench.desk.pump()
    batch = bench.broker.batches[0]
    assert len(batch.samples) + batch.dropped + bench.desk.waiting == pytest.approx(301, abs=30)
    assert batch.dropped > 200


def test_what_the_broker_did_not_take_is_sent_again_unchanged() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    bench.pass_time(1)
    first = bench.broker.payloads[0]
    bench.post.disconnected()
    bench.desk.connected()
    bench.desk.pump()
    assert bench.broker.payloads[1] == first
    bench.acknowledge()
    bench.post.disconnected()
    bench.desk.connected()
    bench.desk.pump()
    assert bench.broker.payloads.count(first) == 2


def test_a_new_interval_shows_at_once() -> None:
    bench = Bench(interval_s=3600)
    bench.desk.connected()
    bench.pass_time(5)
    bench.desk.set_interval(1)
    for _ in range(25):
        bench.pass_time(1)
        bench.acknowledge()
    assert len(bench.moments()) > 15


def test_a_silent_broker_is_noticed() -> None:
    bench = Bench(interval_s=30)
    bench.desk.connected()
    bench.pass_time(20)
    assert not bench.post.is_stalled()
    bench.pass_time(20)
    assert bench.post.is_stalled()
    bench.acknowledge()
    assert not bench.post.is_stalled()


def test_no_number_repeats_after_a_restart_in_the_same_boot() -> None:
    clock = ManualClock()
    before = Boot(UUID(int=1), clock)
    used: list[Any] = [before.stamp().seq for _ in range(100)]
    connections = [before.next_connection() for _ in range(5)]
    clock.advance(0.1)
    after = Boot(UUID(int=1), clock)
    assert after.stamp().seq > max(used)
    assert after.next_connection() > max(connections)


def test_an_hour_without_a_link_loses_no_sample() -> None:
    bench = Bench(interval_s=30, ring_bytes=524_288)
    bench.desk.connected()
    bench.pass_time(60)
    bench.acknowledge()
    bench.broker.is_there = False
    bench.pass_time(3600, linked=False)
    bench.broker.is_there = True
    bench.desk.connected()
    for _ in range(60):
        bench.pass_time(5)
        bench.acknowledge()
    moments = sorted(set(bench.moments()))
    assert max(later - earlier for earlier, later in pairwise(moments)) <= 33_500
    assert sum(batch.dropped for batch in bench.broker.batches) == 0


@pytest.mark.parametrize("years", [-56, 30])
def test_a_batch_made_before_the_clock_was_set_is_dated_when_it_leaves(years: int) -> None:
    bench = Bench(interval_s=30)
    bench.clock.set_wall(1_800_000_000_000 - years * 31_557_600_000)
    bench.desk.connected()
    bench.pass_time(1)
    before = bench.broker.batches[0].stamp
    bench.post.disconnected()  # the broker never had it
    bench.clock.set_wall(1_800_000_000_000)
    bench.desk.connected()
    bench.pass_time(1)
    again = next(batch.stamp for batch in bench.broker.batches[1:] if batch.stamp.seq == before.seq)
    assert again.mono_ms == before.mono_ms
    assert abs(again.wall_ms - (1_800_000_000_000 - 1000)) <= 2000
