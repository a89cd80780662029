"""The far end of a terminal as the API sees it: in order, once, bounded, and given up when nobody is there."""

import asyncio
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.api.terminals.remote import RemoteTerminal
from spotfi_protocol.ordered import Incoming
from spotfi_protocol.terminal import (
    MAX_INPUT_BYTES,
    MAX_UNTAKEN_FRAMES,
    Close,
    Closed,
    DownFrame,
    EndReason,
    Input,
    Open,
    Opened,
    Output,
    UpFrame,
)

ID = UUID(int=1)


class Way:
    """What was sent to the router, and the clock."""

    def __init__(self) -> None:
        self.sent: list[DownFrame] = []
        self.now_s = 100.0
        self.remote = RemoteTerminal(ID, self.sent.append, lambda: self.now_s)

    def answer(self, received: int) -> None:
        self.remote.hear(UpFrame(ID, received))

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now_s += 1
            self.remote.tick()


async def test_what_is_typed_waits_for_the_router() -> None:
    way = Way()
    way.remote.open(80, 24)
    paste = asyncio.create_task(way.remote.type(b"x" * (20 * MAX_INPUT_BYTES)))
    await asyncio.sleep(0)
    assert [frame.seq for frame in way.sent] == list(range(MAX_UNTAKEN_FRAMES))
    for received in range(1, 22):
        way.answer(received)
        await asyncio.sleep(0)
    await asyncio.wait_for(paste, 1)
    assert way.remote.typed_bytes == 20 * MAX_INPUT_BYTES
    assert isinstance(way.sent[0].act, Open)
    assert sum(len(frame.act.data) for frame in way.sent if isinstance(frame.act, Input)) == 20 * MAX_INPUT_BYTES


async def test_the_end_does_not_wait() -> None:
    way = Way()
    way.remote.open(80, 24)
    typing = asyncio.create_task(way.remote.type(b"x" * (20 * MAX_INPUT_BYTES)))
    await asyncio.sleep(0)
    way.remote.close(EndReason.LEFT)
    assert way.sent[-1].act == Close(EndReason.LEFT)
    typing.cancel()


async def test_what_is_not_taken_is_sent_again_and_silence_ends_it() -> None:
    way = Way()
    way.remote.open(80, 24)
    way.pass_time(2)
    assert len(way.sent) == 1
    way.pass_time(1)
    assert way.sent == [way.sent[0]] * 2
    way.answer(1)
    way.pass_time(9)
    assert len(way.sent) == 2
    way.pass_time(25)
    assert {frame.act for frame in way.sent[2:]} == {None}
    way.pass_time(2)
    end = await asyncio.wait_for(way.remote.next_act(), 1)
    assert isinstance(end, Closed)
    assert end.reason is EndReason.LINK_LOST
    assert not way.remote.is_over


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=60))
def test_each_piece_is_shown_once_and_in_order(arrivals: list[tuple[int, bool]]) -> None:
    """Frames come in any order and any number; a router sends again what was not taken."""

    async def show() -> None:
        way, shown = Way(), b""
        expected = Incoming()
        for seq, is_shown in arrivals:
            way.remote.hear(UpFrame(ID, 0, seq, Opened() if seq == 0 else Output(bytes([seq]))))
            expected.take(seq)
            if is_shown and expected.expected > len(shown):
                act = await asyncio.wait_for(way.remote.next_act(), 1)
                shown += act.data if isinstance(act, Output) else b"\0"
                way.remote.done_with_act(act)
                assert way.sent[-1].received == len(shown)
        assert shown == bytes(range(len(shown)))

    asyncio.run(show())


async def test_a_router_that_sends_more_than_it_may_is_cut_off() -> None:
    way = Way()
    for seq in range(3 * MAX_UNTAKEN_FRAMES):
        way.remote.hear(UpFrame(ID, 0, seq, Output(b"y")))
    acts = [await asyncio.wait_for(way.remote.next_act(), 1) for _ in range(2 * MAX_UNTAKEN_FRAMES + 1)]
    assert isinstance(acts[-1], Closed)
    assert acts[-1].reason is EndReason.FAILED
