"""What the ledger says of hosts' stretches, and what came late for them, at one moment: read for many hosts in one pass.

A month may be billed by a reading for as long as its edges hold: what the ledger grows by after the moment is late usage
that the reading does not know, and the next document has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import usage
from spotfi_cloud.billing.repository.usage import Late, Span
from spotfi_cloud.billing.rules import Usage

Edges = tuple[tuple[datetime, datetime], ...]
"""Where each stretch of a month begins and ends."""


@dataclass(slots=True)
class Reading:
    """A host's stretches by the ledger, and all late usage of the host that was not billed."""

    edges: Edges
    used: list[Usage] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)


async def read_ledger(session: AsyncSession, edges: Mapping[UUID, Edges]) -> dict[UUID, Reading]:
    """Read the stretches of hosts; all of one moment."""
    readings = {host_id: Reading(own) for host_id, own in edges.items()}
    spans = spans_of(edges)
    sums, late = await usage.read_usage(session, [span for _, span in spans])
    for each in sums:
        stretch, span = spans[each.number]
        readings[span.host_id].used.append(Usage(stretch, each.router_id, each.up_bytes, each.down_bytes))
    for late_usage in late:
        readings[late_usage.host_id].late.append(late_usage)
    return readings


async def still_right(
    session: AsyncSession, readings: Mapping[UUID, Reading], edges: Mapping[UUID, Edges]
) -> dict[UUID, Reading]:
    """The hosts' readings as they hold now: read anew where the edges are others, without late usage billed meanwhile."""
    kept = {host_id: readings[host_id] for host_id, own in edges.items() if _edges(readings.get(host_id)) == own}
    unbilled = await usage.still_unbilled(session, [each.late_usage_id for own in kept.values() for each in own.late])
    for reading in kept.values():
        reading.late = [each for each in reading.late if each.late_usage_id in unbilled]
    return kept | await read_ledger(session, {host_id: own for host_id, own in edges.items() if host_id not in kept})


def spans_of(edges: Mapping[UUID, Edges]) -> Sequence[tuple[int, Span]]:
    """(number within its host's month, the span) of every stretch; spans are numbered throughout."""
    spans: list[tuple[int, Span]] = []
    for host_id, own in edges.items():
        spans += [(index, Span(len(spans) + index, host_id, *each)) for index, each in enumerate(own)]
    return spans


def _edges(reading: Reading | None) -> Edges | None:
    return None if reading is None else reading.edges
