"""Puts a running agent together from its configuration and identity, and holds it to one per state directory."""

import fcntl
import logging
import random
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from spotfi_agent import __version__
from spotfi_agent.boot import Boot, read_boot_id
from spotfi_agent.clock import SystemClock
from spotfi_agent.collectors.choice import open_machine
from spotfi_agent.collectors.machine import Machine
from spotfi_agent.commands.agent_upgrade import KIND as AGENT_UPGRADE
from spotfi_agent.commands.choice import make_handlers
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.lanes import Lanes
from spotfi_agent.commands.reboot import KIND as REBOOT
from spotfi_agent.commands.registry import Registry
from spotfi_agent.config import Config
from spotfi_agent.exits import ALREADY_RUNNING, NOT_ENROLLED, USAGE
from spotfi_agent.failure import Failure
from spotfi_agent.key_check import KeyCheck
from spotfi_agent.keys import KeyRing
from spotfi_agent.link.endpoint import Endpoint, Transport, websocket_endpoint
from spotfi_agent.link.link import Link
from spotfi_agent.link.paho import Credentials
from spotfi_agent.link.path import PathMeter
from spotfi_agent.link.route import Pace
from spotfi_agent.link.session import Times
from spotfi_agent.places import Places
from spotfi_agent.runtime.agent import Agent
from spotfi_agent.runtime.clock_setter import ClockSetter
from spotfi_agent.runtime.events import Event, HurryRequested, OrderDone, PieceReady, SampleTaken, StopRequested
from spotfi_agent.runtime.gate import Gate
from spotfi_agent.runtime.orders import OrderDesk
from spotfi_agent.runtime.post import Outbox, Post
from spotfi_agent.runtime.proofs import RebootProof, UpgradeProof
from spotfi_agent.runtime.results import Results
from spotfi_agent.runtime.sampler import Sampler
from spotfi_agent.runtime.status_writer import StatusWriter
from spotfi_agent.runtime.telemetry import TelemetryDesk
from spotfi_agent.runtime.terminals import Rules, TerminalDesk
from spotfi_agent.spool.journal import Journal
from spotfi_agent.spool.remembered import Remembered
from spotfi_agent.spool.ring import Ring
from spotfi_agent.tls import trusting
from spotfi_agent.trial import Trial
from spotfi_protocol.codec import encode
from spotfi_protocol.enrolment import EnrolmentGrant
from spotfi_protocol.messages import State

_log = logging.getLogger(__name__)


def run_agent(places: Places, config: Config, identity: EnrolmentGrant) -> None:
    """Run until SIGTERM or SIGINT; SIGUSR1 makes it dial at once. Failure when it cannot begin."""
    with _only_one(places.lock):
        queue: SimpleQueue[Event] = SimpleQueue()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: queue.put(StopRequested()))
        signal.signal(signal.SIGUSR1, lambda *_: queue.put(HurryRequested()))
        boot = Boot(read_boot_id(Path(config.boot_id_file)), SystemClock())
        api = endpoints_of(identity)[Transport.WEBSOCKET]
        keys = KeyRing(places, identity, KeyCheck(api, context_of(identity), identity.router_id))
        gate = Gate(queue)
        link = _make_link(identity, keys, config, gate, boot)
        agent = _assemble(places, config, identity, keys=keys, queue=queue, boot=boot, link=link)
        _log.info("agent_started version=%s router_id=%s boot_id=%s", __version__, identity.router_id, boot.boot_id)
        status = StatusWriter(
            places.status, agent, link, gate, router_id=identity.router_id, endpoints=endpoints_of(identity)
        )
        agent.run(status.write_if_due)
        places.status.unlink(missing_ok=True)
        _log.info("agent_stopped")


def endpoints_of(identity: EnrolmentGrant) -> dict[Transport, Endpoint]:
    """Both ways to the cloud. Failure when the identity's are no addresses."""
    try:
        fallback = websocket_endpoint(identity.websocket_url)
    except ValueError as error:
        msg = f"The identity of this router is unusable ({error}). Enrol it again."
        raise Failure(msg, USAGE) from error
    return {
        Transport.MQTT: Endpoint(Transport.MQTT, identity.mqtt_host, identity.mqtt_port),
        Transport.WEBSOCKET: fallback,
    }


