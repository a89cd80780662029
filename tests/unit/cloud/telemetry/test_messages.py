"""Messages are read column by column, and say the same as the samples they were made of."""

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_cloud.telemetry.messages import read_message, read_stored
from spotfi_cloud.telemetry.moments import moments_of, read_moments
from spotfi_cloud.telemetry.plain import is_plain
from spotfi_protocol.batch import pack, unpack
from spotfi_protocol.codec import encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.messages import Stamp
from spotfi_protocol.samples import Client, InterfaceCounters, Radio, Sample
from spotfi_protocol.telemetry import Telemetry
from tests.unit.protocol.test_batch import BATCHES, STAMPS, WRONG

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STAMP = Stamp(UUID(int=1), 2, 3, 4)
USUAL = [
    Sample(
        mono_ms=1_000_000 + 30_000 * place,
        uptime_s=1000 + 30 * place,
        cpu_busy_ms=100 * place,
        cpu_total_ms=30_000 * place,
        load=(0.1, 0.2, 0.5 - 0.1 * place),
        memory_total_bytes=128 << 20,
        memory_available_bytes=(64 - place) << 20,
        temperature_c=-1.5 * place,
        wan_up=True,
        wan_device="wan",
        interfaces={
            "wan": InterfaceCounters(place, 2 * place, 3, 4, up=True),
            "lan": InterfaceCounters(1, 1, 1, 1, True),
        },
        radios={"ap0": Radio(6, -90 - place, 4), "ap1": Radio(None, None, 3 - place)},
        clients={"aa": Client("ap0", -50, 100, 200, 7, 8)} if place == 3 else None,
    )
    for place in range(4)
]


def _is_json(value: Any) -> bool:
    with suppress(ValueError):
        return bool(json.dumps(value, allow_nan=False))
    return False


def test_what_routers_usually_send_is_taken_at_a_glance() -> None:
    assert is_plain(pack(USUAL))
    assert read_message(encode(Telemetry(STAMP, USUAL, 3).to_wire())).body["count"] == 4


@settings(max_examples=300)
@given(st.data())
def test_what_is_taken_at_a_glance_is_what_unpacking_takes(data: st.DataObject) -> None:
    body: Any = copy.deepcopy(pack(USUAL))
    for _ in range(data.draw(st.integers(1, 2))):
        inside, key = body, data.draw(st.sampled_from(sorted(body)))
        while isinstance(inside[key], dict | list) and inside[key] and data.draw(st.integers(0, 4)):
            inside = inside[key]
            key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        inside[key] = data.draw(
            WRONG | st.sampled_from([-1, 1 << 62, -(1 << 62), 1 << 53, None, True, [], [1, -2, 3, 4]])
        )
    if is_plain(body):
        samples = unpack(body)
        assert list(samples) == sorted(samples, key=lambda sample: sample.mono_ms)


@settings(max_examples=100)
@given(STAMPS, BATCHES.filter(bool))
def test_moments_say_what_the_samples_said(stamp: Stamp, samples: tuple[Sample, ...]) -> None:
    payload = encode(Telemetry(stamp, samples, 5).to_wire())
    message = read_message(payload)
    moments = list(moments_of(NOW, message))
    in_order = sorted(samples, key=lambda sample: sample.mono_ms)
    assert [(each.mono_ms, each.cpu_busy_ms, each.segments_resent) for each in moments] == [
        (each.mono_ms, each.cpu_busy_ms, each.segments_resent) for each in in_order
    ]
    for moment, sample in zip(moments, in_order, strict=True):
        assert moment.interfaces == {name: (own.rx_bytes, own.tx_bytes) for name, own in sample.interfaces.items()}
        for name, value in moment.gauges.items():
            if not name.startswith("load_"):
                assert value == getattr(sample, name)
        loads = tuple(moment.gauges[name] for name in ("load_1", "load_5", "load_15"))
        assert loads == (sample.load or (None, None, None))
    assert sum(each.dropped for each in moments) == 5
    stored, unreadable = read_moments([(NOW, payload)])
    assert (len(stored), unreadable) == (len(samples), 0)
    assert sorted(each.mono_ms for each in stored) == [each.mono_ms for each in in_order]


@pytest.mark.parametrize(
    "payload", [b"", b"\x01", b"\x02{}", encode({}), encode({"count": 1}), encode(Telemetry(STAMP, ()).to_wire())[:-3]]
)
def test_what_is_no_message_is_refused_and_does_not_hold_up_the_others(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_message(payload)
    fine = encode(Telemetry(STAMP, USUAL).to_wire())
    moments, unreadable = read_moments([(NOW, fine), (NOW, payload)])
    assert (len(moments), unreadable) == (4, 1)


@given(st.dictionaries(st.sampled_from(["count", "levels", "interfaces", "radios", "clients"]), WRONG.filter(_is_json)))
def test_a_strangers_columns_are_refused_and_nothing_worse(body: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        read_message(encode({**STAMP.to_wire(), "dropped": 0, **body}))


def test_a_text_that_cannot_be_stored_is_refused() -> None:
    body = {**Telemetry(STAMP, USUAL).to_wire()}
    body["interfaces"] = {"\0": [1, 2, 3, 4, 1]}
    with pytest.raises(ProtocolError):
        read_message(encode(body))


def test_samples_out_of_order_are_put_in_order() -> None:
    message = read_message(encode(Telemetry(STAMP, USUAL[::-1]).to_wire()))
    assert [moment.mono_ms for moment in moments_of(NOW, message)] == [sample.mono_ms for sample in USUAL]
    assert read_stored(message.payload).count == 4
