"""Bodies of telemetry series and of live view."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from spotfi_cloud.storage.bodies import RequestBody
from spotfi_cloud.telemetry.moments import GAUGES, LOADS
from spotfi_cloud.telemetry.rules import Point
from spotfi_cloud.telemetry.service import Series
from spotfi_protocol.messages import MAX_LIVE_S


class ThroughputOut(BaseModel):
    """Mean throughput in bits per second, rx as received by the router; null where no two samples tell."""

    rx_bps: float | None
    tx_bps: float | None


class RadioPointOut(BaseModel):
    """Means of a radio, and its last channel."""

    channel: int | None
    noise_dbm: float | None
    clients: float | None


class PointOut(BaseModel):
    """Means over [at, at + step_s). Null is what the router does not have or no two samples tell."""

    at: datetime
    samples: int = Field(description="Samples taken in this bucket.")
    dropped: int = Field(description="Samples the router had to drop before these, its memory being full.")
    cpu_percent: float | None
    loss_percent: float | None = Field(description="TCP segments to the cloud that had to be sent again.")
    latency_ms: float | None = Field(description="Round trip to the cloud.")
    wan_up: float | None = Field(description="Share of the time, from 0 to 1.")
    load_1: float | None
    load_5: float | None
    load_15: float | None
    memory_total_bytes: float | None
    memory_available_bytes: float | None
    disk_total_bytes: float | None
    disk_used_bytes: float | None
    temperature_c: float | None
    uptime_s: float | None
    dhcp_leases: float | None
    conntrack_used: float | None
    conntrack_most: float | None
    least: dict[str, float] = Field(description="Of each reading above the least in the bucket.")
    most: dict[str, float] = Field(description="Of each reading above the most in the bucket.")
    interfaces: dict[str, ThroughputOut]
    radios: dict[str, RadioPointOut]

    @classmethod
    def of(cls, point: Point) -> "PointOut":
        interfaces = {
            name: ThroughputOut.model_construct(rx_bps=rates.rx_bps, tx_bps=rates.tx_bps)
            for name, rates in point.interfaces.items()
        }
        radios = {
            name: RadioPointOut.model_construct(channel=radio.channel, noise_dbm=radio.noise_dbm, clients=radio.clients)
            for name, radio in point.radios.items()
        }
        values: dict[str, Any] = {name: point.gauges.get(name) for name in (*GAUGES, *LOADS)}
        return cls.model_construct(
            None,
            at=point.at,
            samples=point.samples,
            dropped=point.dropped,
            cpu_percent=point.cpu_percent,
            loss_percent=point.loss_percent,
            least=point.least,
            most=point.most,
            interfaces=interfaces,
            radios=radios,
            **values,
        )


class SeriesOut(BaseModel):
    """A router's telemetry over time. Buckets in which nothing was heard are left out."""

    router_id: UUID
    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    step_s: int = Field(description="Seconds per point; more than asked for where the span is not kept that fine.")
    points: list[PointOut]

    @classmethod
    def of(cls, series: Series, *, router_id: UUID, begin: datetime, end: datetime) -> "SeriesOut":
        points = [PointOut.of(point) for point in series.points]
        return cls.model_construct(router_id=router_id, begin=begin, end=end, step_s=series.step_s, points=points)


class LiveIn(RequestBody):
    """For how long to watch."""

    seconds: Annotated[int, Field(strict=True, ge=0, le=MAX_LIVE_S)] = Field(60, description="0 ends it.")


class LiveOut(BaseModel):
    """Until when the router sends a sample each second; each is its `latest_sample`."""

    live_until: datetime
