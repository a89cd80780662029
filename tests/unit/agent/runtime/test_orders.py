"""Orders: at most once, and always an answer, whenever the power is cut."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from spotfi_agent.boot import Boot
from spotfi_agent.commands.lanes import Lanes
from spotfi_agent.commands.order import Order, Outcome, Output, succeeded
from spotfi_agent.commands.registry import Registry
from spotfi_agent.runtime.orders import OrderDesk
from spotfi_agent.runtime.post import Outbox, Post
from spotfi_agent.runtime.proofs import RebootProof
from spotfi_agent.runtime.results import Results
from spotfi_agent.spool import flash_file
from spotfi_agent.spool.journal import Journal
from spotfi_agent.spool.remembered import Remembered
from spotfi_protocol.codec import decode
from spotfi_protocol.messages import Ack, Command, Result, ResultState
from spotfi_protocol.topics import Up
from tests.unit.agent.clocks import ManualClock

BOOT, NEXT_BOOT = UUID(int=1), UUID(int=2)


class Handler:
    """Counts how often it ran; runs at once, in the caller's thread."""

    lane = "test"
    limit_s = 60.0

    def __init__(self, kind: str, outcome: Outcome | None) -> None:
        self.kind = kind
        self.runs = 0
        self._outcome = outcome

    def run(self, order: Order, output: Output) -> Outcome | None:
        self.runs += 1
        return self._outcome


class ImmediateLanes(Lanes):
    """No threads: what is started is done before `run` returns, and reported when asked for."""

    def __init__(self, clock: ManualClock) -> None:
        self.finished: list[tuple[Order, Outcome | None]] = []
        super().__init__(clock, lambda order, outcome: self.finished.append((order, outcome)))

    def run(self, handler: "Handler", order: Order, output: Output) -> None:  # type: ignore[override]  # the test's own handler
        self.finished.append((order, handler.run(order, output)))


