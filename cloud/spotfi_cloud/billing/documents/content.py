"""A document's values as `invoice.typ` sets them: everything in words of its language. Pure."""

from typing import Any

from spotfi_cloud.billing.documents.formats import Formats
from spotfi_cloud.billing.documents.line_words import isolated, line_rows, tax_rows, usage_rows
from spotfi_cloud.billing.documents.party_words import (
    address_lines,
    both_in_eu,
    contact_lines,
    name_of,
    number_lines,
)
from spotfi_cloud.billing.documents.payment import Payment
from spotfi_cloud.billing.documents.widths import column_mm, width_mm
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import DocumentKind, TaxCategory

_TOTALS = {
    DocumentKind.INVOICE: "total_due",
    DocumentKind.SETTLEMENT: "total_paid_out",
    DocumentKind.CREDIT_NOTE: "total_credited",
}
_SWATCH = "MM"
"""As wide as the coloured square beside a heading."""
_EXPLAINED = (TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.OUT_OF_SCOPE)


def content_of(paper: Paper, formats: Formats, payment: Payment | None) -> dict[str, Any]:
    """The values, as JSON holds them."""
    title = formats.text(f"title_{paper.kind}")
    return {
        "language": formats.code,
        "direction": "rtl" if formats.is_rtl else "ltr",
        "title": f"{title} {isolated(paper.reference)}" if paper.reference else f"{title} ({formats.text('draft')})",
        "watermark": None if paper.reference else formats.text("draft"),
        "dated_on": [paper.dated_on.year, paper.dated_on.month, paper.dated_on.day],
        "issuer": _issuer(paper, formats),
        "recipient": _recipient(paper, formats),
        "facts": _facts(paper, formats),
        "openings": openings(paper, formats),
        "currency": paper.currency,
        "lines": _lines(paper, formats),
        "totals": _totals(paper, formats),
        "taxes": {
            "title": formats.text("tax_summary"),
            "head": _heads(formats, "tax_category", "tax_rate", "tax_base", "tax"),
            "rows": tax_rows(paper.taxes, paper.currency, formats),
        },
        "notes": _notes(paper, formats),
        "usage": _usage(paper, formats),
        "payment": None if payment is None else _payment(payment, formats),
        "page": formats.text("page"),
        "bytes": formats.text("bytes"),
    }


def _lines(paper: Paper, formats: Formats) -> dict[str, Any]:
    rows = line_rows(paper, formats)
    head = _heads(formats, "item", "quantity", "tax", "amount")
    return {
        "head": head,
        "rows": rows,
        "widths": [
            column_mm("", [row["number"] for row in rows]),
            None,
            column_mm(head[1], [row["quantity"] for row in rows]),
            column_mm(head[2], [row["tax"] for row in rows]),
            column_mm(f"{head[3]} {paper.currency}", [row["amount"] for row in rows]),
        ],
    }


def _usage(paper: Paper, formats: Formats) -> dict[str, Any]:
    rows, unit = usage_rows(paper.lines, formats), formats.text("gb")
    head = _heads(formats, "router", "up", "down", "volume")
    exact = [[f"{row['exact'][index]} {formats.text('bytes')}" for row in rows] for index in (0, 1)]
    return {
        "title": formats.text("usage_by_router"),
        "head": head,
        "unit": unit,
        "rows": rows,
        "widths": [
            column_mm(f"{_SWATCH}{head[1 + index]}, {unit}", [], [width_mm(each, 6.5) for each in exact[index]])
            for index in (0, 1)
        ],
    }


def _heads(formats: Formats, *keys: str) -> list[str]:
    return [formats.text(key) for key in keys]


def _issuer(paper: Paper, formats: Formats) -> dict[str, Any]:
    issuer = paper.issuer
    address = address_lines(issuer, formats)
    columns = (address, contact_lines(issuer), number_lines(issuer, formats))
    return {
        "name": name_of(issuer),
        "logo": None if paper.logo is None else list(paper.logo),
        "sender": " · ".join([part for part in (name_of(issuer), *address) if part]),
        "footer": [[isolated(line) for line in column] for column in columns],
    }


def _recipient(paper: Paper, formats: Formats) -> list[str]:
    domestic = paper.recipient.get("country") == paper.issuer.get("country")
    address = {**paper.recipient, "country": None} if domestic else paper.recipient
    return [name_of(paper.recipient) or paper.host_name, *address_lines(address, formats)]


def _facts(paper: Paper, formats: Formats) -> list[list[str]]:
    credited = paper.kind is DocumentKind.CREDIT_NOTE
    facts = [
        ("number", paper.reference),
        ("date", formats.day(paper.dated_on)),
        ("due", formats.day(paper.due_on) if paper.due_on and not credited else None),
        ("period", formats.days(*paper.days)),
        ("time_zone", paper.timezone),
        ("host", paper.host_name),
        ("your_tax_number", paper.recipient.get("tax_number")),
    ]
    return [[formats.text(key), str(value)] for key, value in facts if value]


def openings(paper: Paper, formats: Formats) -> list[str]:
    """What is said before the lines: who draws the document up for whom, what it takes back."""
    texts = []
    if paper.self_billed:
        names = {"seller": name_of(paper.seller) or paper.host_name, "buyer": name_of(paper.buyer)}
        texts.append(formats.text("self_billing", **{key: isolated(name) for key, name in names.items()}))
    if paper.corrects:
        key = "corrects" if paper.corrects_on is None else "corrects_of"
        dated = formats.day(paper.corrects_on) if paper.corrects_on else ""
        texts.append(formats.text(key, reference=isolated(paper.corrects), date=dated))
    return texts


def _totals(paper: Paper, formats: Formats) -> list[list[str]]:
    rows = [[formats.text("subtotal"), formats.money(paper.subtotal_minor, paper.currency)]]
    for group in paper.taxes:
        if group.category is TaxCategory.STANDARD:
            words = f"{formats.text('tax')} {isolated(formats.percent(group.rate_percent))}"
            rows.append([words, formats.money(group.tax_minor, paper.currency)])
    due = _TOTALS[paper.kind] if paper.total_minor >= 0 else "total"
    return [*rows, [formats.text(due), formats.money(paper.total_minor, paper.currency)]]


def _notes(paper: Paper, formats: Formats) -> list[str]:
    settled = [formats.text("set_against")] if paper.kind is DocumentKind.CREDIT_NOTE else []
    return [*settled, *tax_notes(paper, formats), *(isolated(note) for note in paper.notes)]


def tax_notes(paper: Paper, formats: Formats) -> list[str]:
    """What the law wants said of amounts that are not taxed."""
    return [
        tax_note(group.category, paper, formats)
        for group in paper.taxes
        if group.category in _EXPLAINED and (group.net_minor or group.tax_minor)
    ]


def tax_note(category: TaxCategory, paper: Paper, formats: Formats) -> str:
    """Why an amount of the category is not taxed."""
    is_eu = category is TaxCategory.REVERSE_CHARGE and both_in_eu(paper.seller, paper.buyer)
    return formats.text(f"note_{category}_eu" if is_eu else f"note_{category}")


def _payment(payment: Payment, formats: Formats) -> dict[str, Any]:
    return {
        "title": formats.text("payment"),
        "text": payment.text,
        "account": [list(row) for row in payment.account],
        "scan": formats.text("scan_to_pay") if payment.qr_svg else None,
    }
