"""What hosts owe, or are owed, for a month, rated from the ledger as it is now. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, ledger, months, sales, tariffs, usage
from spotfi_cloud.billing.repository.invoices import Host
from spotfi_cloud.billing.repository.months import BilledMonth
from spotfi_cloud.billing.repository.usage import Late, Span
from spotfi_cloud.billing.rules import (
    SETTLES_AFTER,
    Direction,
    DocumentKind,
    Line,
    LocalMonth,
    Month,
    Presence,
    Sales,
    Stretch,
    Usage,
    cut,
    late_lines,
    presence,
    price_month,
    stretch_at,
    thaw,
    with_usage,
)
from spotfi_cloud.billing.service.readings import Edges, Reading, read_ledger, spans_of, still_right
from spotfi_cloud.kernel.periods import month_of

_NOTHING_READ: Mapping[UUID, Reading] = {}
KINDS = {Direction.CHARGE: DocumentKind.INVOICE, Direction.PAY: DocumentKind.SETTLEMENT}


@dataclass(slots=True)
class RatedMonth:
    """A host's month as it stands. `follows`: an earlier one is billed. `settles`: the late usage its documents settle."""

    host: Host
    local: LocalMonth
    month: Month
    follows: bool = False
    lines: dict[DocumentKind, list[Line]] = field(default_factory=dict)
    settles: list[UUID] = field(default_factory=list)

    def is_over(self, now: datetime) -> bool:
        return self.local.ends_at + SETTLES_AFTER <= now

    def is_closed(self, now: datetime) -> bool:
        """Whether it is over for good. One without documents is too, where billing had begun: nobody looks at it again."""
        return self.is_over(now) and bool(self.lines or self.follows or self.month.share[0])

    def router_ids(self) -> set[UUID]:
        """The routers that its lines name."""
        return {line.router_id for own in self.lines.values() for line in own if line.router_id is not None}


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What hosts' months are made of before anything is counted, by host."""

    billed: Mapping[UUID, list[BilledMonth]]
    locals: Mapping[UUID, LocalMonth]
    stretches: Mapping[UUID, tuple[Stretch, ...]]

    def edges(self) -> dict[UUID, Edges]:
        """Where the stretches begin and end."""
        return {
            host_id: tuple((local.edge(part.first_day), local.edge(part.end_day)) for part in self.stretches[host_id])
            for host_id, local in self.locals.items()
        }


async def _calendar(session: AsyncSession, hosts: Sequence[Host], period: str) -> _Calendar:
    ids = [host.id for host in hosts]
    billed = await months.months_of(session, ids)
    terms = {
        host_id: [(tariff.valid_from, tariffs.terms_of(tariff)) for tariff in own]
        for host_id, own in (await tariffs.tariffs_of(session, ids)).items()
    }
    locals_ = {host.id: local_month(host, period, billed[host.id]) for host in hosts}
    return _Calendar(billed, locals_, {host_id: cut(local, terms[host_id]) for host_id, local in locals_.items()})


async def read_month(session: AsyncSession, period: str, host_ids: Collection[UUID]) -> dict[UUID, Reading]:
    """What the ledger says of the hosts' month (`YYYY-MM`) now, for `rate_hosts`: one pass, however many they are."""
    hosts = await invoices.hosts_with(session, host_ids)
    return await read_ledger(session, (await _calendar(session, hosts, period)).edges())


async def rate_hosts(
    session: AsyncSession, hosts: Sequence[Host], period: str, readings: Mapping[UUID, Reading] = _NOTHING_READ
) -> list[RatedMonth]:
    """The month (`YYYY-MM`) of each host, none of which has it billed yet, by the readings that still hold."""
    calendar = await _calendar(session, hosts, period)
    edges, stretches = calendar.edges(), calendar.stretches
    current = await still_right(session, readings, edges)
    sold = await _sales(session, hosts, spans_of(edges), stretches)
    presences = await _presences(session, calendar.locals)
    rated = []
    for host in hosts:
        counted = (tuple(presences[host.id]), tuple(current[host.id].used), tuple(sold[host.id]))
        local, billed = calendar.locals[host.id], calendar.billed[host.id]
        month = Month(local.days, stretches[host.id], *counted)
        found = RatedMonth(host, local, month, follows=any(each.period < period for each in billed))
        _add(found, price_month(month))
        await _add_late(session, found, billed, current[host.id].late)
        rated.append(found)
    return rated


