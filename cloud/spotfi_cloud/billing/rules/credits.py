"""What a credit note takes back of a document: taxed as that was, and never more than is left of it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, TaxGroup
from spotfi_cloud.billing.rules.tariff import Tax
from spotfi_cloud.kernel.money import round_exact


class CreditError(ValueError):
    """More would be taken back than is left."""


def what_is_left(groups: Sequence[TaxGroup], credited: Sequence[TaxGroup]) -> list[Line]:
    """Lines that take back all that is left of a document's tax groups after what was credited."""
    return [
        Line(LineKind.CREDIT, group.net_minor - before.net_minor, Tax(group.category, group.rate_percent))
        for group, before in zip(groups, _matching(groups, credited), strict=True)
        if (group.net_minor, group.tax_minor) != (before.net_minor, before.tax_minor)
    ]


def credit_bill(groups: Sequence[TaxGroup], credited: Sequence[TaxGroup], lines: Sequence[Line]) -> Bill:
    """The bill of a credit note's net lines: amounts to take back, positive.

    Of each group's tax it takes back the part that belongs to its net amounts, rounded on the running total, so that all
    credit notes together take back exactly what was billed. CreditError where that is less.
    """
    taxes = []
    for group, before in zip(groups, _matching(groups, credited), strict=True):
        own = [line.amount_minor for line in lines if (line.tax.category, line.tax.rate_percent) == _key(group)]
        if own:
            taxes.append(_part(group, before, sum(own)))
    subtotal_minor, tax_minor = sum(tax.net_minor for tax in taxes), sum(tax.tax_minor for tax in taxes)
    if subtotal_minor + tax_minor <= 0:
        msg = "nothing is left to take back"
        raise CreditError(msg)
    return Bill(tuple(lines), tuple(taxes), subtotal_minor, tax_minor, subtotal_minor + tax_minor)


def _part(group: TaxGroup, before: TaxGroup, net_minor: int) -> TaxGroup:
    upto_minor = before.net_minor + net_minor
    if not min(group.net_minor, 0) <= upto_minor <= max(group.net_minor, 0):
        msg = f"only {group.net_minor - before.net_minor} without tax are left"
        raise CreditError(msg)
    share = Fraction(upto_minor, group.net_minor) if group.net_minor else Fraction(1)
    return replace(group, net_minor=net_minor, tax_minor=round_exact(group.tax_minor * share) - before.tax_minor)


def _key(group: TaxGroup) -> tuple[object, object]:
    return group.category, group.rate_percent


def _matching(groups: Sequence[TaxGroup], credited: Sequence[TaxGroup]) -> list[TaxGroup]:
    """What was credited of each group."""
    sums = {_key(group): replace(group, net_minor=0, tax_minor=0) for group in groups}
    for each in credited:
        known = sums[_key(each)]
        sums[_key(each)] = replace(
            known, net_minor=known.net_minor + each.net_minor, tax_minor=known.tax_minor + each.tax_minor
        )
    return [sums[_key(group)] for group in groups]
