"""What a volume costs. Pure; results are exact amounts in minor units, rounded by nobody here."""

from collections.abc import Sequence
from fractions import Fraction

from spotfi_cloud.billing.rules.tariff import BYTES_PER_GB, Terms, Tier, TierMode


def price_between(terms: Terms, share: tuple[int, int], start_bytes: int, end_bytes: int, month_bytes: int) -> Fraction:
    """The exact price of the month's bytes number `start_bytes` to `end_bytes` of `month_bytes`.

    `share`: (days with a tariff, days of the month). Included volume and the edges of tiers shrink with it, so that half
    a month has half of each.
    """
    included_bytes = scaled(terms.included_bytes, share)
    tiers = [Tier(scaled(tier.above_bytes, share), tier.price_per_gb_minor) for tier in terms.tiers]
    start, end, month = (max(0, volume - included_bytes) for volume in (start_bytes, end_bytes, month_bytes))
    if terms.tier_mode is TierMode.VOLUME:
        return Fraction((end - start) * _reached(tiers, month).price_per_gb_minor, BYTES_PER_GB)
    return Fraction(_graduated(tiers, end) - _graduated(tiers, start), BYTES_PER_GB)


def scaled(volume_bytes: int, share: tuple[int, int]) -> int:
    """The share of a month's volume, in whole bytes, rounded down."""
    return volume_bytes * share[0] // share[1]


def _reached(tiers: Sequence[Tier], volume_bytes: int) -> Tier:
    return [tier for tier in tiers if tier.above_bytes == 0 or tier.above_bytes < volume_bytes][-1]


def _graduated(tiers: Sequence[Tier], volume_bytes: int) -> int:
    """The price of the first bytes, in minor units times bytes per GB."""
    edges = [tier.above_bytes for tier in tiers[1:]]
    return sum(
        max(0, min(volume_bytes, end) - tier.above_bytes) * tier.price_per_gb_minor
        for tier, end in zip(tiers, [*edges, volume_bytes], strict=True)
    )
