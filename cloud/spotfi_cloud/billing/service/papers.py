"""From a stored document to what is put on paper."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.rules import DocumentKind, LineKind, TaxCategory, TaxGroup


def paper_of(
    invoice: Invoice, rows: Sequence[InvoiceLine], *, original: Invoice | None = None, logo: bytes | None = None
) -> Paper:
    """The document on paper; a draft is dated by when it was first made. `original`: what a credit note takes back."""
    return Paper(
        kind=DocumentKind(invoice.kind),
        reference=invoice.reference,
        language=invoice.language,
        host_name=invoice.host_name,
        seller=invoice.seller,
        buyer=invoice.buyer,
        period=invoice.period,
        timezone=invoice.timezone,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        dated_on=_dated_on(invoice),
        due_on=invoice.due_on,
        currency=invoice.currency,
        lines=tuple(_line(row) for row in rows),
        taxes=tuple(_tax_group(each) for each in invoice.taxes),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        note=invoice.note,
        self_billed=(original or invoice).kind == DocumentKind.SETTLEMENT,
        corrects=None if original is None else original.reference,
        corrects_on=None if original is None else _dated_on(original),
        logo=logo,
    )


def _dated_on(invoice: Invoice) -> date:
    return (invoice.issued_at or invoice.created_at).astimezone(ZoneInfo(invoice.timezone)).date()


def _line(row: InvoiceLine) -> PaperLine:
    return PaperLine(
        kind=LineKind(row.kind),
        amount_minor=row.amount_minor,
        tax_category=TaxCategory(row.tax_category),
        tax_rate_percent=row.tax_rate_percent,
        first_on=row.first_on,
        last_on=row.last_on,
        router_id=row.router_id,
        router_name=row.router_name,
        up_bytes=row.up_bytes,
        down_bytes=row.down_bytes,
        quantity=row.quantity,
        used_in=row.used_in,
        text=row.text,
    )


def _tax_group(values: dict[str, Any]) -> TaxGroup:
    rate_percent = Decimal(values["rate_percent"])
    return TaxGroup(TaxCategory(values["category"]), rate_percent, values["net_minor"], values["tax_minor"])
