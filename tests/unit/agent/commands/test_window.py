"""The window: never more than so many pieces ahead of the cloud; nobody waits for ever."""

import threading
import time
from uuid import UUID

import pytest

from spotfi_agent.commands.order import OutputLostError
from spotfi_agent.commands.window import Window

ID = UUID(int=1)


def test_it_lets_no_more_pieces_out_than_it_may() -> None:
    out: list[int] = []
    window = Window(ID, lambda _id, piece, _data: out.append(piece), pieces=3, patience_s=5)
    total = 20

    def send_all() -> None:
        for _ in range(total):
            window.send(b"x")

    sender = threading.Thread(target=send_all)
    sender.start()
    for confirmed in range(total):
        while len(out) <= confirmed:
            time.sleep(0.001)
        assert len(out) <= confirmed + 3
        window.confirm(confirmed)
    sender.join(5)
    assert out == list(range(total))
    assert window.finish() == total


def test_it_finishes_only_when_all_is_confirmed() -> None:
    window = Window(ID, lambda *_: None, patience_s=0.05)
    window.send(b"x")
    with pytest.raises(OutputLostError, match="confirmed nothing"):
        window.finish()
    window.confirm(0)
    assert window.finish() == 1


def test_closing_wakes_who_waits_and_ends_the_program() -> None:
    ended = threading.Event()
    window = Window(ID, lambda *_: None, pieces=1)
    window.when_closed(ended.set)
    window.send(b"x")
    threading.Timer(0.05, window.close).start()
    with pytest.raises(OutputLostError, match="stopped"):
        window.send(b"y")
    assert ended.wait(1)
    late = threading.Event()
    window.when_closed(late.set)
    assert late.is_set()
