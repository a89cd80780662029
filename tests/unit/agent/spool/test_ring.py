"""The ring: bounded; the oldest goes first, and it is said how many went."""

from hypothesis import given
from hypothesis import strategies as st

from spotfi_agent.spool.ring import Ring


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=40), st.integers(20, 100))
def test_it_keeps_the_newest_that_fit_and_counts_the_rest(items: list[bytes], most_bytes: int) -> None:
    ring = Ring(most_bytes)
    for item in items:
        ring.push(item)
        assert ring.used_bytes <= most_bytes
    kept, dropped = ring.take(len(items))
    assert kept == items[len(items) - len(kept) :]
    assert len(kept) + dropped == len(items)
    assert (len(ring), ring.used_bytes) == (0, 0)


def test_what_was_dropped_is_said_once() -> None:
    ring = Ring(2)
    for item in (b"a", b"b", b"c"):
        ring.push(item)
    assert ring.take(1) == ([b"b"], 1)
    assert ring.take(1) == ([b"c"], 0)
