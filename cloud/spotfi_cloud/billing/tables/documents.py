"""Tables of documents with their lines, files and letters, and the counters of numbers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_PERCENT = Numeric(7, 4)
_OPEN = text("status = 'issued' AND kind <> 'credit_note' AND total_minor > paid_minor + credited_minor")
_NOT_VOID = text("status <> 'void' AND kind <> 'credit_note'")


class Invoice(Base):
    """A document about a host's month, or a credit note. What it says is copied here: an issued one never changes, but for
    `paid_minor` and `credited_minor`, what of it payments and credit notes have settled.

    `reference` is the number as printed. `seller` and `buyer`: the parties as they were; `taxes`: the tax summary.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        Index("uq_invoices_host_id_period_kind", "host_id", "period", "kind", unique=True, postgresql_where=_NOT_VOID),
        UniqueConstraint("kind", "number"),
        Index("ix_invoices_period", "period", "id"),
        Index("ix_invoices_status_period", "status", "period", "id"),
        Index("ix_invoices_total_minor", "total_minor", "id"),
        Index("ix_invoices_host_id_period", "host_id", "period", "id"),
        Index("ix_invoices_open", "host_id", "due_on", postgresql_where=_OPEN),
        CheckConstraint("(status = 'draft') = (number IS NULL) AND (number IS NULL) = (issued_at IS NULL)", "status"),
        CheckConstraint("subtotal_minor + tax_minor = total_minor", "total"),
        CheckConstraint("paid_minor >= 0", "paid_minor"),
        CheckConstraint("credited_minor >= 0", "credited_minor"),
        CheckConstraint("paid_minor + credited_minor <= greatest(total_minor, 0)", "balance"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    kind: Mapped[str]
    period: Mapped[str]
    number: Mapped[int | None]
    reference: Mapped[str | None]
    status: Mapped[str]
    host_name: Mapped[str]
    timezone: Mapped[str]
    language: Mapped[str]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    currency: Mapped[str]
    seller: Mapped[dict[str, Any]]
    buyer: Mapped[dict[str, Any]]
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    subtotal_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]
    paid_minor: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    credited_minor: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    note: Mapped[str | None]
    logo_digest: Mapped[str | None] = mapped_column(ForeignKey("billing_logos.digest"))


class InvoiceLine(Base):
    """A line of a document, in the order of `position`. `first_on` and `last_on`: the days it is for."""

    __tablename__ = "invoice_lines"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    stretch: Mapped[int]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    router_id: Mapped[UUID | None] = mapped_column(ForeignKey("routers.id"))
    router_name: Mapped[str | None]
    up_bytes: Mapped[int | None]
    down_bytes: Mapped[int | None]
    quantity: Mapped[int | None]
    used_in: Mapped[str | None]
    text: Mapped[str | None]
    tax_category: Mapped[str]
    tax_rate_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    amount_minor: Mapped[int]


class InvoiceLetter(Base):
    """An e-mail that was ordered about a document. `step`: 0 for a document sent on issue, of a reminder the days after it
    was due; None where a person had it sent, as often as they like."""

    __tablename__ = "invoice_letters"
    __table_args__ = (
        UniqueConstraint("invoice_id", "kind", "step"),
        CheckConstraint("kind IN ('document', 'reminder')", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    kind: Mapped[str]
    step: Mapped[int | None]
    recipient: Mapped[str]
    ordered_at: Mapped[datetime]


class InvoiceFile(Base):
    """The PDF of an issued document, as it was made first."""

    __tablename__ = "invoice_files"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    pdf: Mapped[bytes]


class BillingLogo(Base):
    """A logo of the installation's documents, by its SHA-256: each document keeps the one it was issued with."""

    __tablename__ = "billing_logos"
    __table_args__ = (Index("uq_billing_logos_current", "current", unique=True, postgresql_where=text("current")),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    image: Mapped[bytes]
    current: Mapped[bool]


class InvoiceCounter(Base):
    """The last number given out in a series. The row's lock makes numbers gapless: they count on commit or not at all."""

    __tablename__ = "invoice_counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
