"""What the API says about usage and about sessions that are being ended."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class RouterUsageOut(BaseModel):
    """Bytes on one router in the period; up = from the guest."""

    model_config = ConfigDict(from_attributes=True)

    router_id: UUID
    up_bytes: int
    down_bytes: int


class EnforcementOut(BaseModel):
    """How far ending a session got. It is done when its Stop has arrived: `proved`."""

    model_config = ConfigDict(from_attributes=True)

    reason: str = Field(description="quota or manual")
    state: str = Field(description="pending, sent, acknowledged, refused, unreachable or proved")
    attempts: int
    answer: str = Field(description="What the NAS said last, in words.")
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime
    proved_at: datetime | None


class OpenSessionOut(BaseModel):
    """An open session of the subscriber, and its enforcement where it must end."""

    model_config = ConfigDict(from_attributes=True)

    session_id: UUID
    router_id: UUID
    enforcement: EnforcementOut | None


class UsageOut(BaseModel):
    """What a subscriber used in the current period. Quota and remainder are null where there is no quota."""

    quota_bytes: int | None
    used_bytes: int
    remaining_bytes: int | None
    period_start: datetime
    period_end: datetime | None
    by_router: list[RouterUsageOut]
    open_sessions: list[OpenSessionOut]
