"""An invoice as a PDF, by typst from `invoice.typ`. Names go in as data, never as markup."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typst

from spotfi_cloud.billing.rules import Line, LineKind
from spotfi_cloud.kernel.money import Money

_THIN_SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Header:
    """What an invoice says besides its lines. Without a number it is a draft. Instants are aware."""

    number: int | None
    host_name: str
    period: str
    timezone: str
    period_start: datetime
    period_end: datetime
    dated_at: datetime
    currency: str
    price_per_gb_minor: int
    tax_rate_percent: Decimal
    subtotal_minor: int
    tax_minor: int
    total_minor: int


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst; the machine's fill in for scripts those lack."""
    return typst.Fonts(include_system_fonts=True)


def render_pdf(header: Header, lines: Sequence[Line], router_names: Mapping[UUID, str]) -> bytes:
    """The PDF. Takes some milliseconds of CPU: call it on a thread."""
    template = files("spotfi_cloud.billing").joinpath("invoice.typ").read_bytes()
    content = json.dumps(_content(header, lines, router_names))
    pdf = typst.compile(template, format="pdf", sys_inputs={"invoice": content}, font_paths=_fonts(), timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def _content(header: Header, lines: Sequence[Line], router_names: Mapping[UUID, str]) -> dict[str, Any]:
    zone = ZoneInfo(header.timezone)
    date = header.dated_at.astimezone(zone).date()
    return {
        "title": "Draft of an invoice" if header.number is None else f"Invoice {header.number}",
        "date": [date.year, date.month, date.day],
        "heading": [
            ["Host", header.host_name],
            ["Month", header.period],
            ["From", f"{header.period_start.astimezone(zone):%Y-%m-%d %H:%M} ({header.timezone})"],
            ["Until", f"{header.period_end.astimezone(zone):%Y-%m-%d %H:%M}"],
            ["Date", date.isoformat()],
        ],
        "currency": header.currency,
        "lines": [_cells(line, header.currency, router_names) for line in lines],
        "totals": [
            ["Subtotal", _amount(header.subtotal_minor, header.currency)],
            [f"Tax {shown_percent(header.tax_rate_percent)} %", _amount(header.tax_minor, header.currency)],
        ],
        "total": ["Total", _amount(header.total_minor, header.currency)],
        "note": f"Price per GB (1 000 000 000 bytes, up and down): {Money(header.price_per_gb_minor, header.currency)}.",
    }


def _cells(line: Line, currency: str, router_names: Mapping[UUID, str]) -> list[str]:
    amount = _amount(line.amount_minor, currency)
    match line.kind:
        case LineKind.BASE_FEE:
            return ["Base fee", "", "", amount]
        case LineKind.INCLUDED:
            return [f"Included volume, {_number(line.included_bytes or 0)} bytes", "", "", amount]
        case LineKind.USAGE:
            name = "" if line.router_id is None else router_names[line.router_id]
            return [f"Router {name}", _number(line.up_bytes or 0), _number(line.down_bytes or 0), amount]


def shown_percent(rate: Decimal) -> str:
    """A percentage without needless zeros: `20.0000` → `20`."""
    return f"{rate.normalize():f}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", _THIN_SPACE)


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency)).removesuffix(f" {currency}")
