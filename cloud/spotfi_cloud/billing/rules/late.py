"""What usage that arrives after its month was billed adds to what is owed. Pure.

The month is rated again with all its usage; what is owed more than before is billed now. So whatever the order in which
late usage arrives, and however often it is billed, the same is owed in the end (before tax, which each document rounds).
"""

from collections.abc import Sequence
from dataclasses import replace

from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, share_out
from spotfi_cloud.billing.rules.month import Month, Usage, rate_month
from spotfi_cloud.billing.rules.tariff import Direction, Tax


def late_lines(label: str, billed: Month, late: Sequence[Usage]) -> dict[Direction, list[Line]]:
    """The lines for late usage of a billed month (`YYYY-MM`): net amounts, a line for each router and stretch."""
    owed, owed_now = _owed(rate_month(billed)), _owed(rate_month(with_usage(billed, late)))
    lines: dict[Direction, list[Line]] = {}
    for key in owed.keys() | owed_now.keys():
        direction, tax = key
        own = [usage for usage in late if _key_of(billed, usage) == key]
        more_minor = owed_now.get(key, 0) - owed.get(key, 0)
        if own or more_minor:
            lines.setdefault(direction, []).extend(_lines(label, tax, own, more_minor))
    return {direction: sorted(each, key=_order) for direction, each in lines.items()}


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


def _key_of(month: Month, usage: Usage) -> tuple[Direction, Tax]:
    terms = month.stretches[usage.stretch].terms
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
