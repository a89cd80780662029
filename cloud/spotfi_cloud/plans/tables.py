"""Table of service plans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class Plan(Base):
    """What its subscribers may use. Without a host it is the ISP's, and every Host may give it to subscribers."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint(
            "period IN ('once', 'day', 'week', 'month', 'day_from_start', 'week_from_start', 'month_from_start')",
            "period",
        ),
        CheckConstraint("valid_for_s IS NULL OR valid_for_months IS NULL", "validity"),
        CheckConstraint("at_limit IN ('end', 'throttle', 'continue')", "at_limit"),
        CheckConstraint("rollover_percent BETWEEN 0 AND 100", "rollover"),
        CheckConstraint("password_storage IN ('sealed', 'argon2id')", "password_storage"),
        Index("ix_plans_created_at", "created_at", "id"),
        Index("ix_plans_name", "name", "id"),
        Index("uq_plans_default_of_host", "host_id", unique=True, postgresql_where=text("is_default")),
        Index(
            "uq_plans_default_of_isp",
            "is_default",
            unique=True,
            postgresql_where=text("is_default AND host_id IS NULL"),
        ),
        Index("ix_plans_words", text("search_words(name)"), postgresql_using="gin"),
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
    valid_for_s: Mapped[int | None]
    valid_for_months: Mapped[int | None]
    valid_from_first_use: Mapped[bool] = mapped_column(server_default=false())
    quota_up_bytes: Mapped[int | None]
    quota_down_bytes: Mapped[int | None]
    quota_s: Mapped[int | None]
    """Session time per period, of all sessions together."""
    session_quota_bytes: Mapped[int | None]
    at_limit: Mapped[str] = mapped_column(server_default="end")
    throttle_up_bps: Mapped[int | None]
    throttle_down_bps: Mapped[int | None]
    warn_at_percent: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{80,100}")
    rollover_percent: Mapped[int] = mapped_column(server_default=text("0"))
    rollover_max_bytes: Mapped[int | None]
    is_default: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
