"""The rules of billing: what a month costs, how it is taxed, what late usage adds. Pure, and lowest in this capability."""

from spotfi_cloud.billing.rules.account import Account, Entry, EntryKind, account_of
from spotfi_cloud.billing.rules.credits import CreditError, credit_bill, what_is_left
from spotfi_cloud.billing.rules.documents import DocumentKind, InvoiceStatus, RunState
from spotfi_cloud.billing.rules.frozen import freeze, thaw
from spotfi_cloud.billing.rules.late import late_lines, late_sales_lines, with_sales, with_usage
from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, TaxGroup, sum_up
from spotfi_cloud.billing.rules.month import Month, Presence, Sales, Stretch, Usage, price_month, rate_month
from spotfi_cloud.billing.rules.open_months import SETTLES_AFTER, first_day, open_months
from spotfi_cloud.billing.rules.payments import (
    PAYS,
    PaymentDirection,
    Share,
    ShownState,
    allocate,
    release,
    shown_state,
)
from spotfi_cloud.billing.rules.reminders import REMINDER_DAYS, due_reminder
from spotfi_cloud.billing.rules.stretches import LocalMonth, cut, presence, stretch_at
from spotfi_cloud.billing.rules.tariff import NO_TARIFF, Direction, Tax, TaxCategory, Terms, Tier, TierMode

__all__ = [
    "NO_TARIFF",
    "PAYS",
    "REMINDER_DAYS",
    "SETTLES_AFTER",
    "Account",
    "Bill",
    "CreditError",
    "Direction",
    "DocumentKind",
    "Entry",
    "EntryKind",
    "InvoiceStatus",
    "Line",
    "LineKind",
    "LocalMonth",
    "Month",
    "PaymentDirection",
    "Presence",
    "RunState",
    "Sales",
    "Share",
    "ShownState",
    "Stretch",
    "Tax",
    "TaxCategory",
    "TaxGroup",
    "Terms",
    "Tier",
    "TierMode",
    "Usage",
    "account_of",
    "allocate",
    "credit_bill",
    "cut",
    "due_reminder",
    "first_day",
    "freeze",
    "late_lines",
    "late_sales_lines",
    "open_months",
    "presence",
    "price_month",
    "rate_month",
    "release",
    "shown_state",
    "stretch_at",
    "sum_up",
    "thaw",
    "what_is_left",
    "with_sales",
    "with_usage",
]
