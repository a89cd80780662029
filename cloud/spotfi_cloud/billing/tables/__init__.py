"""Tables of billing."""

from spotfi_cloud.billing.tables.documents import (
    BillingLogo,
    Invoice,
    InvoiceCounter,
    InvoiceFile,
    InvoiceLetter,
    InvoiceLine,
)
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
    "BillingLogo",
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
