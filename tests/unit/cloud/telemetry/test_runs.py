"""Adding up whole runs of samples gives what looking at each sample gives, whatever routers send."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_cloud.telemetry import runs
from spotfi_cloud.telemetry.figures import Figures, gather
from spotfi_cloud.telemetry.moments import read_moments
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import InterfaceCounters, Radio, Sample
from spotfi_protocol.telemetry import Telemetry

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAD_IN = timedelta(minutes=5)
Messages = list[tuple[datetime, bytes]]


@dataclass
class Day:
    """A router that reports; `mishap` is what makes the next sample differ from a usual one."""

    boot: int = 1
    mono_ms: int = 40_000
    wan: int = 0
    lost_ms: int = 0

    def sample(self, pause_ms: int, growth: int, mishap: str) -> Sample:
        self.mono_ms += pause_ms
        self.wan = 0 if mishap == "counter reset" else self.wan + growth
        if mishap == "reboot":
            self.boot, self.lost_ms, self.mono_ms, self.wan = self.boot + 1, self.lost_ms + self.mono_ms, 20_000, 0
        interfaces = {
            "wan": InterfaceCounters(self.wan, self.wan // 10, 0, 0, True),
            "lan": InterfaceCounters(7, 7, 0, 0, True),
        }
        if mishap == "interface gone":
            del interfaces["lan"]
        radios = {"ap": Radio(6, -90, growth % 7)} if mishap != "radio gone" else {}
        return Sample(
            mono_ms=self.mono_ms,
            uptime_s=self.mono_ms // 1000,
            cpu_busy_ms=None if mishap == "no processor" else self.mono_ms // 4,
            cpu_total_ms=self.mono_ms,
            load=(growth % 100 / 100, 0.5, 0.25),
            memory_total_bytes=128 << 20,
            memory_available_bytes=(growth % 1000) << 10,
            temperature_c=None if mishap == "no temperature" else growth % 90 / 10,
            segments_sent=self.mono_ms // 100,
            segments_resent=min(growth % 9, 3) if mishap == "odd losses" else self.mono_ms // 10_000,
            interfaces=interfaces,
            radios={} if mishap == "no radios" else radios,
        )


MISHAPS = ("reboot", "counter reset", "interface gone", "radio gone", "no processor", "no temperature", "odd losses")
STEPS = st.tuples(
    st.sampled_from([30_000, 30_000, 29_400, 1000, 120_000, 290_000, 301_000, 50]),
    st.integers(0, 10**8) | st.sampled_from([10**10, 10**13]),
    st.sampled_from(("",) * 12 + MISHAPS),
)


def messages_of(steps: list[tuple[int, int, str]], sizes: list[int], dropped: int) -> Messages:
    day, at = Day(), 0
    messages: Messages = []
    while at < len(steps):
        group: list[Sample] = []
        size = sizes[len(messages) % len(sizes)]
        boot = None
        while at < len(steps) and len(group) < size and (boot in {None, day.boot}) and steps[at][2] != "reboot":
            group.append(day.sample(*steps[at]))
            boot, at = day.boot, at + 1
        if not group:
            group, at = [day.sample(*steps[at])], at + 1
        taken_at = BEGIN - timedelta(minutes=9) + timedelta(milliseconds=day.lost_ms + day.mono_ms)
        stamp = Stamp(UUID(int=day.boot), len(messages), 0, day.mono_ms)
        messages.append((taken_at, encode(Telemetry(stamp, tuple(group), dropped).to_wire())))
    return messages


def one_by_one(messages: Messages, end: datetime, step_s: int) -> dict[int, Figures]:
    moments = [each for each in read_moments(messages)[0] if BEGIN - LEAD_IN <= each.taken_at < end]
    return gather(moments, BEGIN, step_s)


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) if isinstance(one, float) else bool(one == other)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(STEPS, min_size=1, max_size=60),
    st.lists(st.integers(1, 8), min_size=1, max_size=4),
    st.sampled_from([300, 60, 3600]),
    st.integers(0, 2),
)
def test_runs_are_what_their_samples_are(
    steps: list[tuple[int, int, str]], sizes: list[int], step_s: int, dropped: int
) -> None:
    messages = messages_of(steps, sizes, dropped)
    end = BEGIN + timedelta(minutes=20)
    buckets, unreadable = runs.gather_stored(messages, BEGIN, end, step_s, LEAD_IN)
    expected = one_by_one(messages, end, step_s)
    assert unreadable == 0
    assert buckets.keys() == expected.keys()
    for index, figures in expected.items():
        assert is_same(buckets[index].to_json(), figures.to_json())


def test_a_usual_day_needs_no_look_at_each_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = messages_of([(30_000, 10**6, "")] * 60, [4], 0)
    expected = one_by_one(messages, BEGIN + LEAD_IN * 4, 300)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(runs, "gather", never)
    buckets, _ = runs.gather_stored(messages, BEGIN, BEGIN + LEAD_IN * 4, 300, LEAD_IN)
    assert [buckets[index].to_json() for index in sorted(buckets)] == [
        expected[index].to_json() for index in sorted(expected)
    ]


def test_a_message_that_is_none_is_counted_and_the_others_are_not_held_up() -> None:
    messages = messages_of([(30_000, 10**6, "")] * 60, [4], 0)
    spoilt = [*messages[:5], (messages[5][0], b"\x01damaged"), *messages[6:]]
    buckets, unreadable = runs.gather_stored(spoilt, BEGIN, BEGIN + LEAD_IN * 4, 300, LEAD_IN)
    assert unreadable == 1
    whole, _ = runs.gather_stored(messages, BEGIN, BEGIN + LEAD_IN * 4, 300, LEAD_IN)
    lost = sum(figures.samples for figures in whole.values()) - sum(figures.samples for figures in buckets.values())
    assert 0 <= lost <= 4
