"""What a batch of messages does to the database, and what is to be published once that is committed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.entrypoints.ingest.link import Publication
from spotfi_cloud.entrypoints.ingest.reading import Incoming
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.routers import service as routers
from spotfi_cloud.telemetry import service as telemetry
from spotfi_protocol.codec import encode
from spotfi_protocol.messages import Ack, Hello, Notice, NoticeKind, Output, Result, Settings, State
from spotfi_protocol.topics import Down, down_topic


@dataclass(slots=True)
class Outcome:
    """What handling a batch led to; nothing of it counts before the commit."""

    publications: list[Publication] = field(default_factory=list)
    refused: list[Incoming] = field(default_factory=list)
    """Messages of routers that are unknown or shut out, and reports about commands that are not theirs."""
    samples: int = 0


async def handle_batch(session: AsyncSession, batch: Sequence[Incoming], *, clock: Clock) -> Outcome:
    """Store a batch, in order. Handling the same messages again changes nothing and gives the same acknowledgements."""
    outcome = Outcome()
    intervals = await routers.get_admitted_intervals(session, sorted({message.router_id for message in batch}))
    heard: set[UUID] = set()
    samples: list[telemetry.Batch] = []
    for message in batch:
        if message.router_id not in intervals:
            _refuse(outcome, message)
            continue
        match message.body:
            case State() as state:
                await routers.note_state(session, message.router_id, state, clock=clock)
                continue
            case Hello() as hello:
                await _greet(session, outcome, message.router_id, hello, intervals[message.router_id], clock=clock)
            case telemetry.Message() as body:
                samples.append(telemetry.Batch(message.router_id, body))
                if body.count:
                    continue  # heard of when they are stored
            case Result() | Output():
                await _note_report(session, outcome, message, clock)
        heard.add(message.router_id)
    outcome.samples = await telemetry.store_batches(session, samples, clock=clock)
    if heard:
        await routers.note_heard(session, sorted(heard), clock=clock)
    outcome.publications += acknowledgements(message for message in batch if message.router_id in intervals)
    return outcome


def _refuse(outcome: Outcome, message: Incoming) -> None:
    outcome.refused.append(message)
    if isinstance(message.body, Hello):
        outcome.publications.append(revocation_of(message.router_id))


async def _greet(
    session: AsyncSession, outcome: Outcome, router_id: UUID, hello: Hello, interval_s: int, *, clock: Clock
) -> None:
    if await routers.note_hello(session, router_id, hello, clock=clock):
        live_for_s = (await telemetry.get_live_seconds(session, [router_id], clock=clock)).get(router_id, 0)
        outcome.publications.append(settings_of(router_id, interval_s, live_for_s))
        waiting = await routers.take_commands(session, [router_id], again=True, clock=clock)
        outcome.publications += map(to_publication, waiting)
        cancelled = await routers.take_cancellations(session, [router_id], clock=clock)
        outcome.publications += map(to_cancellation, cancelled)


async def _note_report(session: AsyncSession, outcome: Outcome, message: Incoming, clock: Clock) -> None:
    if isinstance(message.body, Result):
        known = await routers.note_result(session, message.router_id, message.body, clock=clock)
    else:
        assert isinstance(message.body, Output)
        known = await routers.note_output(session, message.router_id, message.body, clock=clock)
    if not known:
        outcome.refused.append(message)


def acknowledgements(messages: Iterable[Incoming]) -> list[Publication]:
    """What lets the routers forget their reports: one `down/ack` for each router and boot."""
    seqs: dict[tuple[UUID, UUID], list[int]] = defaultdict(list)
    for message in messages:
        if isinstance(message.body, Result | Output):
            seqs[message.router_id, message.body.stamp.boot_id].append(message.body.stamp.seq)
    return [
        Publication(down_topic(router_id, Down.ACK), encode(Ack(boot_id, tuple(numbers)).to_wire()))
        for (router_id, boot_id), numbers in seqs.items()
    ]


def settings_of(router_id: UUID, interval_s: int, live_for_s: int) -> Publication:
    return Publication(down_topic(router_id, Down.SETTINGS), encode(Settings(interval_s, live_for_s).to_wire()))


def revocation_of(router_id: UUID) -> Publication:
    return Publication(down_topic(router_id, Down.NOTICE), encode(Notice(NoticeKind.REVOKED).to_wire()))


def to_publication(outgoing: routers.OutgoingCommand) -> Publication:
    return Publication(down_topic(outgoing.router_id, Down.COMMAND), encode(outgoing.command.to_wire()))


def to_cancellation(outgoing: routers.OutgoingCancel) -> Publication:
    return Publication(down_topic(outgoing.router_id, Down.CANCEL), encode(outgoing.cancel.to_wire()))
