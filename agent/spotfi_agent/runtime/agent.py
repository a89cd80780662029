"""The agent's one thread of decisions: takes events and the time, and lets the desks do their part, turn by turn."""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

from spotfi_agent import __version__
from spotfi_agent.boot import Boot
from spotfi_agent.clock import Clock
from spotfi_agent.collectors.machine import Machine
from spotfi_agent.link.events import Connected, Delivered, Disconnected, Received
from spotfi_agent.link.link import Link
from spotfi_agent.log_lines import field
from spotfi_agent.runtime.events import (
    Event,
    HurryRequested,
    OrderDone,
    OwnEvent,
    PieceReady,
    SampleTaken,
    StopRequested,
    TerminalEnded,
    TerminalSaid,
    TerminalTook,
)
from spotfi_agent.runtime.inbound import Inbound, Taker
from spotfi_agent.runtime.orders import OrderDesk
from spotfi_agent.runtime.post import Outbox, Post
from spotfi_agent.runtime.results import Results
from spotfi_agent.runtime.telemetry import TelemetryDesk
from spotfi_agent.runtime.terminals import TerminalDesk
from spotfi_agent.spool.remembered import Remembered
from spotfi_protocol import PROTOCOL_VERSION
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Ack, Cancel, Command, Hello, Notice, Settings, State
from spotfi_protocol.terminal import DownFrame
from spotfi_protocol.topics import Down, Up

_log = logging.getLogger(__name__)

_LONGEST_TURN_S = 1.0
_MOST_EVENTS_A_TURN = 64
_GOODBYE_S = 1.0
_HELLO_AGAIN_MS = 10_000
"""A hello nobody has answered is said again: after a broker's restart we may be back before the cloud is."""