def local_month(host: Host, period: str, billed: Sequence[BilledMonth]) -> LocalMonth:
    """The host's month, from where the one before was billed to until where the one after was billed from.

    So a host that changes its time zone leaves neither a gap nor an overlap.
    """
    zone = ZoneInfo(host.timezone)
    calendar = month_of(period, zone)
    starts_at, ends_at = calendar.start, calendar.end
    assert ends_at is not None  # a month ends
    day = timedelta(days=2)
    before = [month.ends_at for month in billed if month.period < period and abs(month.ends_at - starts_at) < day]
    after = [month.starts_at for month in billed if month.period > period and abs(month.starts_at - ends_at) < day]
    return LocalMonth(period, zone, max(before, default=starts_at), min(after, default=ends_at))


def billed_locally(month: BilledMonth) -> LocalMonth:
    """A billed month with the edges it was billed by."""
    return LocalMonth(month.period, ZoneInfo(month.timezone), month.starts_at, month.ends_at)


async def _sales(
    session: AsyncSession,
    hosts: Sequence[Host],
    spans: Sequence[tuple[int, Span]],
    stretches: Mapping[UUID, Sequence[Stretch]],
) -> dict[UUID, list[Sales]]:
    """What was sold in the stretches whose tariff gives a share of it."""
    shared = [span for stretch, span in spans if stretches[span.host_id][stretch].terms.sales_share_percent]
    sums = await sales.read_sales(session, shared, {host.id: host.currency for host in hosts})
    found: dict[UUID, list[Sales]] = defaultdict(list)
    for stretch, span in spans:
        if span.number in sums:
            found[span.host_id].append(Sales(stretch, *sums[span.number]))
    return found


async def _presences(session: AsyncSession, locals_: Mapping[UUID, LocalMonth]) -> dict[UUID, list[Presence]]:
    found: dict[UUID, list[Presence]] = defaultdict(list)
    for host_id, router_id, created_at, deleted_at in await ledger.routers_of(session, list(locals_)):
        there = presence(locals_[host_id], router_id, created_at, deleted_at)
        if there.first_day < there.end_day:
            found[host_id].append(there)
    return found


def _add(rated: RatedMonth, lines: Mapping[Direction, Sequence[Line]]) -> None:
    for direction, own in lines.items():
        rated.lines.setdefault(KINDS[direction], []).extend(own)


async def _add_late(session: AsyncSession, rated: RatedMonth, billed: Sequence[BilledMonth], late: list[Late]) -> None:
    """Lines for what came late for months that are billed; what came late for this one is in its sums already."""
    own = rated.local
    rated.settles = [each.late_usage_id for each in late if own.starts_at <= each.quarter_start < own.ends_at]
    for month in billed:
        mine = [each for each in late if month.starts_at <= each.quarter_start < month.ends_at]
        if month.period < own.label and mine:
            rated.settles += [each.late_usage_id for each in mine]
            so_far = await billed_so_far(session, month)
            _add(rated, late_lines(month.period, so_far, _usage_of(month, so_far, mine)))


async def billed_so_far(session: AsyncSession, month: BilledMonth) -> Month:
    """A billed month with the late usage that later ones have billed for it."""
    frozen = thaw(await months.frozen_of(session, month))
    settled = await usage.sum_of_late(session, month.host_id, month.starts_at, month.ends_at, not_in=month.period)
    return with_usage(frozen, _usage_of(month, frozen, settled))


def _usage_of(month: BilledMonth, frozen: Month, late: Sequence[Late]) -> list[Usage]:
    local = billed_locally(month)
    sums: dict[tuple[int, UUID], list[int]] = {}
    for each in late:
        key = (stretch_at(local, frozen.stretches, each.quarter_start), each.router_id)
        volumes = sums.setdefault(key, [0, 0])
        volumes[0] += each.up_bytes
        volumes[1] += each.down_bytes
    return [Usage(*key, *volumes) for key, volumes in sorted(sums.items())]
