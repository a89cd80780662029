"""What waits for a client: in order, bounded, and nothing lost that was sent and not acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from spotfi_broker.mailbox import WINDOW, Letter, Mailbox


def _mailbox(limit_bytes: int = 1_000_000) -> Mailbox:
    return Mailbox("router", "router", limit_bytes=limit_bytes, persistent=True)


def test_no_more_than_the_window_goes_out_unacknowledged() -> None:
    mailbox = _mailbox()
    for number in range(WINDOW + 5):
        assert mailbox.put(Letter("t", str(number).encode(), 1))
    sent = [mailbox.take() for _ in range(WINDOW)]
    assert mailbox.take() is None
    assert not mailbox.ready.is_set()
    assert sent[0] is not None
    assert sent[0][0] is not None
    mailbox.acknowledge(sent[0][0])
    assert mailbox.ready.is_set()
    taken = mailbox.take()
    assert taken is not None
    assert taken[1].payload == str(WINDOW).encode()


def test_a_full_mailbox_drops_the_newest_and_counts() -> None:
    mailbox = _mailbox(limit_bytes=2_000)
    kept = sum(mailbox.put(Letter("t", b"x" * 300, 1)) for _ in range(10))
    assert (kept, mailbox.dropped, len(mailbox)) == (3, 7, 3)


def test_it_has_room_again_once_messages_are_taken() -> None:
    mailbox = _mailbox(limit_bytes=1_000)
    assert mailbox.put(Letter("t", b"x" * 700, 1))
    assert not mailbox.put(Letter("t", b"y" * 700, 1))
    mailbox.take()
    assert mailbox.put(Letter("t", b"z" * 700, 1))
    assert mailbox.dropped == 0


def test_who_goes_keeps_what_was_meant_to_wait() -> None:
    mailbox = _mailbox()
    for qos in (0, 1, 0, 1):
        mailbox.put(Letter("t", bytes([qos]), qos))
    mailbox.take()
    mailbox.drop_qos_0()
    assert len(mailbox) == 2
    assert [mailbox.take() for _ in range(3)] == [(1, Letter("t", b"\x01", 1)), (2, Letter("t", b"\x01", 1)), None]


def test_the_best_of_overlapping_subscriptions_counts() -> None:
    mailbox = _mailbox()
    mailbox.filters |= {"a/#": 0, "a/b": 1}
    assert [mailbox.granted_qos(topic) for topic in ("a/b", "a/c", "b")] == [1, 0, None]


@given(st.lists(st.sampled_from(["put", "take", "acknowledge"]), max_size=400))
def test_every_message_is_waiting_unacknowledged_or_acknowledged(steps: list[str]) -> None:
    mailbox, number, acknowledged = _mailbox(), 0, 0
    for step in steps:
        if step == "put":
            mailbox.put(Letter("t", str(number).encode(), 1))
            number += 1
        elif step == "take":
            mailbox.take()
        elif outstanding := mailbox.unacknowledged():
            mailbox.acknowledge(outstanding[0][0])
            mailbox.acknowledge(outstanding[0][0])
            acknowledged += 1
    assert len(mailbox) + acknowledged == number
    again = [int(letter.payload) for _, letter in mailbox.unacknowledged()]
    assert again == sorted(again)
