"""What the API says about usage, and about sessions that are being ended or changed."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.quotas.service import Usage
from spotfi_cloud.quotas.terms import is_throttled


class RouterUsageOut(BaseModel):
    """Bytes on one router in the period; up = from the guest."""

    model_config = ConfigDict(from_attributes=True)

    router_id: UUID
    up_bytes: int
    down_bytes: int


class EnforcementOut(BaseModel):
    """How far ending a session got. It is done when its Stop has arrived: `proved`."""

    model_config = ConfigDict(from_attributes=True)

    reason: str = Field(description="`quota`, `session_quota`, `disabled`, `validity` or `manual`.")
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

    reason: str = Field(
        description="`limits`: the plan changed, or the subscriber got another one, a top-up or a new period; `quota`: to be "
        "throttled; or `manual`."
    )
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

    quota_bytes: int | None = Field(description="With top-ups and what rolled over.")
    used_bytes: int
    remaining_bytes: int | None
    rolled_bytes: int = Field(description="What of the quota is left from the period before.")
    quota_up_bytes: int | None
    used_up_bytes: int
    remaining_up_bytes: int | None
    quota_down_bytes: int | None
    used_down_bytes: int
    remaining_down_bytes: int | None
    quota_s: int | None = Field(description="Session time, of all sessions together.")
    used_s: int
    remaining_s: int | None
    at_limit: AtLimit
    throttled: bool = Field(description="Whether the quota is used up, and sessions have the throttled speed.")
    period_start: datetime
    period_end: datetime | None
    by_router: list[RouterUsageOut]
    open_sessions: list[OpenSessionOut]

    @classmethod
    def of(cls, usage: Usage) -> "UsageOut":
        terms, used, left = usage.terms, usage.used, usage.left
        return cls(
            quota_bytes=terms.quota_bytes,
            used_bytes=used.total_bytes,
            remaining_bytes=left.total_bytes,
            rolled_bytes=usage.rolled_bytes,
            quota_up_bytes=terms.up_bytes,
            used_up_bytes=used.up_bytes,
            remaining_up_bytes=left.up_bytes,
            quota_down_bytes=terms.down_bytes,
            used_down_bytes=used.down_bytes,
            remaining_down_bytes=left.down_bytes,
            quota_s=terms.time_s,
            used_s=used.time_s,
            remaining_s=left.time_s,
            at_limit=terms.at_limit,
            throttled=is_throttled(terms, used),
            period_start=usage.period.start,
            period_end=usage.period.end,
            by_router=[RouterUsageOut.model_validate(row) for row in usage.by_router],
            open_sessions=[OpenSessionOut.model_validate(row) for row in usage.open_sessions],
        )
