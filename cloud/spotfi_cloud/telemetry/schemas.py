"""Bodies of telemetry series and of live view."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
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


class SeriesOut(BaseModel):
    """A router's telemetry over time. Buckets in which nothing was heard are left out."""

    router_id: UUID
    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    step_s: int = Field(description="Seconds per point; more than asked for where the span is not kept that fine.")
    points: list[PointOut]


def write_series(series: Series, *, router_id: UUID, begin: datetime, end: datetime) -> bytes:
    """The JSON of a `SeriesOut`, written past pydantic: a series is some ten thousand numbers, checked when they came in."""
    body = {
        "router_id": router_id,
        "from": begin,
        "to": end,
        "step_s": series.step_s,
        "points": [_point(point) for point in series.points],
    }
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


_NO_GAUGES: dict[str, float | None] = dict.fromkeys((*GAUGES, *LOADS))


def _point(point: Point) -> dict[str, Any]:
    return {
        "at": point.at,
        "samples": point.samples,
        "dropped": point.dropped,
        "cpu_percent": point.cpu_percent,
        "loss_percent": point.loss_percent,
        **_NO_GAUGES,
        **point.gauges,
        "least": point.least,
        "most": point.most,
        "interfaces": point.interfaces,
        "radios": point.radios,
    }


class LiveIn(RequestBody):
    """For how long to watch."""

    seconds: Annotated[int, Field(strict=True, ge=0, le=MAX_LIVE_S)] = Field(60, description="0 ends it.")


class LiveOut(BaseModel):
    """Until when the router sends a sample each second; each is its `latest_sample`."""

    live_until: datetime
