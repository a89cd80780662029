"""Order over a way that loses and repeats: everything arrives once, and no side runs ahead of the other."""

from hypothesis import given
from hypothesis import strategies as st

from spotfi_protocol.ordered import Incoming, Outgoing


@given(
    st.lists(st.sampled_from(["say", "lose", "deliver", "repeat", "answer", "forget answer", "again"]), max_size=200)
)
def test_everything_arrives_once_and_in_order_whatever_the_way_does(fates: list[str]) -> None:
    outgoing: Outgoing[int] = Outgoing(4)
    incoming, arrived, said = Incoming(), [], 0
    way: list[tuple[int, int]] = []
    for fate in fates:
        if fate == "say" and outgoing.has_room:
            way.append((outgoing.add(said), said))
            said += 1
        elif fate == "lose" and way:
            way.pop(0)
        elif fate in {"deliver", "repeat"} and way:
            seq, thing = way[0] if fate == "repeat" else way.pop(0)
            if incoming.take(seq):
                arrived.append(thing)
        elif fate == "answer":
            outgoing.acknowledge(incoming.expected)
        elif fate == "again":
            way.extend(outgoing.kept())
        assert len(outgoing.kept()) <= 4
        assert arrived == list(range(len(arrived)))
    outgoing.acknowledge(incoming.expected)
    for seq, thing in outgoing.kept():
        if incoming.take(seq):
            arrived.append(thing)
    assert arrived == list(range(said))


@given(st.integers(-5, 20))
def test_what_was_never_sent_cannot_be_acknowledged(received: int) -> None:
    outgoing: Outgoing[str] = Outgoing(8)
    for letter in "abc":
        outgoing.add(letter)
    freed = outgoing.acknowledge(received)
    assert freed == (received if 0 < received <= 3 else 0)
    assert [seq for seq, _ in outgoing.kept()] == list(range(freed, 3))
    assert outgoing.acknowledge(freed) == 0
