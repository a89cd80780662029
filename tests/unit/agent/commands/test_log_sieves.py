"""Lines are chosen whole, however the output of the log program is cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spotfi_agent.commands.logs import LastLines, MatchingLines

LINES = [f"line {number} {'ERROR' if number % 3 == 0 else 'fine'}\n".encode() for number in range(40)]
TEXT = b"".join(LINES)


def passed(sieve: object, cuts: list[int]) -> bytes:
    assert callable(sieve)
    edges = sorted({0, len(TEXT), *(cut % len(TEXT) for cut in cuts)})
    pieces = [TEXT[begin:end] for begin, end in pairwise(edges)]
    return b"".join(sieve(piece) for piece in [*pieces, b""])


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_a_filter_sees_whole_lines(cuts: list[int]) -> None:
    assert passed(MatchingLines("error"), cuts) == b"".join(line for line in LINES if b"ERROR" in line)


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(1, 50))
def test_the_last_lines_are_the_last_that_match(cuts: list[int], count: int) -> None:
    assert passed(LastLines(count, None), cuts) == b"".join(LINES[-count:])
    matching = [line for line in LINES if b"ERROR" in line]
    assert passed(LastLines(count, MatchingLines("error")), cuts) == b"".join(matching[-count:])
