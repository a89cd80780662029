"""Tables of billing."""

from spotfi_cloud.billing.tables.documents import Invoice, InvoiceCounter, InvoiceFile, InvoiceLetter, InvoiceLine
from spotfi_cloud.billing.tables.months import (
    BilledLateUsage,
    BilledMonth,
    BilledSale,
    BillingParty,
    BillingRun,
    Tariff,
)
from spotfi_cloud.billing.tables.payments import Payment, PaymentAllocation

__all__ = [
    "BilledLateUsage",
    "BilledMonth",
    "BilledSale",
    "BillingParty",
    "BillingRun",
    "Invoice",
    "InvoiceCounter",
    "InvoiceFile",
    "InvoiceLetter",
    "InvoiceLine",
    "Payment",
    "PaymentAllocation",
    "Tariff",
]
