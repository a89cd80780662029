"""Bodies of invoices, settlements and credit notes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus, LineKind, RunState, ShownState, TaxCategory
from spotfi_cloud.billing.schemas.parties import PartyOut
from spotfi_cloud.billing.schemas.tariffs import Month, ShownPercent
from spotfi_cloud.storage.bodies import RequestBody, ResponseBody


class InvoiceRun(RequestBody):
    """Which month to invoice."""

    period: Month


class DocumentsMade(ResponseBody):
    """The month's documents of a kind in a currency, drafts too, whoever had them made."""

    kind: DocumentKind
    currency: str
    documents: int
    total_minor: int


class InvoiceRunOut(ResponseBody):
    """A run: ordered, and then carried out by the worker."""

    id: UUID
    period: str
    state: RunState = Field(description="`failed`: some hosts could not be billed, the log says why; the others are.")
    hosts: int = Field(description="To go through: every one whose month has begun.")
    hosts_done: int
    hosts_failed: int
    ordered_at: datetime
    finished_at: datetime | None
    made: list[DocumentsMade]


class TaxGroupOut(ResponseBody):
    """What is taxed alike."""

    category: TaxCategory
    rate_percent: str
    net_minor: int
    tax_minor: int


class InvoicePreview(ResponseBody):
    """A document as it would be now."""

    host_id: UUID
    host_name: str
    kind: DocumentKind
    period: str
    period_start: datetime
    period_end: datetime
    currency: str
    taxes: list[TaxGroupOut]
    subtotal_minor: int
    tax_minor: int
    total_minor: int


class InvoiceOut(InvoicePreview):
    """A document as lists show it."""

    id: UUID
    number: int | None = Field(description="Gapless in its kind; null for a draft.")
    reference: str | None = Field(description="The number as the document shows it.", examples=["INV-000017"])
    status: InvoiceStatus
    state: ShownState = Field(description="Where it stands: its status, and what is paid of it by when.")
    paid_minor: int
    credited_minor: int = Field(description="What credit notes take back of it, with tax.")
    balance_minor: int = Field(description="What is left to pay.")
    created_at: datetime
    issued_at: datetime | None
    due_on: date | None
    corrects_id: UUID | None = Field(description="Of a credit note: what it takes back.")


class InvoiceLineOut(ResponseBody):
    """A line: net of tax, for the days given; the amounts sum to the subtotal.

    Lines of usage carry router and bytes, exactly the ledger's.
    """

    position: int
    kind: LineKind
    first_on: date | None
    last_on: date | None
    router_id: UUID | None
    router_name: str | None
    up_bytes: int | None
    down_bytes: int | None
    quantity: Annotated[int | None, Field(description="Routers of a router fee, sales of a share.")]
    used_in: Annotated[str | None, Field(description="The month of late usage.")]
    text: str | None
    tax_category: TaxCategory
    tax_rate_percent: ShownPercent
    amount_minor: int


class InvoiceDetail(InvoiceOut):
    """A document with its lines and parties."""

    seller: PartyOut
    buyer: PartyOut
    language: str
    note: str | None
    no_e_invoice_because: list[str] = Field(
        description="Why there is no e-invoice of it, a sentence for each reason; empty where there is one."
    )
    lines: list[InvoiceLineOut]


class PreviewDetail(InvoicePreview):
    """A document as it would be now, with its lines."""

    lines: list[InvoiceLineOut]


class PreviewList(ResponseBody):
    """What a month would be billed by now: an invoice, a settlement, both or none."""

    items: list[PreviewDetail]
