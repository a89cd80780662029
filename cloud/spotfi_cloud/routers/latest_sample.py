"""The newest sample of a router, as telemetry hands it over for the router's page. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LatestSample:
    """A sample and when it was taken (UTC)."""

    router_id: UUID
    taken_at: datetime
    sample: dict[str, Any]
