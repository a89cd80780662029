"""A figure of a router, a guest, an invoice or the fleet, as a look at the tables finds it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from spotfi_cloud.alerts.rules import AlertKind

INSTALLATION_ID = UUID(int=0)
"""Subject of what concerns no single router, guest or invoice."""


@dataclass(frozen=True, slots=True)
class Observation:
    """`value` None: not known now. `name`: the router's; guests' names are not copied. `details`: what the alert keeps."""

    kind: AlertKind
    subject_id: UUID
    host_id: UUID | None
    router_id: UUID | None
    name: str | None
    value: float | None
    details: Mapping[str, Any] = field(default_factory=dict)
