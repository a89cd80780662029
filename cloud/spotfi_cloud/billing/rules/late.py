"""What usage and sales that arrive after their month was billed add to what is owed. Pure.

The month is rated again with all of them; what is owed more than before is billed now. So whatever the order in which
late ones arrive, and however often it is billed, the same is owed in the end (before tax, which each document rounds).
"""

from collections.abc import Sequence
from dataclasses import replace

from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, share_out
from spotfi_cloud.billing.rules.month import Month, Sales, Usage, rate_month
from spotfi_cloud.billing.rules.tariff import Direction, Tax


def late_lines(label: str, billed: Month, late: Sequence[Usage]) -> dict[Direction, list[Line]]:
    """The lines for late usage of a billed month (`YYYY-MM`): net amounts, a line for each router and stretch."""
    lines: dict[Direction, list[Line]] = {}
    for (direction, tax), more_minor in _more(billed, with_usage(billed, late)).items():
        own = [usage for usage in late if _key_of(billed, usage.stretch) == (direction, tax)]
        if own or more_minor:
            lines.setdefault(direction, []).extend(_lines(label, tax, own, more_minor))
    return {direction: sorted(each, key=_order) for direction, each in lines.items()}


def late_sales_lines(label: str, billed: Month, late: Sequence[Sales]) -> dict[Direction, list[Line]]:
    """The lines for sales of a billed month that were noted late: net amounts, a line for each stretch."""
    lines: dict[Direction, list[Line]] = {}
    for (direction, tax), more_minor in _more(billed, with_sales(billed, late)).items():
        own = [sales for sales in late if _key_of(billed, sales.stretch) == (direction, tax)]
        if own or more_minor:
            amounts = share_out(more_minor, [sales.amount_minor for sales in own] or [0])
            bare = Line(LineKind.LATE_SALES, 0, tax, used_in=label)
            lines.setdefault(direction, []).extend(
                replace(bare, amount_minor=share_minor, stretch=sales.stretch, quantity=sales.count)
                for sales, share_minor in zip(own or [Sales(0, 0, 0)], amounts, strict=True)
            )
    return {direction: sorted(each, key=_order) for direction, each in lines.items()}


def with_sales(month: Month, more: Sequence[Sales]) -> Month:
    """The month with sales added, a sum for each stretch, in their order."""
    sums: dict[int, Sales] = {}
    for sales in (*month.sales, *more):
        known = sums.get(sales.stretch, Sales(sales.stretch, 0, 0))
        sums[sales.stretch] = Sales(sales.stretch, known.count + sales.count, known.amount_minor + sales.amount_minor)
    return replace(month, sales=tuple(sums[stretch] for stretch in sorted(sums)))


def with_usage(month: Month, more: Sequence[Usage]) -> Month:
    """The month with usage added, a sum for each router and stretch, in the order of stretch and router."""
    sums: dict[tuple[int, object], Usage] = {}
    for usage in (*month.usage, *more):
        key = (usage.stretch, usage.router_id)
        known = sums.get(key, replace(usage, up_bytes=0, down_bytes=0))
        sums[key] = replace(
            known, up_bytes=known.up_bytes + usage.up_bytes, down_bytes=known.down_bytes + usage.down_bytes
        )
    return replace(month, usage=tuple(sorted(sums.values(), key=lambda usage: (usage.stretch, usage.router_id))))


def _more(billed: Month, richer: Month) -> dict[tuple[Direction, Tax], int]:
    """What is owed more, by who owes and by tax."""
    owed, owed_now = _owed(rate_month(billed)), _owed(rate_month(richer))
    return {key: owed_now.get(key, 0) - owed.get(key, 0) for key in dict.fromkeys([*owed, *owed_now])}


def _owed(bills: dict[Direction, Bill]) -> dict[tuple[Direction, Tax], int]:
    """Net amounts by who owes and by tax; what is net is no longer inclusive."""
    owed: dict[tuple[Direction, Tax], int] = {}
    for direction, bill in bills.items():
        for line in bill.lines:
            key = (direction, _net(line.tax))
            owed[key] = owed.get(key, 0) + line.amount_minor
    return owed


def _net(tax: Tax) -> Tax:
    return replace(tax, inclusive=False)


def _key_of(month: Month, stretch: int) -> tuple[Direction, Tax]:
    terms = month.stretches[stretch].terms
    return terms.direction, _net(terms.tax)


def _lines(label: str, tax: Tax, late: Sequence[Usage], amount_minor: int) -> list[Line]:
    bare = Line(LineKind.LATE_USAGE, amount_minor, tax, used_in=label)
    if not late:
        return [bare]
    amounts = share_out(amount_minor, [usage.used_bytes for usage in late])
    return [
        replace(
            bare,
            amount_minor=share_minor,
            stretch=usage.stretch,
            router_id=usage.router_id,
            up_bytes=usage.up_bytes,
            down_bytes=usage.down_bytes,
        )
        for usage, share_minor in zip(late, amounts, strict=True)
    ]


def _order(line: Line) -> tuple[str, int, str]:
    return line.used_in or "", line.stretch, str(line.router_id)
