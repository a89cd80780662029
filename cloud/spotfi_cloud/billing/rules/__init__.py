"""The rules of billing: what a month costs, how it is taxed, what late usage adds. Pure, and lowest in this capability."""

from spotfi_cloud.billing.rules.documents import DocumentKind, InvoiceStatus
from spotfi_cloud.billing.rules.frozen import freeze, thaw
from spotfi_cloud.billing.rules.late import late_lines, with_usage
from spotfi_cloud.billing.rules.lines import Bill, Line, LineKind, TaxGroup, sum_up
from spotfi_cloud.billing.rules.month import Month, Presence, Sales, Stretch, Usage, price_month, rate_month
from spotfi_cloud.billing.rules.open_months import SETTLES_AFTER, first_day, open_months
from spotfi_cloud.billing.rules.stretches import LocalMonth, cut, presence, stretch_at
from spotfi_cloud.billing.rules.tariff import NO_TARIFF, Direction, Tax, TaxCategory, Terms, Tier, TierMode

__all__ = [
    "NO_TARIFF",
    "SETTLES_AFTER",
    "Bill",
    "Direction",
    "DocumentKind",
    "InvoiceStatus",
    "Line",
    "LineKind",
    "LocalMonth",
    "Month",
    "Presence",
    "Sales",
    "Stretch",
    "Tax",
    "TaxCategory",
    "TaxGroup",
    "Terms",
    "Tier",
    "TierMode",
    "Usage",
    "cut",
    "first_day",
    "freeze",
    "late_lines",
    "open_months",
    "presence",
    "price_month",
    "rate_month",
    "stretch_at",
    "sum_up",
    "thaw",
    "with_usage",
]
