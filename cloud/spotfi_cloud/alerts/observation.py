"""A figure of a router, a guest or the fleet, as a look at the tables finds it. Pure."""

from dataclasses import dataclass
from uuid import UUID

from spotfi_cloud.alerts.rules import AlertKind

INSTALLATION_ID = UUID(int=0)
"""Subject of what concerns no single router or guest."""


@dataclass(frozen=True, slots=True)
class Observation:
    """`value` None: not known now. `name`: the router's; guests' names are not copied."""

    kind: AlertKind
    subject_id: UUID
    host_id: UUID | None
    router_id: UUID | None
    name: str | None
    value: float | None
