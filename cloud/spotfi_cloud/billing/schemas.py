"""Bodies of tariffs and invoices. Amounts are integers of minor units; a percentage is a decimal number as text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from spotfi_cloud.billing.document import shown_percent
from spotfi_cloud.billing.rules import InvoiceStatus, LineKind
from spotfi_cloud.storage.bodies import Bytes, RequestBody, ResponseBody

# So bounded that no month's sum leaves bigint, whatever the ledger holds.
_MAX_BASE_FEE_MINOR, _MAX_PRICE_MINOR = 10**15, 10**8


def _as_text(value: object) -> object:
    if not isinstance(value, str):
        msg = 'it must be a decimal number as text, such as "20" or "7.7"'
        raise ValueError(msg)
    return value


Month = Annotated[
    str,
    StringConstraints(pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$"),
    Field(description="Calendar month, YYYY-MM.", examples=["2026-10"]),
]
TaxRate = Annotated[
    Decimal,
    BeforeValidator(_as_text, json_schema_input_type=str),
    Field(ge=0, le=100, decimal_places=4, description="Percent, as text.", examples=["20"]),
]
ShownRate = Annotated[Decimal, PlainSerializer(shown_percent, return_type=str)]


class TariffIn(RequestBody):
    """What a host is charged from a month on, in minor units of the host's currency."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "valid_from": "2026-10",
                    "base_fee_minor": 1000,
                    "price_per_gb_minor": 20,
                    "included_bytes": 50_000_000_000,
                    "tax_rate_percent": "20",
                }
            ]
        }
    )

    valid_from: Month
    base_fee_minor: Annotated[int, Field(strict=True, ge=0, le=_MAX_BASE_FEE_MINOR)]
    price_per_gb_minor: Annotated[int, Field(strict=True, ge=0, le=_MAX_PRICE_MINOR, description="Per 10⁹ bytes.")]
    included_bytes: Bytes = 0
    tax_rate_percent: TaxRate = Decimal(0)


class TariffOut(ResponseBody):
    """A tariff as the API shows it."""

    id: UUID
    host_id: UUID
    valid_from: str
    base_fee_minor: int
    price_per_gb_minor: int
    included_bytes: int
    tax_rate_percent: ShownRate
    created_at: datetime


class InvoiceRun(RequestBody):
    """Which month to invoice."""

    period: Month


class InvoiceOut(ResponseBody):
    """An invoice as lists show it."""

    id: UUID
    host_id: UUID
    host_name: str
    number: int | None = Field(description="Gapless; null for a draft.")
    status: InvoiceStatus
    period: str
    period_start: datetime
    period_end: datetime
    currency: str
    subtotal_minor: int
    tax_rate_percent: ShownRate
    tax_minor: int
    total_minor: int
    created_at: datetime
    issued_at: datetime | None


class InvoiceLineOut(ResponseBody):
    """A line. Usage lines carry router and bytes, exactly the ledger's; the amounts sum to the invoice's subtotal."""

    position: int
    kind: LineKind
    router_id: UUID | None
    router_name: str | None
    up_bytes: int | None
    down_bytes: int | None
    included_bytes: int | None = Field(description="What the line `included` deducts.")
    amount_minor: int


class InvoiceDetail(InvoiceOut):
    """An invoice with its lines."""

    lines: list[InvoiceLineOut]
