"""How numbers of billing are shown. Pure."""

from decimal import Decimal


def shown_percent(rate: Decimal) -> str:
    """A percentage without needless zeros: `20.0000` → `20`."""
    return f"{rate.normalize():f}"
