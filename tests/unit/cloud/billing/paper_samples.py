"""Documents to put on paper: of every kind, in any currency, with any number of routers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.rules import Bill, DocumentKind, Line, LineKind, Tax, TaxCategory, sum_up

OPERATOR = {
    "legal_name": "Alpennetz Betriebs GmbH",
    "street": "Mariahilfer Straße 1",
    "postcode": "1060",
    "city": "Wien",
    "country": "AT",
    "tax_number": "ATU12345675",
    "company_number": "FN 123456a",
    "email": "billing@example.com",
    "iban": "AT611904300234573201",
    "bic": "BKAUATWW",
}
HOTEL = {
    "legal_name": "Hôtel du Lac SARL",
    "street": "12 quai des Bergues",
    "postcode": "74000",
    "city": "Annecy",
    "country": "FR",
    "tax_number": "FR40303265045",
    "iban": "FR1420041010050500013M02606",
}
STANDARD = Tax(TaxCategory.STANDARD, Decimal(20))
REFERENCES = {DocumentKind.INVOICE: "INV-000017", DocumentKind.SETTLEMENT: "SET-3", DocumentKind.CREDIT_NOTE: "CN-1"}


def lines_for(routers: int = 3, tax: Tax = STANDARD) -> list[Line]:
    """A fee, a fee for routers, their usage, a share of sales, a discount and late usage."""
    usage = [
        Line(LineKind.USAGE, 12_345 + n, tax, 0, 0, 31, UUID(int=n), 23_456_789_012 >> n % 9, 987_654_321_098 >> n % 7)
        for n in range(routers)
    ]
    return [
        Line(LineKind.BASE_FEE, 1000, tax, 0, 0, 31),
        Line(LineKind.ROUTER_FEE, 250 * routers, tax, 0, 0, 31, quantity=routers),
        *usage,
        Line(LineKind.SALES_SHARE, 4321, tax, 0, 0, 31, quantity=37),
        Line(LineKind.DISCOUNT, -1234, tax, 0, 0, 31),
        Line(LineKind.LATE_USAGE, 77, tax, 0, 0, 0, UUID(int=0), 1000, 5, used_in="2026-09"),
    ]


def paper_of_bill(bill: Bill, kind: DocumentKind = DocumentKind.INVOICE, **changes: Any) -> Paper:
    """The bill as a document of October 2026, issued on 2 November by the operator, or in the hotel's name."""
    paper = Paper(
        kind=kind,
        reference=REFERENCES[kind],
        language="en",
        host_name="Hôtel du Lac",
        seller=HOTEL if kind is DocumentKind.SETTLEMENT else OPERATOR,
        buyer=OPERATOR if kind is DocumentKind.SETTLEMENT else HOTEL,
        period="2026-10",
        timezone="Europe/Vienna",
        period_start=datetime(2026, 9, 30, 22, tzinfo=UTC),
        period_end=datetime(2026, 10, 31, 23, tzinfo=UTC),
        dated_on=date(2026, 11, 2),
        due_on=date(2026, 11, 16),
        currency="EUR",
        lines=tuple(_line(line) for line in bill.lines),
        taxes=bill.taxes,
        subtotal_minor=bill.subtotal_minor,
        tax_minor=bill.tax_minor,
        total_minor=bill.total_minor,
        note="With thanks.",
        self_billed=kind is DocumentKind.SETTLEMENT,
    )
    return replace(paper, **changes)


def paper(kind: DocumentKind = DocumentKind.INVOICE, *, routers: int = 3, tax: Tax = STANDARD, **changes: Any) -> Paper:
    """A document with `lines_for` so many routers."""
    return paper_of_bill(sum_up(lines_for(routers, tax)), kind, **changes)


def papers_of_every_kind() -> Sequence[Paper]:
    """An invoice, a settlement, and a credit note of each."""
    back: dict[str, Any] = {"corrects": "INV-000016", "corrects_on": date(2026, 10, 2)}
    return [
        paper(),
        paper(DocumentKind.SETTLEMENT),
        paper(DocumentKind.CREDIT_NOTE, **back),
        paper(DocumentKind.CREDIT_NOTE, **back, seller=HOTEL, buyer=OPERATOR, self_billed=True),
    ]


def _line(line: Line) -> PaperLine:
    first, last = (date(2026, 10, line.first_day + 1), date(2026, 10, line.end_day)) if line.end_day else (None, None)
    return PaperLine(
        kind=line.kind,
        amount_minor=line.amount_minor,
        tax_category=line.tax.category,
        tax_rate_percent=line.tax.rate_percent,
        first_on=first,
        last_on=last,
        router_id=line.router_id,
        router_name=None if line.router_id is None else f"Room {100 + line.router_id.int}",
        up_bytes=line.up_bytes,
        down_bytes=line.down_bytes,
        quantity=line.quantity,
        used_in=line.used_in,
    )
