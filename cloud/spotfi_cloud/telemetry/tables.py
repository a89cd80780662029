"""Tables of telemetry.

`telemetry_batches` and `telemetry_five_minutes` are partitioned by day (UTC); a row of a day that has no partition yet goes
to the default one, `…_other`, and moves when the day gets its own (`partitions`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class TelemetryBatch(Base):
    """One telemetry message, as it came. (router, boot, seq) tells a repeated one."""

    __tablename__ = "telemetry_batches"
    __table_args__ = (
        Index("ix_telemetry_batches_router_id_taken_at", "router_id", "taken_at"),
        {"postgresql_partition_by": "RANGE (taken_at)"},
    )

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    boot_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime] = mapped_column(primary_key=True)
    """Of its newest sample; the others lie as far before it as the router's monotonic clock says."""
    began_at: Mapped[datetime]
    """Of its oldest sample."""
    payload: Mapped[bytes]
    """What the router sent and ingest has checked; a quarter of what the same samples take as JSON."""
    stored_in: Mapped[int] = mapped_column(
        BigInteger, index=True, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    """Number of the transaction that stored it: by it the worker finds what is new, however late it comes."""


class _Rollup:
    """Figures of one router over [at, at + resolution): sums, not means, so that they can be added up further."""

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    figures: Mapped[dict[str, Any]]


class FiveMinutes(_Rollup, Base):
    """Rollups of five minutes, kept for 30 days."""

    __tablename__ = "telemetry_five_minutes"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)


class Hour(_Rollup, Base):
    """Rollups of an hour, kept for two years."""

    __tablename__ = "telemetry_hours"


class Day(_Rollup, Base):
    """Rollups of a day (UTC), kept for two years: what a year's view is drawn from."""

    __tablename__ = "telemetry_days"


class Progress(Base):
    """How far the rollups are. One row."""

    __tablename__ = "telemetry_progress"

    only: Mapped[bool] = mapped_column(primary_key=True)
    rolled_up_to: Mapped[int]
    """Batches of transactions before this number are in them, whole."""
    seen_to: Mapped[int]
    """Those before this one are in them as far as `closed_before`."""
    closed_before: Mapped[datetime]
    """What is later is not rolled up, and drawn from samples."""


class Live(Base):
    """Until when a router was asked for a sample each second."""

    __tablename__ = "telemetry_live"

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    until_at: Mapped[datetime]
