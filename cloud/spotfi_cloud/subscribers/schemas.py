"""Bodies of subscribers. A password goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from spotfi_cloud.storage.bodies import (
    MAX_BYTES,
    AmountMinor,
    Flag,
    OnlyIfGiven,
    PatchBody,
    RequestBody,
    ResponseBody,
)
from spotfi_cloud.subscribers.fields import Instant, Note, Password, Username
from spotfi_cloud.subscribers.rules import AssignmentState, EndReason


class SubscriberIn(RequestBody):
    """A new subscriber."""

    username: Username
    password: Password
    plan_id: UUID | None = Field(None, description="Null: the default plan of the home host, else of the ISP.")
    host_id: UUID | None = Field(None, description="Home host; null: the ISP's own or, from a Host, that Host's.")
    valid_from: Instant | None = Field(None, description="May not log in before.")
    valid_until: Instant | None = Field(None, description="Not after, even where the plan is valid for longer.")


class SubscriberPatch(PatchBody):
    """What may be changed about a subscriber. Null as `host_id` makes it the ISP's own (Admin)."""

    username: Annotated[Username, OnlyIfGiven]
    password: Annotated[Password, OnlyIfGiven]
    plan_id: Annotated[UUID, OnlyIfGiven]
    host_id: Annotated[UUID | None, OnlyIfGiven]
    disabled: Annotated[Flag, OnlyIfGiven]
    valid_from: Annotated[Instant | None, OnlyIfGiven]


class SubscriberOut(ResponseBody):
    """A subscriber as the API shows it."""

    id: UUID
    username: str
    plan_id: UUID
    host_id: UUID | None
    disabled_at: datetime | None = Field(description="Since when it may not log in; null while it may.")
    valid_from: datetime | None = Field(description="It may not log in before.")
    valid_until: datetime | None = Field(description="It may not log in from then on; null: no end.")
    valid_for_s: int | None = Field(description="How long it will be valid from its first use on, where that decides.")
    first_used_at: datetime | None
    voucher_batch_id: UUID | None = Field(description="The batch it is a voucher of; null: it is none.")
    created_at: datetime


OwnQuota = Annotated[int, Field(strict=True, ge=1, le=MAX_BYTES)]
OwnRate = Annotated[int, Field(strict=True, ge=1000, le=2**32 - 1)]
OwnSessions = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class AssignmentIn(RequestBody):
    """A plan for a subscriber. What is null of the limits is the plan's."""

    plan_id: UUID
    start: Literal["now", "queue"] = Field(
        "now", description="`now` takes the place of the present plan; `queue` follows it."
    )
    starts_at: Instant | None = Field(
        None, description="Of a queued one: when it takes the place of the present plan, even if that has not ended."
    )
    valid_until: Instant | None = Field(
        None, description="Its end, where it is to end before the plan's validity does."
    )
    renews: bool = Field(False, strict=True, description="Whether it begins again by itself when it is over.")
    quota_bytes: OwnQuota | None = None
    rate_up_bps: OwnRate | None = None
    rate_down_bps: OwnRate | None = None
    max_sessions: OwnSessions | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _check_day(self) -> "AssignmentIn":
        if self.starts_at is not None and self.start == "now":
            msg = "starts_at is for an assignment that is queued"
            raise ValueError(msg)
        return self


class AssignmentPatch(PatchBody):
    """What may be changed about an assignment. `valid_until` extends or shortens it; null: no end."""

    valid_until: Annotated[Instant | None, OnlyIfGiven]
    renews: Annotated[Flag, OnlyIfGiven]
    quota_bytes: Annotated[OwnQuota | None, OnlyIfGiven]
    rate_up_bps: Annotated[OwnRate | None, OnlyIfGiven]
    rate_down_bps: Annotated[OwnRate | None, OnlyIfGiven]
    max_sessions: Annotated[OwnSessions | None, OnlyIfGiven]
    note: Annotated[Note, OnlyIfGiven]


class AssignmentOut(ResponseBody):
    """A plan that a subscriber has, had or will have."""

    id: UUID
    subscriber_id: UUID
    plan_id: UUID
    state: AssignmentState
    created_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    renews: bool
    renewals: int = Field(description="How many terms of the same chain came before this one.")
    quota_bytes: int | None
    rate_up_bps: int | None
    rate_down_bps: int | None
    max_sessions: int | None
    note: str


class TopUpIn(RequestBody):
    """More volume for a subscriber, until the present period of the quota ends."""

    bytes: OwnQuota
    price_minor: AmountMinor = Field(0, description="What was paid for it, in the plan's currency.")
    note: Note = ""


class TopUpOut(ResponseBody):
    """Volume that was given on top of a plan's."""

    id: UUID
    subscriber_id: UUID
    created_at: datetime
    bytes: int
    until: datetime | None = Field(description="Null: until it is used.")
    price_minor: int
    currency: str
    account_id: UUID | None = Field(description="The staff account that gave it.")
    note: str


class ImportProblemOut(ResponseBody):
    """What is wrong in one line of a file."""

    line: int = Field(description="As a text editor counts them; the header is 1.")
    column: str = Field(description="Empty where it is the whole line.")
    message: str


class ImportReportOut(ResponseBody):
    """What came of a file. Where anything is wrong, nothing was created."""

    lines: int
    created: int
    problem_count: int
    problems: list[ImportProblemOut] = Field(description="The first thousand, by line.")
