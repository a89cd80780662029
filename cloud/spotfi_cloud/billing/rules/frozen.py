"""A rated month as JSON and back, so that it can be rated again as it was. Pure; percentages are kept as text."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from spotfi_cloud.billing.rules.month import Month, Presence, Sales, Stretch, Usage
from spotfi_cloud.billing.rules.tariff import Direction, Tax, TaxCategory, Terms, Tier, TierMode


def freeze(month: Month) -> dict[str, Any]:
    """The month as JSON values."""
    return {
        "days": month.days,
        "stretches": [[part.first_day, part.end_day, _freeze_terms(part.terms)] for part in month.stretches],
        "presences": [[str(each.router_id), each.first_day, each.end_day] for each in month.presences],
        "usage": [[each.stretch, str(each.router_id), each.up_bytes, each.down_bytes] for each in month.usage],
        "sales": [[each.stretch, each.count, each.amount_minor] for each in month.sales],
    }


def thaw(frozen: dict[str, Any]) -> Month:
    """The month that `freeze` made the JSON of."""
    return Month(
        frozen["days"],
        tuple(Stretch(first, end, _thaw_terms(terms)) for first, end, terms in frozen["stretches"]),
        tuple(Presence(UUID(router_id), first, end) for router_id, first, end in frozen["presences"]),
        tuple(Usage(stretch, UUID(router_id), up, down) for stretch, router_id, up, down in frozen["usage"]),
        tuple(Sales(*each) for each in frozen["sales"]),
    )


def _freeze_terms(terms: Terms) -> dict[str, Any]:
    plain = asdict(terms)
    plain["tiers"] = [[tier.above_bytes, tier.price_per_gb_minor] for tier in terms.tiers]
    plain["tax"] = [terms.tax.category.value, str(terms.tax.rate_percent), terms.tax.inclusive]
    return plain | {name: str(plain[name]) for name in ("sales_share_percent", "discount_percent")}


def _thaw_terms(frozen: dict[str, Any]) -> Terms:
    category, rate_percent, inclusive = frozen["tax"]
    return Terms(
        direction=Direction(frozen["direction"]),
        base_fee_minor=frozen["base_fee_minor"],
        router_fee_minor=frozen["router_fee_minor"],
        included_bytes=frozen["included_bytes"],
        tier_mode=TierMode(frozen["tier_mode"]),
        tiers=tuple(Tier(above_bytes, price_minor) for above_bytes, price_minor in frozen["tiers"]),
        sales_share_percent=Decimal(frozen["sales_share_percent"]),
        discount_percent=Decimal(frozen["discount_percent"]),
        minimum_minor=frozen["minimum_minor"],
        maximum_minor=frozen["maximum_minor"],
        tax=Tax(TaxCategory(category), Decimal(rate_percent), inclusive),
    )
