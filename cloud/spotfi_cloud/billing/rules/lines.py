"""Lines of a document, and how they are taxed and summed up. Pure.

The one rounding rule (half away from zero, `kernel.money`) is applied to running totals: a line is the difference of two
rounded totals. So lines always sum to their rounded total, however many there are and however a period is cut up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from spotfi_cloud.billing.rules.tariff import Tax, TaxCategory
from spotfi_cloud.kernel.money import round_exact


class LineKind(StrEnum):
    """What a line is about."""

    BASE_FEE = "base_fee"
    ROUTER_FEE = "router_fee"
    USAGE = "usage"
    SALES_SHARE = "sales_share"
    DISCOUNT = "discount"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    LATE_USAGE = "late_usage"
    LATE_SALES = "late_sales"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Line:
    """A line. `amount_minor` is net of tax once the line is in a bill.

    `stretch`: which tariff of the month. `first_day` and `end_day`: the days of the month it is for, half-open, from 0.
    `quantity`: how many routers or sales. `used_in`: the month of late usage or sales, `YYYY-MM`. `text`: what a person wrote.
    """

    kind: LineKind
    amount_minor: int
    tax: Tax
    stretch: int = 0
    first_day: int = 0
    end_day: int = 0
    router_id: UUID | None = None
    up_bytes: int | None = None
    down_bytes: int | None = None
    quantity: int | None = None
    used_in: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """What is taxed alike: net amount and tax."""

    category: TaxCategory
    rate_percent: Decimal
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines net of tax, their taxes, and the sums: `subtotal_minor` of the lines, `total_minor` with tax."""

    lines: tuple[Line, ...]
    taxes: tuple[TaxGroup, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int


class RunningTotal:
    """Turns exact amounts, one after the other, into whole ones that sum to the rounded total."""

    def __init__(self) -> None:
        self._exact = Fraction(0)
        self._rounded_minor = 0

    def add(self, exact_minor: Fraction | int) -> int:
        """The whole amount for one more exact one."""
        self._exact += exact_minor
        before, self._rounded_minor = self._rounded_minor, round_exact(self._exact)
        return self._rounded_minor - before


def share_out(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """The amount in whole parts by weight; they sum to it. Without any weight the first part takes it all."""
    whole = sum(weights)
    if whole == 0:
        return [amount_minor if index == 0 else 0 for index in range(len(weights))]
    total = RunningTotal()
    return [total.add(Fraction(amount_minor * weight, whole)) for weight in weights]


def sum_up(lines: Sequence[Line]) -> Bill:
    """The bill of lines whose amounts are as their tariffs price them: with tax where that is inclusive, else without."""
    taxed: dict[tuple[TaxCategory, Decimal], list[int]] = {}
    net_lines = list(lines)
    for tax, indices in _alike(lines).items():
        nets, tax_minor = _untaxed(tax, [lines[index].amount_minor for index in indices])
        for index, net_minor in zip(indices, nets, strict=True):
            net_lines[index] = replace(lines[index], amount_minor=net_minor)
        sums = taxed.setdefault((tax.category, tax.rate_percent), [0, 0])
        sums[0] += sum(nets)
        sums[1] += tax_minor
    taxes = tuple(TaxGroup(*key, *sums) for key, sums in sorted(taxed.items()))
    subtotal_minor, tax_minor = sum(group.net_minor for group in taxes), sum(group.tax_minor for group in taxes)
    return Bill(tuple(net_lines), taxes, subtotal_minor, tax_minor, subtotal_minor + tax_minor)


def _alike(lines: Iterable[Line]) -> dict[Tax, list[int]]:
    groups: dict[Tax, list[int]] = {}
    for index, line in enumerate(lines):
        groups.setdefault(line.tax, []).append(index)
    return groups


def _untaxed(tax: Tax, amounts_minor: Sequence[int]) -> tuple[list[int], int]:
    """(net amounts, the tax on their sum)."""
    rate = Fraction(tax.rate_percent) / 100
    if not tax.inclusive:
        return list(amounts_minor), round_exact(sum(amounts_minor) * rate)
    total = RunningTotal()
    nets = [total.add(amount_minor / (1 + rate)) for amount_minor in amounts_minor]
    return nets, sum(amounts_minor) - sum(nets)
