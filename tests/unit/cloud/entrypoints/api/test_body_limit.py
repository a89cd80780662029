"""How deep a body is, before anything parses it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.api.body_limit import deeper_than

NESTED = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=30,
)


def depth_of(value: Any) -> int:
    match value:
        case dict():
            return 1 + max((depth_of(each) for each in value.values()), default=0)
        case list():
            return 1 + max((depth_of(each) for each in value), default=0)
        case _:
            return 0


@given(NESTED, st.integers(0, 6))
def test_the_depth_of_json_is_found(value: Any, depth: int) -> None:
    assert deeper_than(json.dumps(value).encode(), depth) == (depth_of(value) > depth)


@pytest.mark.parametrize("body", [b"", b"]]]]", b'"' + b"[" * 50, b'"\\" [', b"\xff" * 50])
def test_what_is_no_json_does_no_harm(body: bytes) -> None:
    deeper_than(body, 2)
