"""What payments pay, and the state of a document that follows. Pure.

What is paid beyond a document is the host's credit. It goes, the oldest payment first, to what is still open, the document
due first before all others.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from spotfi_cloud.billing.rules.documents import DocumentKind, InvoiceStatus


class PaymentDirection(StrEnum):
    """`received`: from a host, for its invoices. `paid_out`: to a host, for its settlements."""

    RECEIVED = "received"
    PAID_OUT = "paid_out"


PAYS = {DocumentKind.INVOICE: PaymentDirection.RECEIVED, DocumentKind.SETTLEMENT: PaymentDirection.PAID_OUT}
"""What pays which kind of document; a credit note is not paid."""


class ShownState(StrEnum):
    """Where a document stands for those who look at it. `in_favour`: it is over less than nothing, so nobody pays it."""

    DRAFT = "draft"
    ISSUED = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    IN_FAVOUR = "in_favour"
    VOID = "void"


class Share(NamedTuple):
    """What of a payment goes to a document."""

    payment_id: UUID
    invoice_id: UUID
    amount_minor: int


def shown_state(
    kind: DocumentKind, status: InvoiceStatus, total_minor: int, balance_minor: int, due_on: date | None, *, today: date
) -> ShownState:
    """The one rule: void and draft by status; in favour below zero; paid when nothing is left; overdue from the day after
    it was due; partly paid when less is left than at first. `today`: by the host's clock. A credit note is issued or void."""
    if status is not InvoiceStatus.ISSUED or kind is DocumentKind.CREDIT_NOTE:
        return ShownState(status.value)
    if total_minor < 0:
        return ShownState.IN_FAVOUR
    if balance_minor <= 0:
        return ShownState.PAID
    if due_on is not None and due_on < today:
        return ShownState.OVERDUE
    return ShownState.PARTLY_PAID if balance_minor < total_minor else ShownState.ISSUED


def allocate(free: Iterable[tuple[UUID, int]], due: Iterable[tuple[UUID, int]]) -> list[Share]:
    """Share free payments (id, amount) out over open documents (id, balance), each in the order given."""
    shares: list[Share] = []
    left = dict(free)
    for invoice_id, balance_minor in due:
        open_minor = balance_minor
        for payment_id, free_minor in left.items():
            amount_minor = min(free_minor, open_minor)
            if amount_minor > 0:
                shares.append(Share(payment_id, invoice_id, amount_minor))
                left[payment_id] -= amount_minor
                open_minor -= amount_minor
    return shares


def release(shares: Sequence[Share], excess_minor: int) -> list[Share]:
    """What to take back of a document's shares, the last ones first, so that it is paid by so much less."""
    back: list[Share] = []
    left_minor = excess_minor
    for share in reversed(shares):
        amount_minor = min(share.amount_minor, left_minor)
        if amount_minor > 0:
            back.append(share._replace(amount_minor=amount_minor))
            left_minor -= amount_minor
    return back
