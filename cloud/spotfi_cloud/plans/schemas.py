"""Bodies of plans. Bounds of durations and rates are those of the RADIUS attributes that carry them (32 bits)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from spotfi_cloud.hosts.schemas import Currency
from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.storage.bodies import MAX_BYTES, AmountMinor, Name, OnlyIfGiven, PatchBody, RequestBody, ResponseBody

_UINT32_MAX = 2**32 - 1

Quota = Annotated[int, Field(strict=True, ge=1, le=MAX_BYTES, description="Volume per period, up and down together.")]
Seconds = Annotated[int, Field(strict=True, ge=1, le=_UINT32_MAX)]
UpQuota = Annotated[int, Field(strict=True, ge=1, le=MAX_BYTES, description="Volume per period, from the guest.")]
DownQuota = Annotated[int, Field(strict=True, ge=1, le=MAX_BYTES, description="Volume per period, to the guest.")]
TimeQuota = Annotated[
    int, Field(strict=True, ge=60, le=_UINT32_MAX, description="Session time per period, of all sessions together.")
]
SessionQuota = Annotated[
    int,
    Field(strict=True, ge=1, le=MAX_BYTES, description="Volume of one session, up and down together; then it ends."),
]
BitsPerSecond = Annotated[int, Field(strict=True, ge=1000, le=_UINT32_MAX)]
SessionCount = Annotated[int, Field(strict=True, ge=1, le=10_000)]
# RFC 2869 §5.16: an interim interval must not be below a minute.
InterimInterval = Annotated[int, Field(strict=True, ge=60, le=86_400)]

ValiditySeconds = Annotated[
    int, Field(strict=True, ge=60, le=_UINT32_MAX, description="How long an assignment of the plan is valid.")
]
ValidityMonths = Annotated[
    int, Field(strict=True, ge=1, le=120, description="The same in months of the home host's time zone.")
]
FromFirstUse = Annotated[
    bool,
    Field(strict=True, description="Whether `valid_for_s` counts from the first session, not from the activation."),
]
IsDefault = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether subscribers for whom no plan is named get this one: those of its host, or, of a plan of the "
        "ISP's, those of hosts without a default. Takes the place of the one before.",
    ),
]

WhatAtLimit = Annotated[
    AtLimit,
    Field(
        description="When a quota per period is used up: `end` sessions, `throttle` them to `throttle_up_bps` and "
        "`throttle_down_bps`, or `continue`, with an event only."
    ),
]
Percents = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=100)]],
    Field(max_length=10, description="Parts of each quota whose passing is an event `quota.threshold`."),
]
RolloverPercent = Annotated[
    int,
    Field(
        strict=True, ge=0, le=100, description="How much of a period's unused volume the next one has on top; 0: none."
    ),
]
RolloverMax = Annotated[
    int, Field(strict=True, ge=1, le=MAX_BYTES, description="At most so much on top; null: as much as the quota.")
]

Storage = Annotated[
    PasswordStorage,
    Field(
        description="How passwords set from now on are kept: `argon2id` lets them in by PAP only, not by CHAP. Those there "
        "are, also of subscribers who change to this plan, stay as they are until each is set again."
    ),
]


class PlanIn(RequestBody):
    """A new plan. Limits that are null or left out do not apply."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "500 MB a month",
                    "quota_bytes": 500_000_000,
                    "period": "month",
                    "session_timeout_s": 3600,
                    "idle_timeout_s": 600,
                    "rate_up_bps": 2_000_000,
                    "rate_down_bps": 10_000_000,
                    "max_sessions": 3,
                    "price_minor": 500,
                    "currency": "EUR",
                }
            ]
        }
    )

    name: Name
    host_id: UUID | None = Field(None, description="Null: the ISP's own plan, or, from a Host, that Host's.")
    quota_bytes: Quota | None = None
    period: PeriodKind = PeriodKind.MONTH
    session_timeout_s: Seconds | None = None
    idle_timeout_s: Seconds | None = None
    rate_up_bps: BitsPerSecond | None = None
    rate_down_bps: BitsPerSecond | None = None
    max_sessions: SessionCount | None = None
    price_minor: AmountMinor
    currency: Currency
    interim_interval_s: InterimInterval = 300
    password_storage: Storage = PasswordStorage.SEALED
    valid_for_s: ValiditySeconds | None = None
    valid_for_months: ValidityMonths | None = None
    valid_from_first_use: FromFirstUse = False
    quota_up_bytes: UpQuota | None = None
    quota_down_bytes: DownQuota | None = None
    quota_s: TimeQuota | None = None
    session_quota_bytes: SessionQuota | None = None
    at_limit: WhatAtLimit = AtLimit.END
    throttle_up_bps: BitsPerSecond | None = None
    throttle_down_bps: BitsPerSecond | None = None
    warn_at_percent: Percents = Field(default_factory=lambda: [80, 100])
    rollover_percent: RolloverPercent = 0
    rollover_max_bytes: RolloverMax | None = None
    is_default: IsDefault = False


