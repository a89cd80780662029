"""Bodies of payments and credit notes."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from spotfi_cloud.billing.rules import PaymentDirection
from spotfi_cloud.hosts.schemas import ContactEmail
from spotfi_cloud.storage.bodies import MAX_AMOUNT_MINOR, RequestBody, ResponseBody, printable

PositiveMinor = Annotated[int, Field(strict=True, gt=0, le=MAX_AMOUNT_MINOR)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(printable)
]


class PaymentIn(RequestBody):
    """A payment of a document, in its currency."""

    amount_minor: PositiveMinor
    paid_on: Annotated[date | None, Field(description="Today by the host's clock where left out.")] = None
    method: Annotated[ShortText, Field(examples=["bank transfer"])] = ""
    reference: Annotated[ShortText, Field(description="Of the bank, or whoever took the money.")] = ""
    note: ShortText = ""


class ReversalIn(RequestBody):
    """Why a payment is taken back."""

    note: ShortText = ""


class AllocationOut(ResponseBody):
    """What of a payment pays a document."""

    invoice_id: UUID
    amount_minor: int


class PaymentOut(ResponseBody):
    """Money that was received from a host, or paid out to it."""

    id: UUID
    host_id: UUID
    direction: PaymentDirection
    amount_minor: int
    free_minor: int = Field(description="What pays no document so far: the host's credit.")
    currency: str
    paid_on: date
    method: str
    reference: str
    note: str
    created_at: datetime
    account_id: UUID | None = Field(description="Who entered it.")
    reversed_at: datetime | None
    reversed_by: UUID | None
    reversal_note: str | None
    allocations: list[AllocationOut]


class LetterIn(RequestBody):
    """To whom a document is sent."""

    recipient: Annotated[ContactEmail | None, Field(description="Null: the e-mail of the host's billing details.")] = (
        None
    )


class LetterOut(ResponseBody):
    """An e-mail about a document."""

    kind: Literal["document", "reminder"]
    step: int | None = Field(description="Of a reminder: days after the due date.")
    recipient: str
    ordered_at: datetime


class LetterList(ResponseBody):
    """The e-mails about a document, oldest first."""

    items: list[LetterOut]


class SentOut(ResponseBody):
    """Where a document goes."""

    recipient: str


class CreditLine(RequestBody):
    """So much of a line of the document, without tax."""

    position: Annotated[int, Field(strict=True, ge=1, le=10**6)]
    amount_minor: PositiveMinor


class CreditNoteIn(RequestBody):
    """What to take back of a document, and why."""

    reason: Reason
    lines: Annotated[
        list[CreditLine] | None,
        Field(min_length=1, max_length=1000, description="Null: all that is left of the document."),
    ] = None
