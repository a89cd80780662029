"""Terminals on a real router's agent, through a real broker: the cloud's side is these tests'."""

import hashlib
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import pytest

from spotfi_protocol.codec import decode, encode
from spotfi_protocol.ordered import Incoming
from spotfi_protocol.terminal import (
    MAX_INPUT_BYTES,
    Close,
    Closed,
    DownAct,
    DownFrame,
    EndReason,
    Input,
    Open,
    Opened,
    Output,
    Resize,
    UpFrame,
)
from spotfi_protocol.topics import EVERY_TERMINAL, Down, down_topic, parse_up
from tests.integration.agent.conftest import NewRouter
from tests.integration.agent.peers import Broker, Door, Loop, SmallCloud, eventually
from tests.integration.agent.router import Router


class Screen:
    """One terminal, as whoever has it open sees it. Says what it has taken unless told not to."""

    def __init__(self, cloud: SmallCloud, router: Router, *, answers: bool = True) -> None:
        self.session_id = uuid4()
        self.shown, self.frames = b"", 0
        self.opened = False
        self.closed: Closed | None = None
        self.taken_of_ours = 0
        self.answers = answers
        self._cloud, self._router_id = cloud, router.router_id
        self._incoming, self._seq = Incoming(), 0
        self._arrived: queue.SimpleQueue[UpFrame] = queue.SimpleQueue()

    def arrive(self, frame: UpFrame) -> None:
        self._arrived.put(frame)

    def open(self) -> None:
        self.say(Open(80, 24))
        eventually("it is open or refused", lambda: self.look() and (self.opened or self.closed))

    def say(self, act: DownAct, *, times: int = 1) -> None:
        for _ in range(times):
            self.send(self._seq, act)
        self._seq += 1

    def type(self, text: str) -> None:
        self.say(Input(text.encode()))

    def answer(self) -> bool:
        """Say what was taken, and that somebody is there."""
        self.send(0, None)
        return True

    def shows(self, text: str, *, within_s: float = 30) -> None:
        eventually(f"{text!r} is shown", lambda: self.look() and text.encode() in self.shown, within_s=within_s)

    def ends(self, *, within_s: float = 30) -> Closed:
        eventually("it ends", lambda: self.look() and self.closed, within_s=within_s)
        assert self.closed is not None
        return self.closed

    def look(self) -> bool:
        """Take what has arrived."""
        while not self._arrived.empty():
            frame = self._arrived.get()
            self.taken_of_ours = max(self.taken_of_ours, frame.received)
            if frame.act is None or not self._incoming.take(frame.seq):
                continue
            self.frames += 1
            match frame.act:
                case Opened():
                    self.opened = True
                case Output(data):
                    self.shown += data
                case Closed():
                    self.closed = frame.act
            if self.answers:
                self.answer()
        return True

    def send(self, seq: int, act: DownAct | None) -> None:
        frame = DownFrame(self.session_id, self._incoming.expected, seq, act)
        self._cloud.say_raw(down_topic(self._router_id, Down.TERMINAL), encode(frame.to_wire()))


Show = Callable[..., Screen]


@pytest.fixture
def show(cloud: SmallCloud) -> Show:
    """Make screens that hear of their terminals."""
    screens: dict[UUID, Screen] = {}

    def heard(_client: object, _data: object, message: object) -> None:
        parse_up(message.topic)  # type: ignore[attr-defined]  # paho's message
        frame = UpFrame.from_wire(decode(bytes(message.payload)))  # type: ignore[attr-defined]  # paho's message
        screens[frame.session_id].arrive(frame)

    cloud.client.message_callback_add(EVERY_TERMINAL, heard)
    cloud.client.subscribe(EVERY_TERMINAL, qos=1)

    def make(router: Router, *, answers: bool = True) -> Screen:
        screen = Screen(cloud, router, answers=answers)
        screens[screen.session_id] = screen
        return screen

    return make


