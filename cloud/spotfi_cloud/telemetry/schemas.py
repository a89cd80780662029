"""Bodies of telemetry series."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from spotfi_cloud.telemetry.rules import Point


class ThroughputOut(BaseModel):
    """Mean throughput in bits per second, rx as received by the router; null where no two samples tell."""

    rx_bps: float | None
    tx_bps: float | None


class PointOut(BaseModel):
    """Means over [at, at + step_s). Null is what the router does not have or no two samples tell."""

    at: datetime
    samples: int = Field(description="Samples taken in this bucket.")
    dropped: int = Field(description="Samples the router had to drop before these, its memory being full.")
    cpu_percent: float | None
    load_1: float | None
    load_5: float | None
    load_15: float | None
    memory_total_bytes: float | None
    memory_available_bytes: float | None
    disk_total_bytes: float | None
    disk_used_bytes: float | None
    temperature_c: float | None
    uptime_s: float | None
    interfaces: dict[str, ThroughputOut]

    @classmethod
    def of(cls, point: Point) -> Self:
        interfaces = {
            name: ThroughputOut(rx_bps=rates.rx_bps, tx_bps=rates.tx_bps) for name, rates in point.interfaces.items()
        }
        return cls(
            at=point.at,
            samples=point.samples,
            dropped=point.dropped,
            cpu_percent=point.cpu_percent,
            interfaces=interfaces,
            **point.gauges,
        )


class SeriesOut(BaseModel):
    """A router's telemetry over time. Buckets in which nothing was heard are left out."""

    router_id: UUID
    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    step_s: int
    points: list[PointOut]
