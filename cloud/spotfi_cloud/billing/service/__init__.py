"""What billing does: tariffs, the monthly run, invoices to look at, and the check against the ledger."""

from spotfi_cloud.billing.service.checks import verify
from spotfi_cloud.billing.service.invoices import (
    MonthTotal,
    get_invoice,
    get_lines,
    get_pdf,
    list_invoices,
    month_totals,
)
from spotfi_cloud.billing.service.monthly_run import run_month
from spotfi_cloud.billing.service.tariffs import get_tariff, put_tariff

__all__ = [
    "MonthTotal",
    "get_invoice",
    "get_lines",
    "get_pdf",
    "get_tariff",
    "list_invoices",
    "month_totals",
    "put_tariff",
    "run_month",
    "verify",
]