def context_of(identity: EnrolmentGrant) -> ssl.SSLContext:
    """Trust in the CA that enrolment gave. Failure when the certificate in the identity is damaged."""
    try:
        return trusting(identity.ca_pem)
    except (ValueError, OSError) as error:
        msg = f"The CA certificate in this router's identity is damaged ({error}). Enrol it again with a new code."
        raise Failure(msg, NOT_ENROLLED) from error


def _make_link(identity: EnrolmentGrant, keys: KeyRing, config: Config, gate: Gate, boot: Boot) -> Link:
    def new_connection() -> tuple[int, bytes]:
        connection = boot.next_connection()
        return connection, encode(State(boot.boot_id, connection, online=False).to_wire())

    return Link(
        endpoints_of(identity),
        Credentials(identity.router_id, keys, context_of(identity)),
        gate,
        new_connection,
        pace=Pace(
            fallback_after_s=config.fallback_after_s,
            primary_retry_s=config.primary_retry_s,
            backoff_first_s=config.backoff_first_s,
            backoff_most_s=config.backoff_most_s,
            revoked_retry_s=config.revoked_retry_s,
        ),
        times=Times(keepalive_s=config.keepalive_s, connect_timeout_s=config.connect_timeout_s),
        set_clock=ClockSetter(endpoints_of(identity)[Transport.WEBSOCKET], identity.ca_pem, config.clock_command),
    )


def _assemble(
    places: Places,
    config: Config,
    identity: EnrolmentGrant,
    *,
    keys: KeyRing,
    queue: SimpleQueue[Event],
    boot: Boot,
    link: Link,
) -> Agent:
    clock = SystemClock()
    machine = _open_machine(config, clock)
    post = Post(link, clock)
    outbox = Outbox(post, clock)
    results = Results(Journal(places.journal, config.journal_bytes), outbox, boot)
    remembered = Remembered(places.remembered)
    telemetry = TelemetryDesk(
        Sampler(machine, lambda sample: queue.put(SampleTaken(sample))),
        Ring(config.ring_bytes),
        boot,
        post,
        clock,
        path=PathMeter(link.path),
        interval_s=config.interval_s,
        chance=random.SystemRandom(),
    )
    api = endpoints_of(identity)[Transport.WEBSOCKET]
    device = Device(api.host, api.port, context_of(identity), identity.router_id, lambda: keys.current)
    trial = Trial(places.upgrade)
    if all(begun.kind != AGENT_UPGRADE for begun in remembered.unfinished()):
        trial.clear_leftovers()
    unconfirmed = results.finished_commands()
    keys.recall({begun.command_id for begun in remembered.unfinished()} - unconfirmed, unconfirmed)

    def use_new_key() -> None:
        if keys.use_next():
            link.drop("it is time to use the new key")

    orders = OrderDesk(
        Registry(make_handlers(config, device, keys, trial)),
        Lanes(clock, lambda order, outcome: queue.put(OrderDone(order, outcome))),
        results,
        remembered,
        boot=boot,
        clock=clock,
        piece_ready=lambda command_id, piece, data: queue.put(PieceReady(command_id, piece, data)),
        proofs={REBOOT: RebootProof(boot, clock, config.reboot_timeout_s), AGENT_UPGRADE: UpgradeProof(trial)},
        key_told=use_new_key,
    )
    return Agent(
        identity.router_id,
        machine,
        queue,
        boot=boot,
        clock=clock,
        link=link,
        post=post,
        outbox=outbox,
        results=results,
        remembered=remembered,
        telemetry=telemetry,
        orders=orders,
        terminals=TerminalDesk(post, clock, Rules.of(config), queue.put),
    )


def _open_machine(config: Config, clock: SystemClock) -> Machine:
    try:
        return open_machine(config.machine, clock, boot_mark=Path(config.boot_id_file))
    except ValueError as error:
        msg = f"The option machine: {error}."
        raise Failure(msg, USAGE) from error


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock; the kernel lets it go when the process ends, however it does."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = "The agent is already running. See: spotfi-agent status"
            raise Failure(msg, ALREADY_RUNNING) from error
        yield
