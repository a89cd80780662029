"""What a document's lines, its taxes and the usage of its routers say, in a language. Pure."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from spotfi_cloud.billing.documents.formats import Formats
from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.rules import LineKind, TaxCategory, TaxGroup

_COUNTED = {LineKind.ROUTER_FEE: "routers", LineKind.SALES_SHARE: "sales", LineKind.LATE_SALES: "sales"}
_ISOLATE, _END = "\u2068", "\u2069"


def words_of(line: PaperLine, formats: Formats) -> str:
    """What a line is about, in one line of text."""
    month = formats.month(line.used_in) if line.used_in else ""
    words = formats.text(f"line_{line.kind}", month=month)
    parts = [words, *(isolated(part) for part in (line.router_name, line.text) if part)]
    return " · ".join(parts)


def line_rows(paper: Paper, formats: Formats) -> list[dict[str, str]]:
    """The lines as cells of a table; days are given where they are not the whole period."""
    return [_row(number, line, paper, formats) for number, line in enumerate(paper.lines, 1)]


def _row(number: int, line: PaperLine, paper: Paper, formats: Formats) -> dict[str, str]:
    whole = (line.first_on, line.last_on) == paper.days
    return {
        "number": formats.number(number),
        "text": words_of(line, formats),
        "detail": "" if whole else _days(line, formats),
        "quantity": quantity_of(line, formats),
        "tax": _tax(line, formats),
        "amount": formats.money(line.amount_minor, paper.currency),
    }


def quantity_of(line: PaperLine, formats: Formats) -> str:
    """How much or how many a line is for; empty where it is for no quantity."""
    if line.quantity is not None and line.kind in _COUNTED:
        return formats.counted(_COUNTED[line.kind], line.quantity)
    if line.up_bytes is not None and line.down_bytes is not None:
        return f"{formats.gigabytes(line.up_bytes + line.down_bytes)} {formats.text('gb')}"
    return ""


def _days(line: PaperLine, formats: Formats) -> str:
    if line.first_on is None or line.last_on is None:
        return ""
    return formats.days(line.first_on, line.last_on)


def _tax(line: PaperLine, formats: Formats) -> str:
    if line.tax_category is TaxCategory.STANDARD:
        return formats.percent(line.tax_rate_percent)
    return "–"


def tax_rows(groups: Sequence[TaxGroup], currency: str, formats: Formats) -> list[list[str]]:
    """The tax summary: category, rate, taxable amount, tax."""
    return [
        [
            formats.text(f"tax_{group.category}"),
            formats.percent(group.rate_percent) if group.category is TaxCategory.STANDARD else "–",
            formats.money(group.net_minor, currency),
            formats.money(group.tax_minor, currency),
        ]
        for group in groups
    ]


def usage_rows(lines: Sequence[PaperLine], formats: Formats) -> list[dict[str, Any]]:
    """What each router carried, most first; `share`s of the longest bar, from 0 to 1."""
    volumes: dict[tuple[str, UUID | None], list[int]] = {}
    for line in lines:
        if line.router_name is not None and line.up_bytes is not None and line.down_bytes is not None:
            sums = volumes.setdefault((line.router_name, line.router_id), [0, 0])
            sums[0] += line.up_bytes
            sums[1] += line.down_bytes
    most = max((sum(sums) for sums in volumes.values()), default=0) or 1
    ordered = sorted(volumes.items(), key=lambda item: (-sum(item[1]), str(item[0])))
    return [
        {
            "router": isolated(name),
            "up": formats.gigabytes(up_bytes),
            "down": formats.gigabytes(down_bytes),
            "exact": [formats.number(up_bytes), formats.number(down_bytes)],
            "shares": [up_bytes / most, down_bytes / most],
        }
        for (name, _), (up_bytes, down_bytes) in ordered
    ]


def isolated(text: str) -> str:
    """The text as it reads by itself, within text that runs the other way."""
    return f"{_ISOLATE}{text}{_END}"
