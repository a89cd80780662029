"""What billing does: tariffs, the monthly run, documents to look at with what is behind them, and the check of it all."""

from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.service.accounts import get_account, list_receivables, report_month
from spotfi_cloud.billing.service.checks import verify
from spotfi_cloud.billing.service.credit_notes import Credit, make_credit_note
from spotfi_cloud.billing.service.documents import get_e_invoice, get_pdf, no_e_invoice_because
from spotfi_cloud.billing.service.evidence import get_evidence
from spotfi_cloud.billing.service.invoices import (
    get_invoice,
    get_lines,
    list_invoices,
    preview_month,
    state_of,
)
from spotfi_cloud.billing.service.letters import (
    documents_to_send,
    list_letters,
    reminders_to_send,
    send_document,
    send_issued,
    send_reminder,
)
from spotfi_cloud.billing.service.logos import delete_own_logo, get_own_logo, put_own_logo
from spotfi_cloud.billing.service.monthly_run import issue_months
from spotfi_cloud.billing.service.open_months import months_to_bill
from spotfi_cloud.billing.service.parties import get_details, get_own_details, put_details, put_own_details
from spotfi_cloud.billing.service.payments import (
    NewPayment,
    PaymentView,
    apply_credit,
    balance_of,
    get_payment,
    list_payments,
    record_payment,
    reverse_payment,
)
from spotfi_cloud.billing.service.rating import read_month
from spotfi_cloud.billing.service.readings import Reading
from spotfi_cloud.billing.service.runs import begin_run, finish_run, get_run, note_progress, order_run
from spotfi_cloud.billing.service.tariffs import delete_tariff, get_tariff, list_tariffs, put_tariff
from spotfi_cloud.billing.service.totals import MonthTotal, month_totals
from spotfi_cloud.billing.service.voiding import void_invoice

__all__ = [
    "Credit",
    "Invoice",
    "MonthTotal",
    "NewPayment",
    "PaymentView",
    "Reading",
    "apply_credit",
    "balance_of",
    "begin_run",
    "delete_own_logo",
    "delete_tariff",
    "documents_to_send",
    "finish_run",
    "get_account",
    "get_details",
    "get_e_invoice",
    "get_evidence",
    "get_invoice",
    "get_lines",
    "get_own_details",
    "get_own_logo",
    "get_payment",
    "get_pdf",
    "get_run",
    "get_tariff",
    "issue_months",
    "list_invoices",
    "list_letters",
    "list_payments",
    "list_receivables",
    "list_tariffs",
    "make_credit_note",
    "month_totals",
    "months_to_bill",
    "no_e_invoice_because",
    "note_progress",
    "order_run",
    "preview_month",
    "put_details",
    "put_own_details",
    "put_own_logo",
    "put_tariff",
    "read_month",
    "record_payment",
    "reminders_to_send",
    "report_month",
    "reverse_payment",
    "send_document",
    "send_issued",
    "send_reminder",
    "state_of",
    "verify",
    "void_invoice",
]