class Router:
    """One life of an agent on a router's flash."""

    def __init__(self, flash: Path, boot_id: UUID = BOOT, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.sent: list[Result] = []
        self.dance = Handler("dance", succeeded("Danced."))
        self.reboot = Handler("reboot", None)
        boot = Boot(boot_id, self.clock)
        self.outbox = Outbox(Post(self, self.clock), self.clock)
        self.results = Results(Journal(flash / "journal", 262_144), self.outbox, boot)
        self.remembered = Remembered(flash / "remembered")
        self.lanes = ImmediateLanes(self.clock)
        self.desk = OrderDesk(
            Registry([self.dance, self.reboot]),
            self.lanes,
            self.results,
            self.remembered,
            boot=boot,
            clock=self.clock,
            piece_ready=lambda *_: None,
            proofs={"reboot": RebootProof(boot, self.clock, 120)},
            key_told=lambda: None,
        )
        self.desk.recover()

    def publish(self, kind: Up, payload: bytes) -> tuple[int, int]:
        assert kind is Up.RESULT
        self.sent.append(Result.from_wire(decode(payload)))
        return 1, len(self.sent)

    def sync(self) -> None:
        self.results.sync()
        self.remembered.sync()

    def turn(self) -> None:
        """As the agent does it: flash, link, work; and then what the work brought."""
        self.sync()
        self.outbox.pump()
        self.desk.start_accepted()
        for order, outcome in self.lanes.finished:
            self.desk.done(order, outcome)
        self.lanes.finished.clear()
        self.desk.tick()
        self.sync()
        self.outbox.pump()

    def states(self, command_id: UUID) -> list[str]:
        return [result.state.value for result in self.sent if result.command_id == command_id]

    def order(self, kind: str = "dance", expires_in_s: int = 60) -> Command:
        deadline_at_ms = self.clock.wall_ms() + expires_in_s * 1000
        return Command(uuid4(), kind, {}, deadline_at_ms, expires_in_s)


def test_a_command_runs_once_however_often_it_comes(tmp_path: Path) -> None:
    router = Router(tmp_path)
    command = router.order()
    for _ in range(3):
        router.desk.receive(command)
        router.turn()
    assert router.dance.runs == 1
    assert router.states(command.command_id) == ["accepted", "succeeded"]
    again = Router(tmp_path, clock=router.clock)
    again.desk.receive(command)
    again.turn()
    assert again.dance.runs == 0
    assert again.states(command.command_id) == ["accepted", "succeeded"]


def test_confirmed_results_are_not_sent_again(tmp_path: Path) -> None:
    router = Router(tmp_path)
    command = router.order()
    router.desk.receive(command)
    router.turn()
    for result in router.sent:
        router.desk.acknowledge(Ack(result.stamp.boot_id, (result.stamp.seq,)))
    router.sync()
    again = Router(tmp_path, clock=router.clock)
    again.turn()
    assert again.sent == []
    again.desk.receive(command)
    again.turn()
    assert (again.dance.runs, again.sent) == (0, [])


def receive_only(router: Router, command: Command) -> None:
    router.desk.receive(command)


def receive_and_sync(router: Router, command: Command) -> None:
    router.desk.receive(command)
    router.sync()


def run_without_reporting(router: Router, command: Command) -> None:
    router.desk.receive(command)
    router.sync()
    router.desk.start_accepted()


@pytest.mark.parametrize("until_the_power_is_cut", [receive_only, receive_and_sync, run_without_reporting])
def test_after_a_power_cut_it_is_reported_and_not_repeated(
    tmp_path: Path, until_the_power_is_cut: Callable[[Router, Command], None]
) -> None:
    router = Router(tmp_path)
    command = router.order()
    until_the_power_is_cut(router, command)
    again = Router(tmp_path, NEXT_BOOT, router.clock)
    again.turn()
    again.desk.receive(command)
    again.turn()
    assert again.dance.runs == 0
    assert again.states(command.command_id)[-1] == "failed"
    assert "may or may not" in again.sent[-1].detail["message"]


def test_a_result_that_was_journalled_is_not_contradicted(tmp_path: Path) -> None:
    router = Router(tmp_path)
    command = router.order()
    run_without_reporting(router, command)
    router.desk.done(*router.lanes.finished[0])  # journalled; the power is cut before it is marked finished
    again = Router(tmp_path, NEXT_BOOT, router.clock)
    again.turn()
    assert again.states(command.command_id) == ["accepted", "succeeded"]
    assert again.remembered.unfinished() == []


def test_a_reboot_is_reported_by_another_boot_only(tmp_path: Path) -> None:
    router = Router(tmp_path)
    command = router.order("reboot")
    router.desk.receive(command)
    router.turn()
    assert router.states(command.command_id) == ["accepted"]
    same_boot = Router(tmp_path, BOOT, router.clock)
    same_boot.turn()
    assert same_boot.states(command.command_id) == ["accepted"]
    next_boot = Router(tmp_path, NEXT_BOOT, router.clock)
    next_boot.turn()
    assert next_boot.states(command.command_id) == ["accepted", "succeeded"]
    assert next_boot.reboot.runs == same_boot.reboot.runs == 0


def test_a_reboot_that_does_not_come_has_failed_even_if_the_agent_was_restarted(tmp_path: Path) -> None:
    router = Router(tmp_path)
    command = router.order("reboot")
    router.desk.receive(command)
    router.turn()
    again = Router(tmp_path, BOOT, router.clock)
    again.clock.advance(119)
    again.turn()
    assert again.states(command.command_id) == ["accepted"]
    again.clock.advance(2)
    again.turn()
    assert again.states(command.command_id)[-1] == "failed"


def test_expired_and_unknown_commands_are_answered(tmp_path: Path) -> None:
    router = Router(tmp_path)
    late, unknown = router.order(expires_in_s=0), router.order("sing")
    for command in (late, unknown):
        router.desk.receive(command)
    router.turn()
    assert router.states(late.command_id) == ["expired"]
    assert router.states(unknown.command_id) == ["failed"]
    assert router.sent[-1].detail["message"] == "This router does not know the command 'sing'. It knows: dance, reboot."
    assert router.dance.runs == 0


def test_a_disk_that_takes_nothing_begins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    router = Router(tmp_path)
    command = router.order()
    with monkeypatch.context() as patch:
        patch.setattr(flash_file, "_write_all", refuse)
        router.desk.receive(command)
        router.turn()
        assert router.dance.runs == 0
        assert router.states(command.command_id) == ["failed"]
        assert "disk takes no writes" in router.sent[-1].detail["message"]
    later = router.order()
    router.desk.receive(later)
    router.turn()
    assert router.states(later.command_id) == ["accepted", ResultState.SUCCEEDED]


def test_a_full_journal_puts_commands_off(tmp_path: Path) -> None:
    router = Router(tmp_path)
    while router.results.have_room(16 * 1024):
        router.results.report(uuid4(), ResultState.FAILED, {"output": uuid4().hex * 200})
    command = router.order()
    router.desk.receive(command)
    router.turn()
    assert router.dance.runs == 0
    assert not router.remembered.knows(command.command_id)
