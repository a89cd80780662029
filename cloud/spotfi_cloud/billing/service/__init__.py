"""What billing does: tariffs, the monthly run, documents to look at with what is behind them, and the check of it all."""

from spotfi_cloud.billing.service.checks import verify
from spotfi_cloud.billing.service.evidence import get_evidence
from spotfi_cloud.billing.service.invoices import get_invoice, get_lines, get_pdf, list_invoices, preview_month
from spotfi_cloud.billing.service.monthly_run import issue_months, run_month
from spotfi_cloud.billing.service.open_months import months_to_bill
from spotfi_cloud.billing.service.parties import get_details, get_own_details, put_details, put_own_details
from spotfi_cloud.billing.service.tariffs import delete_tariff, get_tariff, list_tariffs, put_tariff
from spotfi_cloud.billing.service.totals import MonthTotal, month_totals

__all__ = [
    "MonthTotal",
    "delete_tariff",
    "get_details",
    "get_evidence",
    "get_invoice",
    "get_lines",
    "get_own_details",
    "get_pdf",
    "get_tariff",
    "issue_months",
    "list_invoices",
    "list_tariffs",
    "month_totals",
    "months_to_bill",
    "preview_month",
    "put_details",
    "put_own_details",
    "put_tariff",
    "run_month",
    "verify",
]
