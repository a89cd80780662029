"""Table of service plans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Plan(Base):
    """What its subscribers may use. Without a host it is the ISP's, and every Host may give it to subscribers."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("period IN ('once', 'day', 'week', 'month')", "period"),
        CheckConstraint("password_storage IN ('sealed', 'argon2id')", "password_storage"),
        Index("ix_plans_created_at", "created_at", "id"),
        Index("ix_plans_name", "name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("hosts.id"), index=True)
    name: Mapped[str]
    quota_bytes: Mapped[int | None]
    period: Mapped[str]
    session_timeout_s: Mapped[int | None]
    idle_timeout_s: Mapped[int | None]
    rate_up_bps: Mapped[int | None]
    rate_down_bps: Mapped[int | None]
    max_sessions: Mapped[int | None]
    price_minor: Mapped[int]
    currency: Mapped[str]
    interim_interval_s: Mapped[int]
    password_storage: Mapped[str] = mapped_column(server_default="sealed")
    created_at: Mapped[datetime]
