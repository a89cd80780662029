"""Tables of payments, and what they pay."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_FREE = text("reversed_at IS NULL AND allocated_minor < amount_minor")


class Payment(Base):
    """Money received from a host, or paid out to it. `allocated_minor`: what of it pays documents; the rest is credit.

    A reversed payment pays nothing. `account_id` and `reversed_by`: the staff accounts that entered it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount"),
        CheckConstraint("allocated_minor BETWEEN 0 AND amount_minor", "allocated"),
        CheckConstraint("reversed_at IS NULL OR allocated_minor = 0", "reversed"),
        CheckConstraint("direction IN ('received', 'paid_out')", "direction"),
        Index("ix_payments_created_at", "created_at", "id"),
        Index("ix_payments_host_id_created_at", "host_id", "created_at", "id"),
        Index("ix_payments_free", "host_id", postgresql_where=_FREE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    direction: Mapped[str]
    amount_minor: Mapped[int]
    allocated_minor: Mapped[int]
    currency: Mapped[str]
    paid_on: Mapped[date]
    method: Mapped[str]
    reference: Mapped[str]
    note: Mapped[str]
    created_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None]
    reversal_note: Mapped[str | None]


class PaymentAllocation(Base):
    """What of a payment pays a document."""

    __tablename__ = "payment_allocations"
    __table_args__ = (CheckConstraint("amount_minor > 0", "amount"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True, index=True)
    amount_minor: Mapped[int]
