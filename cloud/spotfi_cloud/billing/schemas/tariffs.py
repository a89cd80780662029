"""Bodies of tariffs."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from spotfi_cloud.billing.rules import Direction, Tax, TaxCategory, Terms, Tier, TierMode
from spotfi_cloud.billing.shown import shown_percent
from spotfi_cloud.storage.bodies import Bytes, Flag, RequestBody, ResponseBody

# So bounded that no month's sum leaves bigint, whatever the ledger holds.
_MAX_FEE_MINOR, _MAX_PRICE_MINOR, _MAX_TIERS = 10**15, 10**8, 20


def _as_text(value: object) -> object:
    if not isinstance(value, str):
        msg = 'it must be a decimal number as text, such as "20" or "7.7"'
        raise ValueError(msg)
    return value


def _as_day(value: object) -> object:
    """A month stands for its first day."""
    return f"{value}-01" if isinstance(value, str) and value.count("-") == 1 else value


Month = Annotated[
    str,
    StringConstraints(pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$"),
    Field(description="Calendar month, YYYY-MM.", examples=["2026-10"]),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(_as_text, json_schema_input_type=str),
    Field(ge=0, le=100, decimal_places=4, description="Percent, as text.", examples=["20"]),
]
ShownPercent = Annotated[Decimal, PlainSerializer(shown_percent, return_type=str)]
FirstDay = Annotated[
    date,
    BeforeValidator(_as_day, json_schema_input_type=str),
    Field(ge=date(2000, 1, 1), le=date(2999, 12, 31), description="Day, or month for its first.", examples=["2026-10"]),
]
Fee = Annotated[int, Field(strict=True, ge=0, le=_MAX_FEE_MINOR)]
Price = Annotated[int, Field(strict=True, ge=0, le=_MAX_PRICE_MINOR, description="Per 10⁹ bytes, up and down.")]


class TierIn(RequestBody):
    """The price beyond so many billable bytes of the month."""

    above_bytes: Annotated[Bytes, Field(gt=0)]
    price_per_gb_minor: Price


class TierOut(ResponseBody):
    """The price beyond so many billable bytes of the month."""

    above_bytes: int
    price_per_gb_minor: int


class TariffIn(RequestBody):
    """What holds for a host from a day on, in minor units of the host's currency; monthly amounts are prorated by days."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "valid_from": "2026-10",
                    "base_fee_minor": 1000,
                    "router_fee_minor": 250,
                    "price_per_gb_minor": 20,
                    "included_bytes": 50_000_000_000,
                    "tiers": [{"above_bytes": 1_000_000_000_000, "price_per_gb_minor": 10}],
                    "tax_rate_percent": "20",
                }
            ]
        }
    )

    valid_from: FirstDay
    direction: Annotated[
        Direction, Field(description="`charge`: the host pays. `pay`: the host is paid for what its routers carry.")
    ] = Direction.CHARGE
    base_fee_minor: Annotated[Fee, Field(description="Per month.")] = 0
    router_fee_minor: Annotated[Fee, Field(description="Per router and month.")] = 0
    price_per_gb_minor: Price = 0
    included_bytes: Annotated[Bytes, Field(description="Per month, not charged.")] = 0
    tier_mode: Annotated[
        TierMode,
        Field(description="`graduated`: each tier prices the bytes within it. `volume`: the tier reached prices all."),
    ] = TierMode.GRADUATED
    tiers: Annotated[list[TierIn], Field(max_length=_MAX_TIERS, description="Prices beyond the first, rising.")] = (
        Field(default_factory=list)
    )
    sales_share_percent: Annotated[Percent, Field(description="Of plans and vouchers sold.")] = Decimal(0)
    discount_percent: Percent = Decimal(0)
    minimum_minor: Annotated[Fee, Field(description="Of a month before tax.")] = 0
    maximum_minor: Annotated[Fee | None, Field(description="Of a month before tax; null: none.")] = None
    tax_category: Annotated[TaxCategory | None, Field(description="Null: `standard`, or `zero` without a rate.")] = None
    tax_rate_percent: Percent = Decimal(0)
    tax_inclusive: Annotated[Flag, Field(description="Whether the amounts above contain the tax.")] = False

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        edges = [tier.above_bytes for tier in self.tiers]
        if any(lower >= higher for lower, higher in pairwise(edges)):
            msg = "above_bytes of the tiers must rise from one to the next"
            raise ValueError(msg)
        if self.maximum_minor is not None and self.maximum_minor < self.minimum_minor:
            msg = "maximum_minor must not be below minimum_minor"
            raise ValueError(msg)
        taxed = self.tax_category in (None, TaxCategory.STANDARD)
        if self.tax_rate_percent and not taxed:
            msg = f"the tax category {self.tax_category} has the rate 0"
            raise ValueError(msg)
        return self

    def terms(self) -> Terms:
        """The tariff as the rules know it."""
        category = self.tax_category or (TaxCategory.STANDARD if self.tax_rate_percent else TaxCategory.ZERO)
        return Terms(
            direction=self.direction,
            base_fee_minor=self.base_fee_minor,
            router_fee_minor=self.router_fee_minor,
            included_bytes=self.included_bytes,
            tier_mode=self.tier_mode,
            tiers=(
                Tier(0, self.price_per_gb_minor),
                *(Tier(tier.above_bytes, tier.price_per_gb_minor) for tier in self.tiers),
            ),
            sales_share_percent=self.sales_share_percent,
            discount_percent=self.discount_percent,
            minimum_minor=self.minimum_minor,
            maximum_minor=self.maximum_minor,
            tax=Tax(category, self.tax_rate_percent, self.tax_inclusive),
        )


def _tiers_of(value: object) -> object:
    """Tiers as they are stored: pairs."""
    return (
        [{"above_bytes": pair[0], "price_per_gb_minor": pair[1]} for pair in value]
        if isinstance(value, list)
        else value
    )


class TariffOut(ResponseBody):
    """A tariff as the API shows it."""

    id: UUID
    host_id: UUID
    valid_from: date
    direction: Direction
    base_fee_minor: int
    router_fee_minor: int
    price_per_gb_minor: int
    included_bytes: int
    tier_mode: TierMode
    tiers: Annotated[list[TierOut], BeforeValidator(_tiers_of)]
    sales_share_percent: ShownPercent
    discount_percent: ShownPercent
    minimum_minor: int
    maximum_minor: int | None
    tax_category: TaxCategory
    tax_rate_percent: ShownPercent
    tax_inclusive: bool
    created_at: datetime
