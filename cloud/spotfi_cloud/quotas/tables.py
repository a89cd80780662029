"""Tables of quota balances, and of enforcements: what NASes are told about sessions, until it is done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

UNDER_WAY = (
    "(state IN ('pending', 'sent', 'unreachable') OR action = 'disconnect' AND state IN ('acknowledged', 'refused'))"
)
"""Which enforcements are tried again, in SQL: an end until it is proved, a change until it is answered."""


class QuotaBalance(Base):
    """What a subscriber used in one period; equals the ledger's sum over it. `period_end` is None for one without end."""

    __tablename__ = "quota_balances"
    __table_args__ = (Index("ix_quota_balances_period_end", "period_end"),)

    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscribers.id"), primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    period_end: Mapped[datetime | None]
    used_bytes: Mapped[int]
    """Up and down together."""
    used_up_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    used_s: Mapped[int] = mapped_column(server_default=text("0"))
    """Session time, of all sessions together."""
    rolled_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    """What the quota has on top from the period before."""


class Enforcement(Base):
    """A session's way out, or its way to new limits: `answer` is what its NAS said last. One of each at most is under way."""

    __tablename__ = "enforcements"
    __table_args__ = (
        CheckConstraint("action IN ('disconnect', 'change')", "action"),
        CheckConstraint("reason IN ('quota', 'disabled', 'manual', 'limits', 'validity', 'session_quota')", "reason"),
        CheckConstraint(
            "state IN ('pending', 'sent', 'acknowledged', 'refused', 'unreachable', 'proved', 'lapsed', 'gave_up',"
            " 'deferred')",
            "state",
        ),
        Index(
            "uq_enforcements_under_way_session_id",
            "session_id",
            "action",
            unique=True,
            postgresql_where=text(UNDER_WAY),
        ),
        Index("ix_enforcements_due", "next_attempt_at", postgresql_where=text(UNDER_WAY)),
        Index("ix_enforcements_session_id", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    subscriber_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscribers.id"))
    action: Mapped[str] = mapped_column(server_default="disconnect")
    reason: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    answer: Mapped[str]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]


class LimitChange(Base):
    """A plan whose limits were changed, or a subscriber who got another plan; written by the database's triggers. Or, with the
    reason `quota`, a subscriber to be throttled.

    Whoever changes plans need not know of sessions. Kept for some seconds: logins under way may still bring the old limits.
    """

    __tablename__ = "limit_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    plan_id: Mapped[UUID | None]
    subscriber_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(server_default="limits")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