class Agent:
    """Everything wired; `run` returns when a StopRequested comes through the queue."""

    def __init__(
        self,
        router_id: UUID,
        machine: Machine,
        queue: SimpleQueue[Event],
        *,
        boot: Boot,
        clock: Clock,
        link: Link,
        post: Post,
        outbox: Outbox,
        results: Results,
        remembered: Remembered,
        telemetry: TelemetryDesk,
        orders: OrderDesk,
        terminals: TerminalDesk,
    ) -> None:
        self._machine = machine
        self._queue = queue
        self._boot = boot
        self._clock = clock
        self._link = link
        self._post = post
        self._outbox = outbox
        self._results = results
        self._remembered = remembered
        self._telemetry = telemetry
        self._orders = orders
        self._terminals = terminals
        self._connection: Connected | None = None
        self._is_heard = False
        self._hello_ms = 0
        self._stopping = False
        self._flash_refuses = False
        takers: dict[Down, Taker] = {
            Down.COMMAND: lambda body: orders.receive(Command.from_wire(body)),
            Down.CANCEL: lambda body: orders.cancel(Cancel.from_wire(body)),
            Down.ACK: lambda body: orders.acknowledge(Ack.from_wire(body)),
            Down.SETTINGS: self._take_settings,
            Down.NOTICE: self._take_notice,
            Down.TERMINAL: lambda body: terminals.receive(DownFrame.from_wire(body)),
        }
        self._inbound = Inbound(router_id, takers)

    def run(self, after_turn: Callable[[], None]) -> None:
        """Work until told to stop, then say goodbye. `after_turn` is called about once a second."""
        self._orders.recover()
        self._link.start()
        while not self._stopping:
            self.turn(min(_LONGEST_TURN_S, self._telemetry.due_in_ms() / 1000))
            after_turn()
        self._say_goodbye()

    def turn(self, wait_s: float) -> None:
        """Handle what has come, or wait a little for it; then bring it to the flash, then to the link, then start work."""
        for event in self._next_events(wait_s):
            self._handle(event)
        self._telemetry.tick()
        self._orders.tick()
        self._terminals.tick()
        takes = [self._results.sync(), self._remembered.sync()]
        self._flash_refuses = not all(takes)
        if self._connection is not None:
            self._send(self._connection)
        self._orders.start_accepted()

    def facts(self) -> dict[str, Any]:
        """What the status file says of the desks."""
        return {
            "interval_s": self._telemetry.interval_s,
            "samples_waiting": self._telemetry.waiting,
            "commands_running": self._orders.running,
            "commands_begun": self._orders.run_count,
            "memory_short": self._orders.is_starved,
            "flash_refuses": self._flash_refuses,
            "journal_damaged_bytes": self._results.damaged_bytes + self._remembered.damaged_bytes,
            "results_waiting": len(self._results),
            "messages_dropped": self._inbound.dropped,
            "terminals_open": self._terminals.open,
        }

    def _next_events(self, wait_s: float) -> list[Event]:
        events: list[Event] = []
        try:
            events.append(self._queue.get(timeout=wait_s))
            while len(events) < _MOST_EVENTS_A_TURN:
                events.append(self._queue.get_nowait())
        except Empty:
            pass
        return events

    def _handle(self, event: Event) -> None:
        match event:
            case Received(topic, payload):
                self._receive(topic, payload)
            case Delivered(token):
                self._post.delivered(token)
            case Connected():
                self._greet(event)
            case Disconnected():
                self._part(event)
            case _:
                self._handle_own(event)

    def _handle_own(self, event: OwnEvent) -> None:
        match event:
            case PieceReady(command_id, piece, data):
                self._orders.add_piece(command_id, piece, data)
            case OrderDone(order, outcome):
                self._orders.done(order, outcome)
            case SampleTaken(sample):
                self._telemetry.add(sample)
            case StopRequested():
                self._stopping = True
            case HurryRequested():
                self._link.hurry()
            case TerminalSaid() | TerminalTook() | TerminalEnded():
                self._terminals.handle(event)

    def _send(self, connection: Connected) -> None:
        """Only hello and terminals leave before the cloud was heard: a broker takes messages nobody has subscribed to, too."""
        if self._post.is_stalled():
            self._link.drop("the broker has acknowledged nothing for 30 s")
            return
        self._terminals.pump()
        if self._is_heard:
            self._outbox.pump()
            self._telemetry.pump()
        elif self._clock.mono_ms() - self._hello_ms >= _HELLO_AGAIN_MS:
            self._say_hello(connection)

    def _receive(self, topic: str, payload: bytes) -> None:
        if not topic.endswith(f"/{Down.TERMINAL}"):  # these come from a process that stores nothing of ours
            self._hear()
        self._inbound.take(topic, payload)

    def _hear(self) -> None:
        if not self._is_heard:
            self._is_heard = True
            self._orders.heard()

    def _greet(self, event: Connected) -> None:
        _log.info("link_connected transport=%s connection=%d", event.transport, event.connection)
        self._connection, self._is_heard = event, False
        self._say_hello(event)
        self._telemetry.connected()
        self._terminals.connected()

    def _say_hello(self, connection: Connected) -> None:
        """The first message of a connection says who we are; the cloud answers with settings and open commands."""
        self._hello_ms = self._clock.mono_ms()
        about = self._machine.describe()
        hello = Hello(
            stamp=self._boot.stamp(),
            connection=connection.connection,
            agent_version=__version__,
            protocol=PROTOCOL_VERSION,
            hostname=about.hostname,
            model=about.model,
            release=about.release,
            transport=connection.transport,
            board=about.board,
            target=about.target,
        )
        self._post.publish(Up.HELLO, encode(hello.to_wire()))

    def _part(self, event: Disconnected) -> None:
        self._connection = None
        self._post.disconnected()
        self._outbox.disconnected()
        name = "link_lost" if event.was_connected else "link_failed"
        _log.warning("%s transport=%s reason=%s", name, event.transport, field(event.reason))

    def _take_settings(self, body: dict[str, Any]) -> None:
        settings = Settings.from_wire(body)
        self._telemetry.set_interval(settings.interval_s)
        self._telemetry.set_live(settings.live_for_s)

    def _take_notice(self, body: dict[str, Any]) -> None:
        notice = Notice.from_wire(body)
        _log.error("notice_received kind=%s", notice.kind.value)
        self._terminals.close()
        self._link.revoke()

    def _say_goodbye(self) -> None:
        """Tell the cloud we go, so that it need not find out; within a moment, or not at all."""
        self._orders.close()
        self._terminals.close()
        if self._connection is not None:
            state = State(self._boot.boot_id, self._connection.connection, online=False)
            self._post.publish(Up.STATE, encode(state.to_wire()))
            end_ms = self._clock.mono_ms() + _GOODBYE_S * 1000
            while not self._post.is_idle() and self._clock.mono_ms() < end_ms:
                for event in self._next_events(0.1):
                    self._handle(event)
        self._link.close(_GOODBYE_S)
        self._results.sync()
        self._remembered.sync()
