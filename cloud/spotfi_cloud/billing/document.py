"""A document as a PDF, by typst from `invoice.typ`. Names go in as data, never as markup."""

import json
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import typst

from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.rules import DocumentKind, LineKind, TaxGroup
from spotfi_cloud.billing.shown import shown_percent
from spotfi_cloud.kernel.money import Money

_THIN_SPACE = "\u202f"
_TITLES = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.SETTLEMENT: "Settlement",
    DocumentKind.CREDIT_NOTE: "Credit note",
}
_WORDS = {
    LineKind.BASE_FEE: "Base fee",
    LineKind.ROUTER_FEE: "Routers",
    LineKind.USAGE: "Router",
    LineKind.SALES_SHARE: "Share of sales",
    LineKind.DISCOUNT: "Discount",
    LineKind.MINIMUM: "Up to the minimum",
    LineKind.MAXIMUM: "Down to the maximum",
    LineKind.LATE_USAGE: "Late usage of",
    LineKind.CREDIT: "Credit",
}


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst; the machine's fill in for scripts those lack."""
    return typst.Fonts(include_system_fonts=True)


def render_pdf(paper: Paper) -> bytes:
    """The PDF. Takes some milliseconds of CPU: call it on a thread."""
    template = files("spotfi_cloud.billing").joinpath("invoice.typ").read_bytes()
    content = json.dumps(_content(paper))
    pdf = typst.compile(template, format="pdf", sys_inputs={"invoice": content}, font_paths=_fonts(), timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def _content(paper: Paper) -> dict[str, Any]:
    zone, date = ZoneInfo(paper.timezone), paper.dated_on
    title = _TITLES[paper.kind]
    return {
        "title": f"{title}, draft" if paper.reference is None else f"{title} {paper.reference}",
        "date": [date.year, date.month, date.day],
        "heading": [
            ["From", str(paper.seller.get("legal_name") or "")],
            ["To", str(paper.buyer.get("legal_name") or paper.host_name)],
            ["Month", f"{paper.period}, {paper.host_name}"],
            ["From", f"{paper.period_start.astimezone(zone):%Y-%m-%d %H:%M} ({paper.timezone})"],
            ["Until", f"{paper.period_end.astimezone(zone):%Y-%m-%d %H:%M}"],
            ["Date", date.isoformat()],
            *([["Due", paper.due_on.isoformat()]] if paper.due_on else []),
        ],
        "currency": paper.currency,
        "lines": [_cells(line, paper.currency) for line in paper.lines],
        "totals": [
            ["Subtotal", _amount(paper.subtotal_minor, paper.currency)],
            *([_tax(group), _amount(group.tax_minor, paper.currency)] for group in paper.taxes),
        ],
        "total": ["Total", _amount(paper.total_minor, paper.currency)],
        "note": paper.note or "",
    }


def _tax(group: TaxGroup) -> str:
    return f"Tax {shown_percent(group.rate_percent)} %"


def _cells(line: PaperLine, currency: str) -> list[str]:
    words = [_WORDS[line.kind], line.used_in, line.router_name, line.text]
    if line.quantity is not None:
        words.append(f"({line.quantity})")
    volumes = ["" if volume is None else _number(volume) for volume in (line.up_bytes, line.down_bytes)]
    return [" ".join(word for word in words if word), *volumes, _amount(line.amount_minor, currency)]


def _number(value: int) -> str:
    return f"{value:,}".replace(",", _THIN_SPACE)


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency)).removesuffix(f" {currency}")
