"""What the API says about logins."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from spotfi_cloud.access.service import AttemptView


class LoginAttemptOut(BaseModel):
    """One login that a router asked for."""

    id: UUID
    at: datetime
    router_id: UUID
    host_id: UUID
    username: str = Field(description="Masked where the subscriber is another host's.")
    subscriber_id: UUID | None = Field(description="Null where the user is unknown, or another host's.")
    calling_station_id: str = Field(description="The device's MAC address, as the NAS writes it.")
    outcome: str = Field(description="`accepted`, or why not: `wrong_password`, `quota_used_up`, …")
    reason: str = Field(description="Why not, in words; empty where it was accepted.")

    @classmethod
    def of(cls, view: AttemptView) -> "LoginAttemptOut":
        attempt = view.attempt
        return cls(
            id=attempt.id,
            at=attempt.at,
            router_id=attempt.router_id,
            host_id=attempt.host_id,
            username=view.username,
            subscriber_id=view.subscriber_id,
            calling_station_id=attempt.calling_station_id,
            outcome=attempt.outcome,
            reason=attempt.reason,
        )


class RadiusCountOut(BaseModel):
    """How many of the router's requests came to this outcome."""

    model_config = ConfigDict(from_attributes=True)

    port: str = Field(description="`auth` or `acct`.")
    outcome: str = Field(description="What was answered, or why nothing was.")
    answered: bool
    count: int
    last_at: datetime


class RadiusCountsOut(BaseModel):
    """What a router's RADIUS requests came to, since it is known; some seconds old."""

    router_id: UUID
    requests: int
    rejects: int
    drops: int
    counts: list[RadiusCountOut]
