"""What the network sends becomes a word of a program only if it can be nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_agent.commands.arguments import ArgumentError, host, plain_name, whole


@pytest.mark.parametrize(
    "value", ["192.0.2.1", "2001:db8::1", "fe80::1%br-lan", "example.org", "router", "_dmarc.example.org.", "a-b.c"]
)
def test_hosts(value: str) -> None:
    assert host({"target": value}, "target") == value


@pytest.mark.parametrize(
    "value",
    ["-f", "--help", "", " ", "a b", "a;b", "$(x)", "a/b", "fe80::1%-x", "é.example", "x" * 254, "a..b", 5, None],
)
def test_what_is_no_host_is_refused_by_name(value: object) -> None:
    with pytest.raises(ArgumentError, match="'target' must be a host name"):
        host({"target": value}, "target")


@given(st.text())
def test_nothing_that_passes_is_an_option_or_several_words(value: str) -> None:
    for check in (host, plain_name):
        try:
            passed = check({"x": value}, "x")
        except ArgumentError:
            continue
        assert not passed.startswith("-")
        assert "/" not in passed
        assert len(passed.split()) == 1


def test_numbers_have_bounds() -> None:
    assert whole({}, "count", 5, 1, 10) == 5
    assert whole({"count": 10}, "count", 5, 1, 10) == 10
    for value in (0, 11, True, "3", 2.0):
        with pytest.raises(ArgumentError, match="'count' must be a whole number from 1 to 10"):
            whole({"count": value}, "count", 5, 1, 10)
