"""The codec: what goes in comes out, and nothing else gets through."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_protocol.codec import MAX_INFLATED_BYTES, MAX_PAYLOAD_BYTES, decode, encode
from spotfi_protocol.dictionary import DICTIONARY
from spotfi_protocol.errors import ProtocolError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=8)


def packed(text: bytes) -> bytes:
    """A payload with any text in it."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARY)
    return b"\x01" + compressor.compress(text) + compressor.flush()


@settings(max_examples=30)
@given(OBJECTS)
def test_an_object_survives_the_way(body: dict[str, Any]) -> None:
    assert decode(encode(body)) == body


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_nothing_worse(payload: bytes) -> None:
    try:
        body = decode(payload)
    except ProtocolError:
        return
    assert isinstance(body, dict)


@settings(max_examples=30)
@given(OBJECTS, st.data())
def test_a_cut_payload_is_refused(body: dict[str, Any], data: st.DataObject) -> None:
    payload = encode(body)
    cut = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(ProtocolError):
        decode(payload[:cut])


@settings(max_examples=30)
@given(OBJECTS, st.binary(min_size=1, max_size=8))
def test_trailing_bytes_are_refused(body: dict[str, Any], tail: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(encode(body) + tail)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"1",
        b'"x"',
        b"null",
        b"{",
        b"",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": [1e999]}',
        b'{"a": -1e999}',
        b'{"a": "\\u0000"}',
        b'{"a": [{"\\ud800": 1}]}',
        b'{"a": "\\udfff x"}',
        b'{"a": ' + b"[" * 200_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_not_an_object_of_storable_text_is_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(packed(text))


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert decode(packed(b'{"a": "\\ud83d\\ude00"}')) == {"a": "\U0001f600"}


def test_a_bomb_costs_no_more_than_the_bound() -> None:
    bomb = packed(b'{"a": "' + b"0" * (30 * MAX_INFLATED_BYTES) + b'"}')
    assert len(bomb) <= MAX_PAYLOAD_BYTES
    with pytest.raises(ProtocolError, match="too large"):
        decode(bomb)


def test_too_large_is_refused_on_both_sides() -> None:
    with pytest.raises(ProtocolError, match="too large"):
        encode({"a": "0" * MAX_INFLATED_BYTES})
    with pytest.raises(ProtocolError, match="too large"):
        decode(b"\x01" * (MAX_PAYLOAD_BYTES + 1))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ProtocolError, match="format"):
        decode(b"\x02" + encode({})[1:])


def test_the_dictionary_of_version_1_never_changes() -> None:
    assert zlib.crc32(DICTIONARY) == 0x454D9AE4
    body = {"online": True, "dropped": 0}
    assert decode(bytes.fromhex("01ab461b0040d431b500")) == body
    assert len(encode(body)) < len(json.dumps(body)) // 2
