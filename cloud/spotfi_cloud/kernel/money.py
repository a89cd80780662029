"""Money: integer minor units and an ISO 4217 code. No float ever touches an amount.

The one rounding rule of SpotFi: an amount is computed exactly in `Decimal` and rounded once, half up (away from zero at
the tie), to whole minor units.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF"), 0
    ),
    **dict.fromkeys(("XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217): 2 unless listed otherwise."""
    return _EXPONENTS.get(currency, 2)


def round_minor(exact_minor: Decimal) -> int:
    """Round an exact amount in minor units to whole ones, half away from zero."""
    return int(exact_minor.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def round_exact(exact_minor: Fraction) -> int:
    """Round an exact ratio of minor units to whole ones, half away from zero."""
    whole = (2 * abs(exact_minor.numerator) + exact_minor.denominator) // (2 * exact_minor.denominator)
    return whole if exact_minor >= 0 else -whole


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            msg = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(msg)
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        exponent = minor_exponent(self.currency)
        return f"{Decimal(self.minor).scaleb(-exponent):.{exponent}f} {self.currency}"
