"""Lanes: in order within one, side by side between two; a handler's fault is an outcome."""

import threading
from uuid import uuid4

from spotfi_agent.commands.lanes import Lanes
from spotfi_agent.commands.order import Order, Outcome, Output, OutputLostError, cancelled_before, succeeded
from spotfi_agent.commands.window import Window
from spotfi_protocol.messages import Command, ResultState
from tests.unit.agent.clocks import ManualClock


class Gate:
    """A handler that waits until it is let through."""

    kind = "gate"
    limit_s = 60.0

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self.began: list[str] = []
        self.open = threading.Event()

    def run(self, order: Order, output: Output) -> Outcome | None:
        self.began.append(order.command.args["name"])
        assert self.open.wait(5)
        return succeeded("through")


class Broken:
    kind = "broken"
    lane = "broken"
    limit_s = 60.0

    def run(self, order: Order, output: Output) -> Outcome | None:
        raise KeyError("oops")


class Journal:
    """Collects what is done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Outcome | None]] = []
        self.changed = threading.Condition()

    def __call__(self, order: Order, outcome: Outcome | None) -> None:
        with self.changed:
            self.done.append((order.command.args["name"], outcome))
            self.changed.notify_all()

    def wait(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.done) >= count, 5)


def order(name: str, clock: ManualClock, expires_in_s: int = 60) -> Order:
    return Order(Command(uuid4(), "gate", {"name": name}, 1 << 50, expires_in_s), clock.mono_ms())


def window() -> Window:
    return Window(uuid4(), lambda *_: None)


def test_a_lane_keeps_order_and_does_not_hold_up_another() -> None:
    clock, journal = ManualClock(), Journal()
    lanes, slow, quick = Lanes(clock, journal, most_waiting=2), Gate("slow"), Gate("quick")
    quick.open.set()
    for name in ("1", "2", "3"):
        lanes.run(slow, order(name, clock), window())
    lanes.run(quick, order("q", clock), window())
    journal.wait(1)
    assert journal.done[0][0] == "q"
    assert not lanes.has_room(slow)
    slow.open.set()
    journal.wait(4)
    assert slow.began == ["1", "2", "3"]
    assert lanes.has_room(slow)


def test_what_waited_past_its_deadline_does_not_start() -> None:
    clock, journal = ManualClock(), Journal()
    lanes, gate = Lanes(clock, journal), Gate("one")
    lanes.run(gate, order("first", clock), window())
    lanes.run(gate, order("late", clock, expires_in_s=5), window())
    clock.advance(6)
    gate.open.set()
    journal.wait(2)
    assert gate.began == ["first"]
    late = journal.done[1][1]
    assert late is not None
    assert late.state is ResultState.EXPIRED


def test_a_fault_is_reported_and_the_lane_goes_on() -> None:
    clock, journal = ManualClock(), Journal()
    lanes = Lanes(clock, journal)
    for name in ("1", "2"):
        lanes.run(Broken(), order(name, clock), window())
    journal.wait(2)
    outcome = journal.done[1][1]
    assert outcome is not None
    assert outcome.state is ResultState.FAILED
    assert "oops" in outcome.detail["message"]


class Talkative:
    """Runs until nobody wants its output any more."""

    kind = "talkative"
    lane = "talkative"
    limit_s = 0.2

    def __init__(self) -> None:
        self.began = threading.Event()

    def run(self, order: Order, output: Output) -> Outcome | None:
        closed = threading.Event()
        output.when_closed(closed.set)
        self.began.set()
        assert closed.wait(5)
        raise OutputLostError("the output was closed")


def test_a_command_that_takes_too_long_is_stopped_and_says_so() -> None:
    clock, journal = ManualClock(), Journal()
    Lanes(clock, journal).run(Talkative(), order("long", clock), window())
    journal.wait(1)
    outcome = journal.done[0][1]
    assert outcome is not None
    assert outcome.state is ResultState.FAILED
    assert outcome.detail["message"] == "It took longer than 0.2 s and was stopped."


def test_a_cancelled_command_stops_or_never_begins() -> None:
    clock, journal = ManualClock(), Journal()
    lanes, talkative = Lanes(clock, journal), Talkative()
    talkative.limit_s = 60
    running, waiting, unqueued = (order(name, clock) for name in ("running", "waiting", "unqueued"))
    outputs = window(), window()
    lanes.run(talkative, running, outputs[0])
    lanes.run(talkative, waiting, outputs[1])
    assert talkative.began.wait(5)
    assert not lanes.withdraw(running)
    assert not lanes.withdraw(unqueued)
    assert lanes.withdraw(waiting)
    running.cancelled.set()
    outputs[0].close()
    journal.wait(1)
    outcome = journal.done[0][1]
    assert outcome is not None
    assert outcome.state is ResultState.CANCELLED
    unqueued.cancelled.set()
    lanes.run(talkative, unqueued, window())
    journal.wait(2)
    assert journal.done[1][1] == cancelled_before()
    assert [name for name, _ in journal.done] == ["running", "unqueued"]
