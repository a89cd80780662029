"""Tables of sessions and of the usage ledger they grow by.

Both are written by the batched path of accounting only. A ledger row is (session, quarter of an hour) and copies the
session's router, host and subscriber, so that sums per host or subscriber read one index.

Neither refers by foreign key, whose checks, row by row, took a sixth of what accounting costs the database. Whoever would
delete what a session or a ledger row speaks of is refused by triggers (migration 0022).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base

_OPEN = text("ended_at IS NULL")


class Session(Base):
    """A guest's session on a NAS. `known_…` are the NAS's last counters, `up_bytes` and `down_bytes` what was counted.

    `stopped`: the NAS itself said Stop. `login`: our token from the Accept. `heard_at`: when the last packet arrived, while
    `updated_at` is when what it reports happened.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("router_id", "acct_session_id", "username"),
        Index("ix_sessions_host_id_id", "host_id", "id"),
        Index("ix_sessions_router_id_id", "router_id", "id"),
        Index("ix_sessions_subscriber_id_id", "subscriber_id", "id"),
        Index("ix_sessions_open_router_id", "router_id", postgresql_where=_OPEN),
        Index("ix_sessions_open_subscriber_id", "subscriber_id", postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    host_id: Mapped[UUID]
    acct_session_id: Mapped[str]
    username: Mapped[str]
    subscriber_id: Mapped[UUID | None]
    calling_station_id: Mapped[str]
    called_station_id: Mapped[str]
    framed_ip: Mapped[str]
    nas_address: Mapped[str]
    login: Mapped[str]
    known_up_bytes: Mapped[int]
    known_down_bytes: Mapped[int]
    gigawords: Mapped[bool]
    session_time_s: Mapped[int]
    up_bytes: Mapped[int]
    down_bytes: Mapped[int]
    refused_updates: Mapped[int]
    used_s: Mapped[int] = mapped_column(server_default=text("0"))
    """What was counted; `session_time_s` is the NAS's last counter."""
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stopped: Mapped[bool]
    terminate_cause: Mapped[str]


class UsageQuarter(Base):
    """What a session used in one quarter of an hour (UTC). What is billed is the sum of these."""

    __tablename__ = "usage_ledger"
    __table_args__ = (
        Index("ix_usage_ledger_host_id_quarter_start", "host_id", "quarter_start"),
        Index("ix_usage_ledger_subscriber_id_quarter_start", "subscriber_id", "quarter_start"),
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    quarter_start: Mapped[datetime] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    host_id: Mapped[UUID]
    subscriber_id: Mapped[UUID | None]
    up_bytes: Mapped[int]
    down_bytes: Mapped[int]
    used_s: Mapped[int] = mapped_column(server_default=text("0"))
    """Of session time."""


class LateUsage(Base):
    """What a ledger row grew by long after its quarter: by then a month may have been billed without it."""

    __tablename__ = "late_usage"
    __table_args__ = (Index("ix_late_usage_host_id_quarter_start", "host_id", "quarter_start"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    quarter_start: Mapped[datetime]
    router_id: Mapped[UUID]
    host_id: Mapped[UUID]
    up_bytes: Mapped[int]
    down_bytes: Mapped[int]
    recorded_at: Mapped[datetime]
