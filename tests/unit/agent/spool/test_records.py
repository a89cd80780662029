"""Records on flash: a cut anywhere, a flipped bit anywhere, and what is whole is still read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from spotfi_agent.spool.records import frame, framed_size, scan

PAYLOADS = st.lists(st.binary(max_size=40), max_size=6)


@given(PAYLOADS)
def test_what_was_written_is_read(payloads: list[bytes]) -> None:
    data = b"".join(map(frame, payloads))
    assert list(scan(data)) == payloads
    assert len(data) == sum(map(framed_size, payloads))


@settings(max_examples=40)
@given(PAYLOADS)
def test_a_cut_at_any_byte_costs_the_last_record_only(payloads: list[bytes]) -> None:
    data = b"".join(map(frame, payloads))
    ends = [sum(map(framed_size, payloads[: count + 1])) for count in range(len(payloads))]
    for cut in range(len(data)):
        whole = sum(end <= cut for end in ends)
        assert list(scan(data[:cut])) == payloads[:whole]


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=12), min_size=1, max_size=4), st.data())
def test_a_flipped_bit_costs_the_record_it_is_in(payloads: list[bytes], data: st.DataObject) -> None:
    written = b"".join(map(frame, payloads))
    bit = data.draw(st.integers(0, len(written) * 8 - 1))
    flipped = bytearray(written)
    flipped[bit // 8] ^= 1 << bit % 8
    starts = [sum(map(framed_size, payloads[:count])) for count in range(len(payloads) + 1)]
    hit = max(count for count, start in enumerate(starts[:-1]) if start <= bit // 8)
    assert list(scan(bytes(flipped))) == payloads[:hit] + payloads[hit + 1 :]


@given(st.binary(max_size=80), PAYLOADS, st.binary(max_size=80))
def test_rubbish_around_and_between_is_skipped(before: bytes, payloads: list[bytes], after: bytes) -> None:
    read = list(scan(before + b"".join(map(frame, payloads)) + after))
    assert read == payloads


@given(st.binary(max_size=400))
def test_rubbish_alone_gives_nothing(data: bytes) -> None:
    assert list(scan(data)) == []
