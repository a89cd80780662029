"""Bodies of vouchers and their batches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from spotfi_cloud.storage.bodies import AmountMinor, RequestBody, ResponseBody
from spotfi_cloud.subscribers.fields import Instant, Note
from spotfi_cloud.subscribers.rules import VoucherState, voucher_state
from spotfi_cloud.subscribers.schemas import OwnSessions
from spotfi_cloud.subscribers.service import Subscriber
from spotfi_cloud.subscribers.service.vouchers import VoucherBatch
from spotfi_cloud.subscribers.voucher_codes import LONGEST_LENGTH, printed

MOST_VOUCHERS = 10_000
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,8}$")]


class VoucherBatchIn(RequestBody):
    """Vouchers to be made. What is null is the plan's."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 100, "prefix": "CAFE", "valid_for_s": 86_400}]})

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_VOUCHERS)]
    plan_id: UUID | None = Field(None, description="Null: the default plan of the host, else of the ISP.")
    host_id: UUID | None = Field(None, description="Null: the ISP's own or, from a Host, that Host's.")
    prefix: Prefix = Field("", description="In front of every code; capitals and digits.")
    code_length: int = Field(
        12,
        strict=True,
        ge=1,
        le=LONGEST_LENGTH,
        description="Characters behind the prefix; larger batches need longer codes.",
    )
    valid_for_s: Annotated[int, Field(strict=True, ge=60, le=2**32 - 1)] | None = Field(
        None, description="How long a voucher is valid from its first use on."
    )
    valid_from: Instant | None = Field(None, description="Not before.")
    valid_until: Instant | None = Field(None, description="Not after, whenever it was first used.")
    max_sessions: OwnSessions | None = Field(None, description="Devices at a time.")
    price_minor: AmountMinor | None = Field(None, description="What one is sold for, in the plan's currency.")
    note: Note = ""


class VoucherBatchOut(ResponseBody):
    """A batch, and what became of its vouchers."""

    id: UUID
    host_id: UUID | None
    plan_id: UUID
    count: int
    prefix: str
    code_length: int
    valid_for_s: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    max_sessions: int | None
    price_minor: int
    currency: str
    note: str
    account_id: UUID | None = Field(description="The staff account that made it.")
    created_at: datetime
    revoked_at: datetime | None
    unused_count: int
    used_count: int = Field(description="First used, and neither expired nor revoked.")
    expired_count: int
    revoked_count: int

    @classmethod
    def of(cls, batch: VoucherBatch, counts: dict[VoucherState, int]) -> "VoucherBatchOut":
        kept = {name: getattr(batch, name) for name in cls.model_fields if not name.endswith("_count")}
        return cls(**kept, **{f"{state}_count": count for state, count in counts.items()})


class VoucherOut(ResponseBody):
    """One voucher. Its `id` is that of its subscriber, by which usage, sessions and assignments are found."""

    id: UUID
    number: int
    code: str = Field(description="As it is printed; user name and password are this without hyphens.")
    username: str
    state: VoucherState
    first_used_at: datetime | None = Field(description="When it counts as sold.")
    first_router_id: UUID | None
    valid_until: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, voucher: Subscriber, batch: VoucherBatch, now: datetime) -> "VoucherOut":
        state = voucher_state(
            now,
            disabled_at=voucher.disabled_at,
            valid_until=voucher.valid_until,
            first_used_at=voucher.first_used_at,
        )
        return cls(
            id=voucher.id,
            number=voucher.voucher_number or 0,
            code=printed(voucher.username, batch.prefix),
            username=voucher.username,
            state=state,
            first_used_at=voucher.first_used_at,
            first_router_id=voucher.first_router_id,
            valid_until=voucher.valid_until,
            revoked_at=voucher.disabled_at,
        )
