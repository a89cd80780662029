"""Tables of subscribers, of their assignments (which plan each has, had, and will have), top-ups, vouchers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Subscriber(Base):
    """A guest's account: one home host, or none (the ISP's own); may roam over every host's routers.

    The columns from `valid_from` on are what the active assignment comes to, kept here for logins and accounting, which read
    one row: written together with the assignments and never apart from them.
    """

    __tablename__ = "subscribers"
    # For the orders of lists: of all, of a host, of a plan; and for the few that may not log in.
    __table_args__ = (
        Index("ix_subscribers_created_at", "created_at", "id"),
        Index("ix_subscribers_host_id_created_at", "host_id", "created_at", "id"),
        Index("ix_subscribers_host_id_username", "host_id", "username", "id"),
        Index("ix_subscribers_plan_id_created_at", "plan_id", "created_at", "id"),
        Index(
            "ix_subscribers_disabled_created_at", "created_at", "id", postgresql_where=text("disabled_at IS NOT NULL")
        ),
        Index(
            "ix_subscribers_voucher_batch_id",
            "voucher_batch_id",
            "voucher_number",
            "id",
            postgresql_where=text("voucher_batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_sealed: Mapped[bytes]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    valid_for_s: Mapped[int | None]
    """How long it will be valid from its first use on; None once it was used, or where nothing waits for that."""
    first_used_at: Mapped[datetime | None]
    first_router_id: Mapped[UUID | None] = mapped_column(ForeignKey("routers.id"))
    period_since: Mapped[datetime | None]
    """Where the quota's periods count from; None: `created_at`."""
    own_quota_bytes: Mapped[int | None]
    own_rate_up_bps: Mapped[int | None]
    own_rate_down_bps: Mapped[int | None]
    own_max_sessions: Mapped[int | None]
    """In place of the plan's, where not None."""
    granted_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    granted_until: Mapped[datetime | None]
    """What the quota has on top, until then; None: as long as the plan lasts."""
    voucher_batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher_batches.id"))
    voucher_number: Mapped[int | None]
    """Of a voucher: its batch, and its place there, from 1. User name and password are its code."""


class Assignment(Base):
    """A plan a subscriber has, had or will have. At most one is active; the queued ones follow in the order of their ids.

    `first_started_at` and `renewals`: where a chain of renewals began and how often it was renewed, so that months count
    from its first day.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'active', 'ended', 'cancelled')", "state"),
        Index("ix_assignments_subscriber_id_id", "subscriber_id", "id"),
        Index("ix_assignments_plan_id", "plan_id"),
        Index("uq_assignments_active", "subscriber_id", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_assignments_due", "valid_until", postgresql_where=text("state = 'active'")),
        Index("ix_assignments_queued", "starts_at", postgresql_where=text("state = 'queued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscribers.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    state: Mapped[str]
    created_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    """Of a queued one: when it begins although another is active; None: when that ends."""
    started_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    renews: Mapped[bool] = mapped_column(server_default=false())
    first_started_at: Mapped[datetime | None]
    renewals: Mapped[int] = mapped_column(server_default=text("0"))
    quota_bytes: Mapped[int | None]
    rate_up_bps: Mapped[int | None]
    rate_down_bps: Mapped[int | None]
    max_sessions: Mapped[int | None]
    note: Mapped[str] = mapped_column(server_default="")


class TopUp(Base):
    """Volume on top of the plan's: when, by whom, for how much. `until`: the end of the period it was given in."""

    __tablename__ = "top_ups"
    __table_args__ = (Index("ix_top_ups_subscriber_id_id", "subscriber_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscribers.id"))
    created_at: Mapped[datetime]
    bytes: Mapped[int]
    until: Mapped[datetime | None]
    price_minor: Mapped[int]
    currency: Mapped[str]
    account_id: Mapped[UUID | None]
    note: Mapped[str]


class VoucherBatch(Base):
    """Vouchers that were made together; each is a subscriber. `account_id`: the staff account that made them."""

    __tablename__ = "voucher_batches"
    __table_args__ = (
        Index("ix_voucher_batches_created_at", "created_at", "id"),
        Index("ix_voucher_batches_host_id_created_at", "host_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    count: Mapped[int]
    prefix: Mapped[str]
    code_length: Mapped[int]
    valid_for_s: Mapped[int | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    max_sessions: Mapped[int | None]
    price_minor: Mapped[int]
    currency: Mapped[str]
    note: Mapped[str]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SubscriberImport(Base):
    """A file of subscribers that was taken in whole. `account_id`: the staff account that did it."""

    __tablename__ = "subscriber_imports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    created_count: Mapped[int]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class CodeTries(Base):
    """Wrong voucher codes of a device on a router, or of a router; `key` is a hash of which. See `guessing.Tries`."""

    __tablename__ = "code_tries"
    __table_args__ = (Index("ix_code_tries_updated_at", "updated_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    full_until: Mapped[datetime]
    updated_at: Mapped[datetime]
