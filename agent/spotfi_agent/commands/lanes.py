"""Where commands run: one thread per lane, only while it has work, so that a long log does not hold up a kick."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from spotfi_agent.clock import Clock
from spotfi_agent.commands.arguments import ArgumentError
from spotfi_agent.commands.order import (
    Handler,
    Order,
    Outcome,
    Output,
    OutputLostError,
    cancelled_before,
    failed,
)
from spotfi_agent.commands.program import ProgramError
from spotfi_protocol.messages import ResultState

_log = logging.getLogger(__name__)

_NO_MEMORY = "The router has no memory left to carry it out; nothing was done."

Done = Callable[[Order, Outcome | None], None]
"""Called from a lane's thread when a command has ended; None when its outcome will show later."""


class Lanes:
    """Runs orders in the lanes of their handlers."""

    def __init__(self, clock: Clock, done: Done, most_waiting: int = 32) -> None:
        self._clock = clock
        self._done = done
        self._most_waiting = most_waiting
        self._mutex = threading.Lock()
        self._waiting: dict[str, deque[tuple[Handler, Order, Output]]] = {}
        self.is_starved = False
        """Whether there was no memory for the last command."""

    def has_room(self, handler: Handler) -> bool:
        with self._mutex:
            return len(self._waiting.get(handler.lane, ())) < self._most_waiting

    def run(self, handler: Handler, order: Order, output: Output) -> None:
        """Run it when its lane is free. Returns at once."""
        with self._mutex:
            if handler.lane in self._waiting:
                self._waiting[handler.lane].append((handler, order, output))
                return
            self._waiting[handler.lane] = deque([(handler, order, output)])
        thread = threading.Thread(target=self._work_off, args=(handler.lane,), name=f"lane-{handler.lane}", daemon=True)
        if not self._start(thread):
            with self._mutex:
                refused = self._waiting.pop(handler.lane)
            for _, each, _ in refused:
                self._done(each, failed(_NO_MEMORY))

    def withdraw(self, order: Order) -> bool:
        """Take it out of its queue. False when it is not there: it has begun, or has not come yet."""
        with self._mutex:
            for queue in self._waiting.values():
                job = next((job for job in queue if job[1] is order), None)
                if job is not None:
                    queue.remove(job)
                    return True
        return False

    def _work_off(self, lane: str) -> None:
        while job := self._next(lane):
            handler, order, output = job
            self._done(order, self._outcome(handler, order, output))

    def _next(self, lane: str) -> tuple[Handler, Order, Output] | None:
        with self._mutex:
            if self._waiting[lane]:
                return self._waiting[lane].popleft()
            del self._waiting[lane]
            return None

    def _outcome(self, handler: Handler, order: Order, output: Output) -> Outcome | None:
        if order.cancelled.is_set():
            return cancelled_before()
        if order.has_expired(self._clock):
            return Outcome(ResultState.EXPIRED, {"message": "Its deadline passed before it could start."})
        limit_s, overdue = order.limit_s(handler), threading.Event()
        timer = threading.Timer(limit_s, _give_up, (overdue, output))
        timer.daemon = True  # an agent that stops does not wait for it
        if not self._start(timer):
            return failed(_NO_MEMORY)
        try:
            outcome = _run(handler, order, output)
        finally:
            timer.cancel()
        if outcome is None or outcome.state is not ResultState.FAILED:
            return outcome
        return _why_it_failed(outcome, order, f"{limit_s:g} s" if overdue.is_set() else "")

    def _start(self, thread: threading.Thread) -> bool:
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:  # "can't start new thread"
            _log.error("thread_refused name=%s error=%s", thread.name, error)
            self.is_starved = True
        else:
            self.is_starved = False
        return not self.is_starved


def _why_it_failed(outcome: Outcome, order: Order, overdue_after: str) -> Outcome:
    """Failed for its own reasons, or because it was stopped."""
    if order.cancelled.is_set():
        message = "Cancelled while it ran; it may have had part of its effect."
        return Outcome(ResultState.CANCELLED, {**outcome.detail, "message": message})
    if overdue_after:
        return failed(**{**outcome.detail, "message": f"It took longer than {overdue_after} and was stopped."})
    return outcome


def _give_up(overdue: threading.Event, output: Output) -> None:
    overdue.set()
    output.close()


def _run(handler: Handler, order: Order, output: Output) -> Outcome | None:
    try:
        return handler.run(order, output)
    except ArgumentError as error:
        return failed(str(error))
    except (ProgramError, OutputLostError) as error:
        return failed(f"{error}.")
    except Exception as error:  # noqa: BLE001 - a handler's fault must not end the lane; it is reported and logged
        _log.exception("command_crashed command_id=%s kind=%s", order.command.command_id, handler.kind)
        return failed(f"The agent failed to carry it out: {error!r}")
