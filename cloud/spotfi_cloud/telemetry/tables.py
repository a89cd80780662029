"""Table of telemetry samples."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from spotfi_cloud.storage.base import Base


class TelemetrySample(Base):
    """One moment of one router. (router, boot, seq of the message, ordinal in it) tells a repeated one."""

    __tablename__ = "telemetry_samples"
    __table_args__ = (Index("ix_telemetry_samples_router_id_taken_at", "router_id", "taken_at"),)

    router_id: Mapped[UUID] = mapped_column(ForeignKey("routers.id"), primary_key=True)
    boot_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime] = mapped_column(index=True)
    mono_ms: Mapped[int]
    dropped: Mapped[int]
    uptime_s: Mapped[int]
    cpu_busy_ms: Mapped[int | None]
    cpu_total_ms: Mapped[int | None]
    load: Mapped[list[float] | None] = mapped_column(ARRAY(Double()))
    memory_total_bytes: Mapped[int | None]
    memory_available_bytes: Mapped[int | None]
    disk_total_bytes: Mapped[int | None]
    disk_used_bytes: Mapped[int | None]
    temperature_c: Mapped[float | None] = mapped_column(Double())
    interfaces: Mapped[dict[str, Any]]
