"""Tables of alerts: rules, conditions under watch, the alerts themselves, and where and how they were told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class AlertRule(Base):
    """What somebody set in place of a default: for a host, or (None) for the installation."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        Index("uq_alert_rules_host_id_kind", "host_id", "kind", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("severity IN ('info', 'warning', 'critical')", "severity"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    kind: Mapped[str]
    enabled: Mapped[bool]
    severity: Mapped[str]
    threshold: Mapped[float | None] = mapped_column(Double())
    clear_threshold: Mapped[float | None] = mapped_column(Double())
    duration_s: Mapped[int]
    clear_duration_s: Mapped[int]
    changed_at: Mapped[datetime]


class AlertCondition(Base):
    """A condition that is not all right (`rules.Condition`); what is all right has no row."""

    __tablename__ = "alert_conditions"

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    phase: Mapped[str]
    held_s: Mapped[float] = mapped_column(Double())
    seen_at: Mapped[datetime]
    began_at: Mapped[datetime]


class AlertProgress(Base):
    """Up to where events have been looked at. One row."""

    __tablename__ = "alert_progress"

    only: Mapped[bool] = mapped_column(primary_key=True)
    events_tx: Mapped[int]
    events_number: Mapped[int]
    guests_at: Mapped[datetime]
    """When quotas were looked at last."""


class Alert(Base):
    """Something that was wrong. `subject_id`: the router, subscriber, command or invoice; the nil UUID for the installation.

    Names are not kept here: they are looked up when shown, and go with an erased guest.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint("severity IN ('info', 'warning', 'critical')", "severity"),
        Index("uq_alerts_open", "kind", "subject_id", unique=True, postgresql_where=text("cleared_at IS NULL")),
        Index("ix_alerts_open_host_id", "host_id", postgresql_where=text("cleared_at IS NULL")),
        Index("ix_alerts_raised_at", "raised_at", "id"),
        Index("ix_alerts_host_id_raised_at", "host_id", "raised_at", "id"),
        Index("ix_alerts_router_id_raised_at", "router_id", "raised_at", "id"),
        Index("ix_alerts_subject_id_raised_at", "subject_id", "raised_at", "id"),
        Index("ix_alerts_cleared_at", "cleared_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    kind: Mapped[str]
    severity: Mapped[str]
    subject_id: Mapped[UUID]
    router_id: Mapped[UUID | None] = mapped_column(ForeignKey("routers.id"))
    value: Mapped[float | None] = mapped_column(Double())
    threshold: Mapped[float | None] = mapped_column(Double())
    details: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    note: Mapped[str | None]


class AlertChannel(Base):
    """Where alerts of a host, or (None) of the whole installation, are told: one e-mail address or one webhook."""

    __tablename__ = "alert_channels"
    __table_args__ = (
        CheckConstraint(
            "kind = 'email' AND recipient IS NOT NULL AND url IS NULL"
            " OR kind = 'webhook' AND recipient IS NULL AND url IS NOT NULL AND secret_sealed IS NOT NULL",
            "kind",
        ),
        Index("ix_alert_channels_created_at", "created_at", "id"),
        Index("ix_alert_channels_host_id_created_at", "host_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"))
    name: Mapped[str]
    kind: Mapped[str]
    recipient: Mapped[str | None]
    url: Mapped[str | None]
    secret_sealed: Mapped[bytes | None]
    alert_kinds: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Only these; None: every kind."""
    min_severity: Mapped[str]
    enabled: Mapped[bool]
    created_at: Mapped[datetime]
    next_letter_at: Mapped[datetime | None]
    """Until then what is to be told is gathered for one letter."""


class AlertDelivery(Base):
    """Something told, or to be told, over a channel. `payload`: the webhook's body, the same with each attempt."""

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        CheckConstraint("event IN ('raised', 'cleared', 'test')", "event"),
        CheckConstraint("state IN ('pending', 'delivered', 'failed')", "state"),
        UniqueConstraint("channel_id", "alert_id", "event"),
        Index("ix_alert_deliveries_due", "next_attempt_at", postgresql_where=text("state = 'pending'")),
        Index("ix_alert_deliveries_channel_id_created_at", "channel_id", "created_at", "id"),
        Index("ix_alert_deliveries_alert_id", "alert_id"),
        Index("ix_alert_deliveries_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("alert_channels.id", ondelete="CASCADE"))
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    """What came of the last attempt, in words."""
    delivered_at: Mapped[datetime | None]
