"""Tables of quota balances, and of enforcements: sessions that must end, until their Stop proves that they did."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_UNDER_WAY = text("state NOT IN ('proved', 'lapsed')")


class QuotaBalance(Base):
    """What a subscriber used in one period; equals the ledger's sum over it. `period_end` is None for one without end."""

    __tablename__ = "quota_balances"

    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscribers.id"), primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    period_end: Mapped[datetime | None]
    used_bytes: Mapped[int]


class Enforcement(Base):
    """One session's way out: `answer` is what its NAS said last. At most one per session is under way."""

    __tablename__ = "enforcements"
    __table_args__ = (
        CheckConstraint("reason IN ('quota', 'disabled', 'manual')", "reason"),
        CheckConstraint(
            "state IN ('pending', 'sent', 'acknowledged', 'refused', 'unreachable', 'proved', 'lapsed')", "state"
        ),
        Index("uq_enforcements_under_way_session_id", "session_id", unique=True, postgresql_where=_UNDER_WAY),
        Index("ix_enforcements_due", "next_attempt_at", postgresql_where=_UNDER_WAY),
        Index("ix_enforcements_session_id", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    subscriber_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscribers.id"))
    reason: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    answer: Mapped[str]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
