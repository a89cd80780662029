"""A terminal's frames: what is sent is read again, and nothing else is."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_protocol.codec import MAX_PAYLOAD_BYTES, decode, encode
from spotfi_protocol.errors import ProtocolError
from spotfi_protocol.terminal import (
    MAX_COLUMNS_OR_ROWS,
    MAX_INPUT_BYTES,
    MAX_OUTPUT_BYTES,
    Close,
    Closed,
    DownFrame,
    EndReason,
    Input,
    Open,
    Opened,
    Output,
    Resize,
    UpFrame,
)

ID = UUID(int=1)
sides = st.integers(1, MAX_COLUMNS_OR_ROWS)
counts = st.integers(0, 2**63 - 1)
reasons = st.sampled_from(EndReason)
downs = st.one_of(
    st.builds(Open, sides, sides),
    st.builds(Input, st.binary(min_size=1, max_size=MAX_INPUT_BYTES)),
    st.builds(Resize, sides, sides),
    st.builds(Close, reasons),
)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=500)
ups = st.one_of(
    st.just(Opened()),
    st.builds(Output, st.binary(min_size=1, max_size=MAX_OUTPUT_BYTES)),
    st.builds(Closed, reasons, words, st.none() | st.integers(-64, 255)),
)


@given(st.builds(DownFrame, st.uuids(), counts, counts, downs) | st.builds(DownFrame, st.uuids(), counts))
def test_frames_to_a_router_are_read_as_they_were_meant(frame: DownFrame) -> None:
    assert DownFrame.from_wire(decode(encode(frame.to_wire()))) == frame


@given(st.builds(UpFrame, st.uuids(), counts, counts, ups) | st.builds(UpFrame, st.uuids(), counts))
def test_frames_from_a_router_are_read_as_they_were_meant(frame: UpFrame) -> None:
    assert UpFrame.from_wire(decode(encode(frame.to_wire()))) == frame


def test_the_largest_output_fits_into_a_message() -> None:
    noise = bytes((number * 167 + number // 256) % 256 for number in range(MAX_OUTPUT_BYTES))
    assert len(encode(UpFrame(ID, 0, 1, Output(noise)).to_wire())) < MAX_PAYLOAD_BYTES


GOOD = {"session_id": str(ID), "received": 0, "seq": 1, "act": "input", "data": "bHM="}


@pytest.mark.parametrize(
    "changes",
    [
        {"session_id": "me"},
        {"received": -1},
        {"received": True},
        {"seq": -1},
        {"act": "reboot"},
        {"act": 7},
        {"act": "output"},
        {"data": ""},
        {"data": "?"},
        {"data": "é"},
        {"data": "A" * (MAX_INPUT_BYTES * 4 // 3 + 8)},
        {"act": "resize"},
        {"act": "resize", "columns": 0, "rows": 24},
        {"act": "open", "columns": 80, "rows": MAX_COLUMNS_OR_ROWS + 1},
        {"act": "close", "reason": "because"},
    ],
)
def test_anything_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        DownFrame.from_wire({**GOOD, **changes})


def test_an_exit_status_is_a_whole_number() -> None:
    closed = {"session_id": str(ID), "received": 0, "seq": 1, "act": "closed", "reason": "exited", "message": ""}
    for status in ("0", 0.5, True, 2**63):
        with pytest.raises(ProtocolError):
            UpFrame.from_wire({**closed, "exit_status": status})
