"""What a tariff says. Pure values; amounts are integers of minor units, percentages `Decimal`."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

BYTES_PER_GB = 10**9


class Direction(StrEnum):
    """Who owes: the host for the service (`charge`), or the installation for what the host's routers carried (`pay`)."""

    CHARGE = "charge"
    PAY = "pay"


class TierMode(StrEnum):
    """`graduated`: each tier's price holds for the bytes within it. `volume`: the tier reached prices every byte."""

    GRADUATED = "graduated"
    VOLUME = "volume"


class TaxCategory(StrEnum):
    """How an amount is taxed, by the codes of EN 16931 (UNCL 5305): S, Z, E, AE and O."""

    STANDARD = "standard"
    ZERO = "zero"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax on a tariff's amounts. `inclusive`: the amounts contain it."""

    category: TaxCategory
    rate_percent: Decimal
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of a GB (10⁹ bytes, up and down) beyond so many billable bytes of the month."""

    above_bytes: int
    price_per_gb_minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A tariff's terms for a month, in the currency of its host. The first of `tiers` begins at 0, the others rise."""

    direction: Direction
    base_fee_minor: int
    router_fee_minor: int
    included_bytes: int
    tier_mode: TierMode
    tiers: tuple[Tier, ...]
    sales_share_percent: Decimal
    discount_percent: Decimal
    minimum_minor: int
    maximum_minor: int | None
    tax: Tax


NO_TARIFF = Terms(
    direction=Direction.CHARGE,
    base_fee_minor=0,
    router_fee_minor=0,
    included_bytes=0,
    tier_mode=TierMode.GRADUATED,
    tiers=(Tier(0, 0),),
    sales_share_percent=Decimal(0),
    discount_percent=Decimal(0),
    minimum_minor=0,
    maximum_minor=None,
    tax=Tax(TaxCategory.ZERO, Decimal(0)),
)
"""For days without a tariff: usage is listed and costs nothing."""
