"""Batches of samples: every one survives the way, small; a stranger's never gets past its columns."""

import copy
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_protocol.batch import MAX_SAMPLES, pack, unpack
from spotfi_protocol.codec import decode, encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import Client, InterfaceCounters, Radio, Sample
from spotfi_protocol.telemetry import Telemetry

COUNTS = st.integers(0, (1 << 63) - 1)
DBM = st.none() | st.integers(-(1 << 40), 1 << 40)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=64)
OPTIONAL = st.none() | COUNTS
MEMORY = st.none() | st.integers(0, (1 << 53) - 1).map(lambda kib: kib * 1024)
RATES = st.none() | st.integers(0, 1 << 40).map(lambda units: units * 100)
HUNDREDTHS = st.integers(0, 1 << 40).map(lambda whole: whole / 100)
TENTHS = st.none() | st.integers(-(1 << 40), 1 << 40).map(lambda whole: whole / 10)
RADIOS = st.builds(Radio, COUNTS, DBM, OPTIONAL)
CLIENTS = st.builds(Client, TEXT, DBM, RATES, RATES, OPTIONAL, OPTIONAL)
SAMPLES = st.builds(
    Sample,
    mono_ms=COUNTS,
    uptime_s=COUNTS,
    cpu_busy_ms=OPTIONAL,
    cpu_total_ms=OPTIONAL,
    load=st.none() | st.tuples(HUNDREDTHS, HUNDREDTHS, HUNDREDTHS),
    memory_total_bytes=MEMORY,
    memory_available_bytes=MEMORY,
    disk_total_bytes=MEMORY,
    disk_used_bytes=MEMORY,
    temperature_c=TENTHS,
    wan_up=st.none() | st.booleans(),
    wan_device=st.none() | TEXT,
    wan_address=st.none() | TEXT,
    latency_ms=TENTHS,
    segments_sent=OPTIONAL,
    segments_resent=OPTIONAL,
    dhcp_leases=OPTIONAL,
    conntrack_used=OPTIONAL,
    conntrack_most=OPTIONAL,
    interfaces=st.dictionaries(
        TEXT, st.builds(InterfaceCounters, COUNTS, COUNTS, COUNTS, COUNTS, st.booleans()), max_size=3
    ),
    radios=st.dictionaries(TEXT, RADIOS, max_size=2),
    clients=st.none() | st.dictionaries(TEXT, CLIENTS, max_size=3),
)
BATCHES = st.lists(SAMPLES, max_size=4).map(tuple)
STAMPS = st.builds(Stamp, st.uuids(), COUNTS, COUNTS, COUNTS)
WRONG: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60)
@given(STAMPS, BATCHES, COUNTS)
def test_a_batch_survives_the_way(stamp: Stamp, samples: tuple[Sample, ...], dropped: int) -> None:
    message = Telemetry(stamp, samples, dropped)
    assert Telemetry.from_wire(decode(encode(message.to_wire()))) == message


@settings(max_examples=100)
@given(BATCHES.filter(bool), st.data())
def test_a_batch_with_a_wrong_part_is_refused_or_understood(samples: tuple[Sample, ...], data: st.DataObject) -> None:
    body = pack(samples)
    part, wrong = body, data.draw(WRONG)
    for _ in range(data.draw(st.integers(0, 3))):
        keys = [key for key in part if isinstance(part[key], dict) and part[key]]
        if not keys:
            break
        part = part[data.draw(st.sampled_from(keys))]
    part[data.draw(st.sampled_from(sorted(part)))] = wrong
    try:
        understood = unpack(body)
    except ProtocolError:
        return
    assert unpack(pack(understood)) == understood


@given(st.dictionaries(st.sampled_from(["count", "levels", "interfaces", "radios", "clients"]), WRONG))
def test_a_strangers_columns_are_refused_and_nothing_worse(body: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        unpack(body)


SAMPLE = Sample(5_000, 5, interfaces={"lo": InterfaceCounters(1, 2, 3, 4, up=True)})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("count",), MAX_SAMPLES + 1),
        (("count",), -1),
        (("levels", "mono_ms"), None),
        (("levels", "mono_ms"), -1),
        (("levels", "mono_ms"), [1, -2]),
        (("levels", "mono_ms"), [1 << 63, 0]),
        (("levels", "mono_ms"), [(1 << 63) - 1, 1]),
        (("levels", "mono_ms"), [1.0, 2]),
        (("levels", "mono_ms"), [True, 2]),
        (("levels", "lag_s"), 6),
        (("levels", "lag_s"), -(1 << 63)),
        (("levels", "cpu_busy_ms"), [1, 2, 3]),
        (("levels", "memory_total_kib"), 1 << 53),
        (("levels", "wan_address"), "x" * 65),
        (("levels", "wan_address"), ["a", 7]),
        (("interfaces", "lo"), [1, 2, 3, 4]),
        (("interfaces", "lo"), [1, 2, 3, 4, None]),
        (("interfaces", "lo"), [1, 2, 3, 4, -1]),
        (("interfaces", "x" * 65), [1, 2, 3, 4, 1]),
        (("interfaces",), {f"eth{n}": [1, 2, 3, 4, 1] for n in range(65)}),
        (("clients",), [[2, {}]]),
        (("clients",), [[0, {}], [0, {}]]),
        (("clients",), [[True, {}, 1]]),
        (("clients",), [[0, {"ap": [["aa", -50, 1, 1, [1], 1]]}]]),
        (("clients",), [[0, {"ap": [["aa", -50, 1, 1, 1]]}]]),
        (("clients",), [[0, {"ap": [[7, -50, 1, 1, 1, 1]]}]]),
        (("clients",), [[0, {"ap": [[f"{n}", -50, 1, 1, 1, 1] for n in range(513)]}]]),
    ],
)
def test_columns_that_cannot_be_are_refused(path: tuple[str, ...], value: object) -> None:
    body = copy.deepcopy(pack([SAMPLE, SAMPLE]))
    part = body
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    with pytest.raises(ProtocolError):
        unpack(body)


def test_what_a_router_lacks_stays_out_of_the_message() -> None:
    body = pack([Sample(mono_ms=1, uptime_s=1)])
    assert (set(body), set(body["levels"])) == ({"count", "levels", "interfaces"}, {"mono_ms", "lag_s"})
    (sample,) = unpack(body)
    assert (sample.memory_total_bytes, sample.clients, sample.radios) == (None, None, {})


def test_what_does_not_change_costs_its_first_value_only() -> None:
    body = pack([SAMPLE, SAMPLE, SAMPLE])
    assert body["interfaces"] == {"lo": [1, 2, 3, 4, 1]}
    assert body["levels"] == {"mono_ms": 5000, "lag_s": 0}


def test_numbers_travel_as_differences_over_gaps() -> None:
    samples = [Sample(1000, 1, cpu_busy_ms=500), Sample(2000, 2), Sample(3000, 3, cpu_busy_ms=900)]
    assert pack(samples)["levels"]["cpu_busy_ms"] == [500, None, 400]


def test_a_missing_part_is_named() -> None:
    body = Telemetry(Stamp(UUID(int=1), 2, 3, 4), (SAMPLE,)).to_wire()
    for name in ("boot_id", "seq", "wall_ms", "mono_ms", "dropped", "count", "levels", "interfaces"):
        with pytest.raises(ProtocolError, match=name):
            Telemetry.from_wire({key: value for key, value in body.items() if key != name})
