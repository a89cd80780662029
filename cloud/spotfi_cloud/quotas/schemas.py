"""What the API says about usage, and about sessions that are being ended or changed."""

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

    reason: str = Field(description="`quota`, `disabled` or `manual`.")
    state: str = Field(
        description="`pending`, `sent`, `acknowledged`, `refused`, `unreachable`; `proved`, or `lapsed`: its NAS fell silent."
    )
    attempts: int
    answer: str = Field(description="What the NAS said last, in words.")
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime
    proved_at: datetime | None


class ChangeOut(BaseModel):
    """How far telling a NAS the new limits of an open session got."""

    model_config = ConfigDict(from_attributes=True)

    reason: str = Field(description="`limits`: the plan changed, or the subscriber got another one. Or `manual`.")
    state: str = Field(
        description="`pending`, `sent`, `unreachable`: tried again. `acknowledged`, or `refused` by the NAS; `gave_up`: no "
        "answer; `deferred`: it takes none, so that the new limits hold from the next login; `lapsed`: the session ended first."
    )
    attempts: int
    answer: str = Field(description="What the NAS said last, in words.")
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime = Field(description="While it is tried again.")


class OpenSessionOut(BaseModel):
    """An open session of the subscriber; its enforcement where it must end, and the last change of its limits."""

    model_config = ConfigDict(from_attributes=True)

    session_id: UUID
    router_id: UUID
    enforcement: EnforcementOut | None
    change: ChangeOut | None


class UsageOut(BaseModel):
    """What a subscriber used in the current period. Quota and remainder are null where there is no quota."""

    quota_bytes: int | None
    used_bytes: int
    remaining_bytes: int | None
    period_start: datetime
    period_end: datetime | None
    by_router: list[RouterUsageOut]
    open_sessions: list[OpenSessionOut]
