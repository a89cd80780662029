"""Money is whole minor units; rounding happens once, half away from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.kernel.money import Money, round_minor


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6))
def test_rounding_errs_by_at_most_half_a_unit(exact: Decimal) -> None:
    assert abs(Decimal(round_minor(exact)) - exact) <= Decimal("0.5")


@pytest.mark.parametrize(("exact", "rounded"), [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("0.4999", 0)])
def test_ties_go_away_from_zero(exact: str, rounded: int) -> None:
    assert round_minor(Decimal(exact)) == rounded


def test_amounts_of_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="EUR"):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "text"), [(Money(1234, "EUR"), "12.34 EUR"), (Money(-5, "JPY"), "-5 JPY"), (Money(7, "KWD"), "0.007 KWD")]
)
def test_people_see_the_currency_s_own_digits(money: Money, text: str) -> None:
    assert str(money) == text
