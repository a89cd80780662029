"""Tables of tariffs, invoices with their lines and files, and the counter of invoice numbers."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_PERCENT = Numeric(7, 4)


class Tariff(Base):
    """What a host is charged from a month on (`YYYY-MM`), until a later tariff takes over."""

    __tablename__ = "tariffs"
    __table_args__ = (UniqueConstraint("host_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    valid_from: Mapped[str]
    base_fee_minor: Mapped[int]
    price_per_gb_minor: Mapped[int]
    included_bytes: Mapped[int]
    tax_rate_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    created_at: Mapped[datetime]


class Invoice(Base):
    """A host's month. What it was made of is copied here, so an issued invoice never changes with its host or tariff."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("host_id", "period"),
        Index("ix_invoices_period", "period", "id"),
        Index("ix_invoices_status_period", "status", "period", "id"),
        Index("ix_invoices_total_minor", "total_minor", "id"),
        CheckConstraint(
            "(status = 'draft' AND number IS NULL AND issued_at IS NULL) "
            "OR (status = 'issued' AND number IS NOT NULL AND issued_at IS NOT NULL)",
            "status",
        ),
        CheckConstraint("subtotal_minor + tax_minor = total_minor", "total"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    period: Mapped[str]
    number: Mapped[int | None] = mapped_column(unique=True)
    status: Mapped[str]
    host_name: Mapped[str]
    timezone: Mapped[str]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    currency: Mapped[str]
    price_per_gb_minor: Mapped[int]
    tax_rate_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    subtotal_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]


class InvoiceLine(Base):
    """A line of an invoice, in the order of `position`."""

    __tablename__ = "invoice_lines"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    router_id: Mapped[UUID | None] = mapped_column(ForeignKey("routers.id"))
    router_name: Mapped[str | None]
    up_bytes: Mapped[int | None]
    down_bytes: Mapped[int | None]
    included_bytes: Mapped[int | None]
    amount_minor: Mapped[int]


class InvoiceFile(Base):
    """The PDF of an issued invoice, as it was made."""

    __tablename__ = "invoice_files"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    pdf: Mapped[bytes]


class InvoiceCounter(Base):
    """The last invoice number given out. The row's lock makes numbers gapless: they count on commit or not at all."""

    __tablename__ = "invoice_counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
