"""Tables of tariffs, parties, the months that are billed, and the runs that people order."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_PERCENT = Numeric(7, 4)


class Tariff(Base):
    """What holds for a host from a day on, until a later tariff takes over. `tiers`: [[above_bytes, price_per_gb_minor], …]
    beyond the first, whose price is `price_per_gb_minor`."""

    __tablename__ = "tariffs"
    __table_args__ = (UniqueConstraint("host_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"))
    valid_from: Mapped[date]
    direction: Mapped[str]
    base_fee_minor: Mapped[int]
    router_fee_minor: Mapped[int]
    price_per_gb_minor: Mapped[int]
    included_bytes: Mapped[int]
    tier_mode: Mapped[str]
    tiers: Mapped[list[list[int]]] = mapped_column(JSONB())
    sales_share_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    discount_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    minimum_minor: Mapped[int]
    maximum_minor: Mapped[int | None]
    tax_category: Mapped[str]
    tax_rate_percent: Mapped[Decimal] = mapped_column(_PERCENT)
    tax_inclusive: Mapped[bool]
    created_at: Mapped[datetime]


class BillingParty(Base):
    """Who a document is from or to: a host, or the installation itself (`host_id` null). `details`: name, address, numbers."""

    __tablename__ = "billing_parties"
    __table_args__ = (Index("uq_billing_parties_host_id", "host_id", unique=True, postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    details: Mapped[dict[str, Any]]


class BilledMonth(Base):
    """A host's month that is billed: its edges, and in `frozen` all that it was rated by."""

    __tablename__ = "billed_months"

    host_id: Mapped[UUID] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    frozen: Mapped[dict[str, Any]]
    billed_at: Mapped[datetime]


class BilledLateUsage(Base):
    """Which late usage is billed, and in which of its host's months."""

    __tablename__ = "billed_late_usage"
    __table_args__ = (
        ForeignKeyConstraint(["host_id", "period"], ["billed_months.host_id", "billed_months.period"]),
        Index("ix_billed_late_usage_host_id_period", "host_id", "period"),
    )

    late_usage_id: Mapped[UUID] = mapped_column(ForeignKey("late_usage.id"), primary_key=True)
    host_id: Mapped[UUID]
    period: Mapped[str]


class BilledSale(Base):
    """A sale that is billed, for what it was sold, and in which of its host's months: its own, or a later one.

    `sale_id`: of the voucher's account, the assignment or the top-up, which may be gone by now.
    """

    __tablename__ = "billed_sales"
    __table_args__ = (
        ForeignKeyConstraint(["host_id", "period"], ["billed_months.host_id", "billed_months.period"]),
        Index("ix_billed_sales_host_id_period", "host_id", "period", "sold_at"),
    )

    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID]
    period: Mapped[str]
    kind: Mapped[str]
    sold_at: Mapped[datetime]
    price_minor: Mapped[int]


class BillingRun(Base):
    """A month that somebody ordered to be billed for every host. `hosts_done`: how many it has been through."""

    __tablename__ = "billing_runs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", "state"),
        Index("ix_billing_runs_unfinished", "id", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str]
    state: Mapped[str]
    hosts: Mapped[int]
    hosts_done: Mapped[int]
    hosts_failed: Mapped[int]
    ordered_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