@pytest.fixture
def door(loop: Loop, broker: Broker) -> Iterator[Door]:
    """On the way to the broker."""
    door = Door(loop, broker.tls_port)
    yield door
    door.shut()


def started(new_router: NewRouter, cloud: SmallCloud, **options: object) -> Router:
    router = new_router(allow_terminal=1, **options)
    router.start()
    eventually("the router is online", lambda: cloud.hellos)
    return router


def lives(process: psutil.Process, name: str | None = None) -> bool:
    """Whether it still runs, under that name where one is given."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and name in (None, process.name())
    except psutil.NoSuchProcess:
        return False


def below(pid: int) -> list[psutil.Process]:
    return [each for each in psutil.Process(pid).children(recursive=True) if lives(each)]


def sleeping(router: Router) -> list[psutil.Process]:
    return [each for each in below(router.pid) if lives(each, "sleep")]


def test_a_shell_with_a_screen_and_ctrl_c(new_router: NewRouter, cloud: SmallCloud, show: Show) -> None:
    router = started(new_router, cloud)
    screen = show(router)
    screen.open()
    screen.type("stty size; echo [$HOME] [$TERM]\n")
    screen.shows("24 80")
    screen.shows(f"[{Path.home()}] [xterm]")
    screen.say(Resize(132, 50))
    screen.type("stty size\n")
    screen.shows("50 132")
    screen.type("sleep 1000\n")
    eventually("it sleeps", lambda: sleeping(router))
    screen.type("\x03")
    eventually("it sleeps no more", lambda: not sleeping(router))
    screen.type("sleep 1001 & exit 7\n")
    assert screen.ends() == Closed(EndReason.EXITED, "The shell has ended.", 7)
    eventually("nothing is left", lambda: not below(router.pid))
    assert router.status()["terminals_open"] == 0


def test_what_comes_twice_is_typed_once_and_what_comes_too_early_is_not_typed(
    new_router: NewRouter, cloud: SmallCloud, show: Show
) -> None:
    screen = show(started(new_router, cloud))
    screen.open()
    screen.say(Input(b"echo o"), times=3)
    screen.say(Input(b"nce; echo $((20 + 3))\n"), times=2)
    screen.shows("23\r\n")
    assert screen.shown.count(b"once\r\n") == 1
    late = DownFrame(screen.session_id, 0, 99, Input(b"echo early\n"))
    cloud.say_raw(down_topic(screen._router_id, Down.TERMINAL), encode(late.to_wire()))
    screen.type("echo $((40 + 2))\n")
    screen.shows("42\r\n")
    assert b"early" not in screen.shown


def test_output_waits_for_whoever_reads_it(new_router: NewRouter, cloud: SmallCloud, show: Show) -> None:
    router = started(new_router, cloud)
    screen = show(router, answers=False)
    screen.open()
    screen.answer()
    screen.type("yes\n")
    screen.shows("y\r\ny")
    samples = len(cloud.batches)
    eventually("telemetry goes on", lambda: len(cloud.batches) > samples + 2)
    screen.look()
    assert screen.frames <= 8 + 3  # those it had answered
    assert len(screen.shown) <= 11 * 8 * 1024
    busy_s = psutil.Process(router.pid).cpu_times().user
    time.sleep(1)
    assert psutil.Process(router.pid).cpu_times().user - busy_s < 0.3
    screen.answers = True
    screen.answer()
    eventually("it flows again", lambda: screen.look() and len(screen.shown) > 256 * 1024)
    screen.type("\x03")
    screen.type("echo over\n")
    screen.shows("over\r\n")


def test_input_waits_for_whoever_reads_it(new_router: NewRouter, cloud: SmallCloud, show: Show, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    screen = show(started(new_router, cloud))
    screen.open()
    total = 60 * MAX_INPUT_BYTES
    screen.type(
        f"stty raw -echo; echo READY; until [ -e {gate} ]; do sleep 0.1; done; head -c {total} | md5sum; stty sane\n"
    )
    screen.shows("READY\n")
    pieces = [bytes([65 + number % 26]) * MAX_INPUT_BYTES for number in range(60)]

    def push() -> bool:
        screen.look()
        done = screen.taken_of_ours - 2
        for number in range(done, min(done + 8, len(pieces))):
            screen.send(number + 2, Input(pieces[number]))
        return done == len(pieces)

    eventually("some is taken", lambda: push() or screen.taken_of_ours > 2)
    for _ in range(10):
        push()
        time.sleep(0.1)
    assert screen.taken_of_ours < 40
    gate.touch()
    eventually("all of it is taken", push)
    screen.shows(hashlib.md5(b"".join(pieces)).hexdigest())


@pytest.mark.parametrize("way", ["close", "cut", "stop"])
def test_nothing_is_left_when_it_ends_from_outside(
    way: str, new_router: NewRouter, cloud: SmallCloud, show: Show, door: Door
) -> None:
    router = started(
        new_router, cloud, mqtt_port=door.port, terminal_grace_s=3, fallback_after_s=60, primary_retry_s=60
    )
    screen = show(router)
    screen.open()
    screen.type("trap '' HUP; (trap '' HUP; sleep 1002) &\n")
    screen.type("sleep 1003\n")
    eventually("both sleep", lambda: screen.answer() and len(sleeping(router)) == 2)
    found = below(router.pid)
    if way == "close":
        screen.say(Close(EndReason.LEFT))
        assert screen.ends() == Closed(EndReason.LEFT, "", None)
    elif way == "cut":
        door.shut()
    else:
        assert router.stop() == 0
        assert screen.ends().reason is EndReason.STOPPED
    eventually("nothing is left", lambda: not any(map(lives, found)))


def test_a_short_cut_is_bridged(new_router: NewRouter, cloud: SmallCloud, show: Show, door: Door) -> None:
    screen = show(started(new_router, cloud, mqtt_port=door.port, fallback_after_s=60))
    screen.open()
    screen.type("for n in 1 2 3 4 5 6 7 8 9; do echo n$n; sleep 0.4; done\n")
    screen.shows("n2\r\n")
    door.shut()
    time.sleep(1)
    door.open()
    screen.shows("n9\r\n")
    assert screen.shown.count(b"n5\r\n") == 1
    screen.type("echo $((30 + 1))\n")
    screen.shows("31\r\n")


def test_only_where_the_router_allows_it_and_not_too_many(new_router: NewRouter, cloud: SmallCloud, show: Show) -> None:
    router = started(new_router, cloud)
    screens = [show(router) for _ in range(3)]
    for screen in screens:
        screen.open()
    assert [screen.opened for screen in screens] == [True, True, False]
    assert screens[2].ends().reason is EndReason.TOO_MANY
    closed = new_router("closed")
    closed.start()
    eventually("the other is online", lambda: len(cloud.hellos) > 1)
    refused = show(closed)
    refused.open()
    assert refused.ends().reason is EndReason.NOT_ALLOWED
    assert "allow_terminal" in refused.ends().message
    assert below(closed.pid) == []


def test_idle_ones_are_closed_and_late_frames_open_nothing(
    new_router: NewRouter, cloud: SmallCloud, show: Show
) -> None:
    router = started(new_router, cloud, terminal_idle_s=1)
    screen = show(router)
    screen.open()
    assert screen.ends().reason is EndReason.IDLE
    again = DownFrame(screen.session_id, 0, 0, Open(80, 24))
    cloud.say_raw(down_topic(router.router_id, Down.TERMINAL), encode(again.to_wire()))
    stranger = show(router)
    stranger._incoming.expected = 17
    stranger.type("ls\n")
    assert stranger.ends().reason is EndReason.STOPPED
    assert router.status()["terminals_open"] == 0
