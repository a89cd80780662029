"""Bodies of accounts and reports. All amounts in minor units."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from spotfi_cloud.billing.rules import DocumentKind, EntryKind
from spotfi_cloud.storage.bodies import ResponseBody
from spotfi_cloud.storage.pages import Page


class AccountEntryOut(ResponseBody):
    """An entry: positive amounts are owed by the host, negative ones to it."""

    on: date
    kind: EntryKind
    reference: str
    subject_id: Annotated[UUID | None, Field(description="The document or payment.")]
    amount_minor: int
    balance_minor: int = Field(description="After this entry.")


class AccountOut(Page[AccountEntryOut]):
    """A host's account; as CSV its entries, the opening balance first."""

    currency: str
    opening_minor: int
    closing_minor: int


class ReceivableOut(ResponseBody):
    """What a host owes in a currency, by the days since it was due."""

    host_id: UUID
    host_name: str
    currency: str
    not_due_minor: int
    days_1_to_30_minor: int
    days_31_to_60_minor: int
    days_61_to_90_minor: int
    days_over_90_minor: int
    total_minor: int
    oldest_due_on: date


class MonthOfHostOut(ResponseBody):
    """What a host's documents of one kind say of a month; fees, usage and share without tax and discount."""

    host_id: UUID
    host_name: str
    kind: DocumentKind
    currency: str
    up_bytes: int
    down_bytes: int
    fees_minor: int
    usage_minor: int
    sales_minor: Annotated[int, Field(description="What was sold, where the tariff gives a share of it.")]
    sales_share_minor: int
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    credited_minor: int
    balance_minor: int


class MonthTotalOut(ResponseBody):
    """The sums of a month's documents of one kind in one currency."""

    kind: DocumentKind
    currency: str
    up_bytes: int
    down_bytes: int
    fees_minor: int
    usage_minor: int
    sales_minor: int
    sales_share_minor: int
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    credited_minor: int
    balance_minor: int


class BillingReport(Page[MonthOfHostOut]):
    """A month's documents by host, and their sums; as CSV the hosts."""

    totals: list[MonthTotalOut]
