"""From a stored document to what is put on paper."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.repository.invoices import Invoice, InvoiceLine
from spotfi_cloud.billing.rules import DocumentKind, LineKind, TaxCategory, TaxGroup


def paper_of(invoice: Invoice, rows: Sequence[InvoiceLine], *, corrects: str | None = None) -> Paper:
    """The document on paper; a draft is dated by when it was first made. `corrects`: the reference it takes back."""
    dated_at = (invoice.issued_at or invoice.created_at).astimezone(ZoneInfo(invoice.timezone))
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
        dated_on=dated_at.date(),
        due_on=invoice.due_on,
        currency=invoice.currency,
        lines=tuple(_line(row) for row in rows),
        taxes=tuple(_tax_group(each) for each in invoice.taxes),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        note=invoice.note,
        corrects=corrects,
    )


def _line(row: InvoiceLine) -> PaperLine:
    return PaperLine(
        kind=LineKind(row.kind),
        amount_minor=row.amount_minor,
        tax_category=TaxCategory(row.tax_category),
        tax_rate_percent=row.tax_rate_percent,
        first_on=row.first_on,
        last_on=row.last_on,
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
