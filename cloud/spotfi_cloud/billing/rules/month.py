"""What a host's month costs, or earns it. Pure.

A month is cut into stretches, each under one tariff. Fees are prorated by days; usage counts through the whole month, so
that included volume and tiers go on from one stretch to the next. Cutting a month into stretches of equal terms changes
no total.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, RunningTotal, share_out, sum_up
from spotfi_cloud.billing.rules.tariff import NO_TARIFF, Direction, Terms
from spotfi_cloud.billing.rules.volume import price_between
from spotfi_cloud.kernel.money import round_exact


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days `first_day` to `end_day` of the month, half-open, from 0, under one tariff."""

    first_day: int
    end_day: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Presence:
    """The days a router was in the inventory, half-open, from 0."""

    router_id: UUID
    first_day: int
    end_day: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The ledger's sums of one router over a stretch."""

    stretch: int
    router_id: UUID
    up_bytes: int
    down_bytes: int

    @property
    def used_bytes(self) -> int:
        return self.up_bytes + self.down_bytes


@dataclass(frozen=True, slots=True)
class Sales:
    """Plans and vouchers sold in a stretch: how many, for how much."""

    stretch: int
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Month:
    """All that a month's bills are made of. `stretches` cover its days without a gap."""

    days: int
    stretches: tuple[Stretch, ...]
    presences: tuple[Presence, ...] = ()
    usage: tuple[Usage, ...] = ()
    sales: tuple[Sales, ...] = ()

    @property
    def share(self) -> tuple[int, int]:
        """(days with a tariff, days of the month)."""
        return sum(part.end_day - part.first_day for part in self.stretches if part.terms != NO_TARIFF), self.days


def rate_month(month: Month) -> dict[Direction, Bill]:
    """The month's bills by who owes; a direction without a line is left out."""
    return {direction: sum_up(lines) for direction, lines in price_month(month).items()}


def price_month(month: Month) -> dict[Direction, list[Line]]:
    """The month's lines by who owes, as the tariffs price them, for `sum_up`; a direction without a line is left out."""
    return {direction: lines for direction in Direction if (lines := _lines(month, direction))}


def _lines(month: Month, direction: Direction) -> list[Line]:
    lines: list[Line] = []
    usage, sales, discount = _usage_amounts(month), _sales_amounts(month), RunningTotal()
    for index, stretch in enumerate(month.stretches):
        if stretch.terms.direction is not direction:
            continue
        own = [*_fees(month, index), *_usage(month, index, usage[index]), *_sales(month, index, sales[index])]
        percent = Fraction(stretch.terms.discount_percent)
        discount_minor = discount.add(-percent * sum(line.amount_minor for line in own) / 100)
        lines += own
        if discount_minor:
            lines.append(_line(month, index, LineKind.DISCOUNT, discount_minor))
    return [*lines, *_bounds(month, direction, sum(line.amount_minor for line in lines))]


def _line(month: Month, stretch: int, kind: LineKind, amount_minor: int) -> Line:
    part = month.stretches[stretch]
    return Line(kind, amount_minor, part.terms.tax, stretch, part.first_day, part.end_day)


def _fees(month: Month, index: int) -> Iterator[Line]:
    part = month.stretches[index]
    if part.terms.base_fee_minor:
        fee_minor = _prorated(part.terms.base_fee_minor, part.first_day, part.end_day, month.days)
        yield _line(month, index, LineKind.BASE_FEE, fee_minor)
    present = [_clipped(router, part) for router in month.presences]
    amounts = [_prorated(part.terms.router_fee_minor, first, end, month.days) for first, end in present if first < end]
    if part.terms.router_fee_minor and amounts:
        yield replace(_line(month, index, LineKind.ROUTER_FEE, sum(amounts)), quantity=len(amounts))


def _clipped(router: Presence, part: Stretch) -> tuple[int, int]:
    return max(router.first_day, part.first_day), min(router.end_day, part.end_day)


def _prorated(amount_minor: int, first_day: int, end_day: int, days: int) -> int:
    """A monthly amount for some of the days; those of neighbouring stretches add up."""
    return round_exact(Fraction(amount_minor * end_day, days)) - round_exact(Fraction(amount_minor * first_day, days))


def _usage_amounts(month: Month) -> list[int]:
    """What the usage of each stretch costs; usage without a tariff neither costs nor counts."""
    used = [0] * len(month.stretches)
    for usage in month.usage:
        if month.stretches[usage.stretch].terms != NO_TARIFF:
            used[usage.stretch] += usage.used_bytes
    total, position, amounts = RunningTotal(), 0, []
    for stretch, used_bytes in zip(month.stretches, used, strict=True):
        end = position + used_bytes
        amounts.append(total.add(price_between(stretch.terms, month.share, position, end, sum(used))))
        position = end
    return amounts


def _usage(month: Month, index: int, amount_minor: int) -> Iterator[Line]:
    """A line for each router: its share, by bytes, of what the stretch's usage costs."""
    own = [usage for usage in month.usage if usage.stretch == index]
    amounts = share_out(amount_minor, [usage.used_bytes for usage in own])
    for usage, share_minor in zip(own, amounts, strict=True):
        line = _line(month, index, LineKind.USAGE, share_minor)
        yield replace(line, router_id=usage.router_id, up_bytes=usage.up_bytes, down_bytes=usage.down_bytes)


def _sales_amounts(month: Month) -> list[int]:
    sold = [sum(sales.amount_minor for sales in month.sales if sales.stretch == i) for i in range(len(month.stretches))]
    total = RunningTotal()
    return [
        total.add(Fraction(stretch.terms.sales_share_percent) * amount_minor / 100)
        for stretch, amount_minor in zip(month.stretches, sold, strict=True)
    ]


def _sales(month: Month, index: int, amount_minor: int) -> Iterator[Line]:
    count = sum(sales.count for sales in month.sales if sales.stretch == index)
    if count and month.stretches[index].terms.sales_share_percent:
        yield replace(_line(month, index, LineKind.SALES_SHARE, amount_minor), quantity=count)


def _bounds(month: Month, direction: Direction, sum_minor: int) -> Iterator[Line]:
    """What lifts the month to its minimum, or takes it down to its maximum; each prorated by the tariffs' days."""
    own = [
        (index, part)
        for index, part in enumerate(month.stretches)
        if part.terms.direction is direction and part.terms != NO_TARIFF
    ]
    if not own:
        return
    days = [Fraction(part.end_day - part.first_day, month.days) for _, part in own]
    least_minor = round_exact(
        sum((part.terms.minimum_minor * d for (_, part), d in zip(own, days, strict=True)), Fraction(0))
    )
    if sum_minor < least_minor:
        yield _line(month, own[-1][0], LineKind.MINIMUM, least_minor - sum_minor)
    limits = [part.terms.maximum_minor for _, part in own]
    most = sum((limit * d for limit, d in zip(limits, days, strict=True) if limit is not None), Fraction(0))
    if None not in limits and sum_minor > round_exact(most):
        yield _line(month, own[-1][0], LineKind.MAXIMUM, round_exact(most) - sum_minor)
