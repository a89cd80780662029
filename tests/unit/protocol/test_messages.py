"""Messages: every one survives the way, and a stranger's never gets past its fields."""

import base64
import random
from contextlib import suppress
from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_protocol.codec import decode, encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.messages import (
    MAX_PIECE_BYTES,
    Ack,
    Cancel,
    Command,
    Hello,
    Notice,
    NoticeKind,
    Output,
    Result,
    ResultState,
    Settings,
    Stamp,
    State,
)

COUNTS = st.integers(0, (1 << 63) - 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=64)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
STAMPS = st.builds(Stamp, st.uuids(), COUNTS, COUNTS, COUNTS)
DETAILS = st.dictionaries(TEXT, st.none() | st.booleans() | COUNTS | TEXT, max_size=5)
MESSAGES: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Hello, STAMPS, COUNTS, TEXT, COUNTS, TEXT, TEXT, TEXT, st.sampled_from(["mqtt", "websocket"]), TEXT, TEXT
    ),
    st.builds(State, st.uuids(), COUNTS, st.booleans()),
    st.builds(Result, STAMPS, st.uuids(), st.sampled_from(ResultState), DETAILS),
    st.builds(Output, STAMPS, st.uuids(), COUNTS, st.binary(max_size=500)),
    st.builds(Command, st.uuids(), TEXT, DETAILS, COUNTS, COUNTS),
    st.builds(Cancel, st.uuids()),
    st.builds(Ack, st.uuids(), st.lists(COUNTS, max_size=9).map(tuple)),
    st.builds(Settings, st.integers(1, 10**9), st.integers(0, 300)),
    st.builds(Notice, st.sampled_from(NoticeKind)),
)
KINDS = (Hello, State, Result, Output, Command, Cancel, Ack, Settings, Notice)
WRONG: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(MESSAGES)
def test_a_message_survives_the_way(message: Any) -> None:
    assert type(message).from_wire(decode(encode(message.to_wire()))) == message


@given(MESSAGES, st.data())
def test_a_message_with_a_wrong_field_is_refused_or_understood(message: Any, data: st.DataObject) -> None:
    body = message.to_wire()
    body[data.draw(st.sampled_from(sorted(body)))] = data.draw(WRONG)
    try:
        understood = type(message).from_wire(body)
    except ProtocolError:
        return
    assert type(understood).from_wire(understood.to_wire()) == understood


@given(st.sampled_from(KINDS), st.dictionaries(st.text(max_size=12), WRONG, max_size=6))
def test_a_strangers_object_is_refused_and_nothing_worse(kind: Any, body: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        kind.from_wire(body)


@given(MESSAGES, st.data())
def test_a_missing_field_is_named(message: Any, data: st.DataObject) -> None:
    body = message.to_wire()
    name = data.draw(st.sampled_from(sorted(body)))
    del body[name]
    with pytest.raises(ProtocolError, match=name):
        type(message).from_wire(body)


STAMP = Stamp(UUID(int=1), 2, 3, 4)


@pytest.mark.parametrize("data", ["é", "a", "====", "a b=", base64.b64encode(bytes(MAX_PIECE_BYTES + 1)).decode()])
def test_output_that_is_no_base64_or_too_long_is_refused(data: str) -> None:
    body = Output(STAMP, UUID(int=5), 0, b"").to_wire() | {"data": data}
    with pytest.raises(ProtocolError, match="data"):
        Output.from_wire(body)


def test_the_largest_piece_fits_into_a_payload() -> None:
    data = random.Random(1).randbytes(MAX_PIECE_BYTES)
    output = Output(STAMP, UUID(int=5), 0, data)
    assert Output.from_wire(decode(encode(output.to_wire()))).data == data


def test_unknown_fields_are_for_newer_peers() -> None:
    body = Ack(UUID(int=1), (2,)).to_wire() | {"since": "2030"}
    assert Ack.from_wire(body) == Ack(UUID(int=1), (2,))


def test_an_interval_is_at_least_a_second_and_live_view_ends() -> None:
    assert Settings.from_wire({"interval_s": 0, "live_for_s": 10**9}) == Settings(1, 300)


def test_every_field_is_on_the_wire() -> None:
    command = Command(UUID(int=1), "logs", {}, 2, 3, 4)
    assert set(command.to_wire()) == {field.name for field in fields(command)}


def test_a_command_without_a_limit_of_its_own_says_nothing_of_it() -> None:
    for limit_s in (None, 30):
        command = Command(UUID(int=1), "logs", {}, 2, 3, limit_s)
        assert Command.from_wire(command.to_wire()) == command