class PlanPatch(PatchBody):
    """What may be changed about a plan; null lifts a limit."""

    name: Annotated[Name, OnlyIfGiven]
    quota_bytes: Annotated[Quota | None, OnlyIfGiven]
    period: Annotated[PeriodKind, OnlyIfGiven]
    session_timeout_s: Annotated[Seconds | None, OnlyIfGiven]
    idle_timeout_s: Annotated[Seconds | None, OnlyIfGiven]
    rate_up_bps: Annotated[BitsPerSecond | None, OnlyIfGiven]
    rate_down_bps: Annotated[BitsPerSecond | None, OnlyIfGiven]
    max_sessions: Annotated[SessionCount | None, OnlyIfGiven]
    price_minor: Annotated[AmountMinor, OnlyIfGiven]
    currency: Annotated[Currency, OnlyIfGiven]
    interim_interval_s: Annotated[InterimInterval, OnlyIfGiven]
    password_storage: Annotated[Storage, OnlyIfGiven]
    valid_for_s: Annotated[ValiditySeconds | None, OnlyIfGiven]
    valid_for_months: Annotated[ValidityMonths | None, OnlyIfGiven]
    valid_from_first_use: Annotated[FromFirstUse, OnlyIfGiven]
    quota_up_bytes: Annotated[UpQuota | None, OnlyIfGiven]
    quota_down_bytes: Annotated[DownQuota | None, OnlyIfGiven]
    quota_s: Annotated[TimeQuota | None, OnlyIfGiven]
    session_quota_bytes: Annotated[SessionQuota | None, OnlyIfGiven]
    at_limit: Annotated[WhatAtLimit, OnlyIfGiven]
    throttle_up_bps: Annotated[BitsPerSecond | None, OnlyIfGiven]
    throttle_down_bps: Annotated[BitsPerSecond | None, OnlyIfGiven]
    warn_at_percent: Annotated[Percents, OnlyIfGiven]
    rollover_percent: Annotated[RolloverPercent, OnlyIfGiven]
    rollover_max_bytes: Annotated[RolloverMax | None, OnlyIfGiven]
    is_default: Annotated[IsDefault, OnlyIfGiven]


class PlanOut(ResponseBody):
    """A plan as the API shows it."""

    id: UUID
    host_id: UUID | None = Field(description="Null for a plan of the ISP's own.")
    name: str
    quota_bytes: int | None
    period: PeriodKind
    session_timeout_s: int | None
    idle_timeout_s: int | None
    rate_up_bps: int | None
    rate_down_bps: int | None
    max_sessions: int | None
    price_minor: int
    currency: str
    interim_interval_s: int
    password_storage: PasswordStorage
    valid_for_s: int | None
    valid_for_months: int | None
    valid_from_first_use: bool
    quota_up_bytes: int | None
    quota_down_bytes: int | None
    quota_s: int | None
    session_quota_bytes: int | None
    at_limit: AtLimit
    throttle_up_bps: int | None
    throttle_down_bps: int | None
    warn_at_percent: list[int]
    rollover_percent: int
    rollover_max_bytes: int | None
    is_default: bool
    created_at: datetime
