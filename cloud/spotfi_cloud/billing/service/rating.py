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
from spotfi_cloud.billing.repository.sales import Sold
from spotfi_cloud.billing.repository.usage import Late, Span
from spotfi_cloud.billing.rules import (
    SETTLES_AFTER,
    Direction,
    DocumentKind,
    Line,
    LocalMonth,
    Month,
    Presence,
    Stretch,
    Usage,
    cut,
    late_lines,
    late_sales_lines,
    presence,
    price_month,
    stretch_at,
    thaw,
    with_sales,
    with_usage,
)
from spotfi_cloud.billing.service.readings import Edges, Reading, read_ledger, still_right
from spotfi_cloud.billing.service.sold import read_sold, shared, sums_of
from spotfi_cloud.kernel.periods import month_of

_NOTHING_READ: Mapping[UUID, Reading] = {}
KINDS = {Direction.CHARGE: DocumentKind.INVOICE, Direction.PAY: DocumentKind.SETTLEMENT}


@dataclass(slots=True)
class RatedMonth:
    """A host's month as it stands. `follows`: an earlier one is billed. `settles` and `sold`: the late usage and the sales that
    its documents count."""

    host: Host
    local: LocalMonth
    month: Month
    follows: bool = False
    lines: dict[DocumentKind, list[Line]] = field(default_factory=dict)
    settles: list[UUID] = field(default_factory=list)
    sold: list[Sold] = field(default_factory=list)

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
    sharing: Collection[UUID]

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
    sharing = {host_id for host_id, own in terms.items() if any(each.sales_share_percent for _, each in own)}
    stretches = {host_id: cut(local, terms[host_id]) for host_id, local in locals_.items()}
    return _Calendar(billed, locals_, stretches, sharing)


async def read_month(session: AsyncSession, period: str, host_ids: Collection[UUID]) -> dict[UUID, Reading]:
    """What the ledger says of the hosts' month (`YYYY-MM`) now, for `rate_hosts`: one pass, however many they are."""
    hosts = await invoices.hosts_with(session, host_ids)
    return await read_ledger(session, (await _calendar(session, hosts, period)).edges())


async def rate_hosts(
    session: AsyncSession, hosts: Sequence[Host], period: str, readings: Mapping[UUID, Reading] = _NOTHING_READ
) -> list[RatedMonth]:
    """The month (`YYYY-MM`) of each host, none of which has it billed yet, by the readings that still hold."""
    calendar = await _calendar(session, hosts, period)
    current = await still_right(session, readings, calendar.edges())
    sold = await read_sold(session, hosts, calendar.locals, calendar.billed, calendar.sharing)
    presences = await _presences(session, calendar.locals)
    rated = []
    for host in hosts:
        local, billed, stretches = calendar.locals[host.id], calendar.billed[host.id], calendar.stretches[host.id]
        own = shared(local, stretches, sold[host.id])
        counted = (tuple(presences[host.id]), tuple(current[host.id].used), sums_of(local, stretches, own))
        month = Month(local.days, stretches, *counted)
        found = RatedMonth(host, local, month, follows=any(each.period < period for each in billed), sold=own)
        _add(found, price_month(month))
        await _add_late(session, found, billed, current[host.id].late, sold[host.id])
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


async def _add_late(
    session: AsyncSession, rated: RatedMonth, billed: Sequence[BilledMonth], late: Sequence[Late], sold: Sequence[Sold]
) -> None:
    """Lines for what came late for months that are billed; what came late for this one is in its sums already."""
    own = rated.local
    rated.settles = [each.late_usage_id for each in late if own.starts_at <= each.quarter_start < own.ends_at]
    for month in billed:
        used = [each for each in late if month.starts_at <= each.quarter_start < month.ends_at]
        sales_ = [each for each in sold if month.starts_at <= each.sold_at < month.ends_at]
        if month.period >= own.label or not (used or sales_):
            continue
        rated.settles += [each.late_usage_id for each in used]
        rated.sold += sales_
        so_far = await billed_so_far(session, month)
        usage_ = _usage_of(month, so_far, used)
        if usage_:
            _add(rated, late_lines(month.period, so_far, usage_))
        local = billed_locally(month)
        counted = sums_of(local, so_far.stretches, shared(local, so_far.stretches, sales_))
        if counted:
            _add(rated, late_sales_lines(month.period, with_usage(so_far, usage_), counted))


async def billed_so_far(session: AsyncSession, month: BilledMonth) -> Month:
    """A billed month with the late usage and sales that later ones have billed for it."""
    frozen, local = thaw(await months.frozen_of(session, month)), billed_locally(month)
    settled = await usage.sum_of_late(session, month.host_id, month.starts_at, month.ends_at, not_in=month.period)
    span = Span(0, month.host_id, month.starts_at, month.ends_at)
    late_sales = await sales.billed_sales(session, span, not_in=month.period)
    counted = sums_of(local, frozen.stretches, shared(local, frozen.stretches, late_sales))
    return with_sales(with_usage(frozen, _usage_of(month, frozen, settled)), counted)


def _usage_of(month: BilledMonth, frozen: Month, late: Sequence[Late]) -> list[Usage]:
    local = billed_locally(month)
    sums: dict[tuple[int, UUID], list[int]] = {}
    for each in late:
        key = (stretch_at(local, frozen.stretches, each.quarter_start), each.router_id)
        volumes = sums.setdefault(key, [0, 0])
        volumes[0] += each.up_bytes
        volumes[1] += each.down_bytes
    return [Usage(*key, *volumes) for key, volumes in sorted(sums.items())]
