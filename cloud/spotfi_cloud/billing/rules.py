"""What a month costs. Pure: integers of minor units and `Decimal`, no float anywhere.

Every amount is computed exactly and rounded once (`kernel.money.round_minor`). Usage lines are rounded cumulatively: the
first n of them sum to the rounded price of the first n routers' bytes. So lines always add up to the subtotal, and a
volume that is all included costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from spotfi_cloud.kernel.money import round_minor

BYTES_PER_GB = 10**9


class InvoiceStatus(StrEnum):
    """A draft may change with its month; an issued invoice never does."""

    DRAFT = "draft"
    ISSUED = "issued"


class LineKind(StrEnum):
    """What a line of an invoice is about."""

    BASE_FEE = "base_fee"
    USAGE = "usage"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class Rates:
    """What a tariff charges a host for a month, in minor units of the host's currency."""

    base_fee_minor: int
    price_per_gb_minor: int
    included_bytes: int
    tax_rate_percent: Decimal


NO_TARIFF = Rates(0, 0, 0, Decimal(0))
"""For a host without a tariff: its usage is listed and costs nothing."""


@dataclass(frozen=True, slots=True)
class RouterBytes:
    """The ledger's sums of one router over the month."""

    router_id: UUID
    up_bytes: int
    down_bytes: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice. Router and bytes are given on usage lines, `included_bytes` on the line that deducts them."""

    kind: LineKind
    amount_minor: int
    router_id: UUID | None = None
    up_bytes: int | None = None
    down_bytes: int | None = None
    included_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A rated month: `subtotal_minor` is the sum of the lines, `total_minor` adds the tax."""

    lines: tuple[Line, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int


def rate_month(rates: Rates, usage: Iterable[RouterBytes]) -> Bill:
    """The bill for a host's month, a usage line per router in the order given."""
    usage_lines, used_bytes = _usage_lines(rates, usage)
    included_bytes = min(used_bytes, rates.included_bytes)
    lines = (
        Line(LineKind.BASE_FEE, rates.base_fee_minor),
        *usage_lines,
        *_included_line(rates, used_bytes, included_bytes),
    )
    subtotal_minor = sum(line.amount_minor for line in lines)
    tax_minor = round_minor(Decimal(subtotal_minor) * rates.tax_rate_percent / 100)
    return Bill(lines, subtotal_minor, tax_minor, subtotal_minor + tax_minor)


def _usage_lines(rates: Rates, usage: Iterable[RouterBytes]) -> tuple[list[Line], int]:
    lines, used_bytes, priced_minor = [], 0, 0
    for each in usage:
        used_bytes += each.up_bytes + each.down_bytes
        total_minor = _price(rates, used_bytes)
        amount_minor = total_minor - priced_minor
        lines.append(Line(LineKind.USAGE, amount_minor, each.router_id, each.up_bytes, each.down_bytes))
        priced_minor = total_minor
    return lines, used_bytes


def _included_line(rates: Rates, used_bytes: int, included_bytes: int) -> tuple[Line, ...]:
    if rates.included_bytes == 0:
        return ()
    deducted_minor = _price(rates, used_bytes - included_bytes) - _price(rates, used_bytes)
    return (Line(LineKind.INCLUDED, deducted_minor, included_bytes=included_bytes),)


def _price(rates: Rates, volume_bytes: int) -> int:
    return round_minor(Decimal(volume_bytes) * rates.price_per_gb_minor / BYTES_PER_GB)
