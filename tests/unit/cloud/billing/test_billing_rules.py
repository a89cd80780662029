"""What a month costs: exact, rounded once, and lines that add up whatever the numbers are."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.billing.rules import NO_TARIFF, LineKind, Rates, RouterBytes, rate_month

GB = 10**9
volumes = st.one_of(st.integers(0, 10**15), st.integers(0, 3 * GB))
usages = st.lists(st.tuples(volumes, volumes), max_size=8).map(
    lambda pairs: [RouterBytes(UUID(int=number), *pair) for number, pair in enumerate(pairs)]
)
rates = st.builds(
    Rates,
    base_fee_minor=st.integers(0, 10**15),
    price_per_gb_minor=st.integers(0, 10**8),
    included_bytes=st.one_of(st.just(0), volumes),
    tax_rate_percent=st.decimals(0, 100, places=4),
)


def router(number: int, up_bytes: int, down_bytes: int) -> RouterBytes:
    return RouterBytes(UUID(int=number), up_bytes, down_bytes)


def half_up(exact: Fraction) -> int:
    return int((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP))


@given(rates, usages)
def test_lines_add_up_to_the_totals(tariff: Rates, usage: list[RouterBytes]) -> None:
    bill = rate_month(tariff, usage)
    assert sum(line.amount_minor for line in bill.lines) == bill.subtotal_minor
    assert bill.subtotal_minor + bill.tax_minor == bill.total_minor
    assert 0 <= bill.tax_minor <= bill.subtotal_minor
    assert bill.subtotal_minor >= tariff.base_fee_minor


@given(rates, usages)
def test_the_volume_beyond_the_included_is_priced_exactly_and_rounded_once(
    tariff: Rates, usage: list[RouterBytes]
) -> None:
    used_bytes = sum(each.up_bytes + each.down_bytes for each in usage)
    beyond_bytes = max(0, used_bytes - tariff.included_bytes)
    bill = rate_month(tariff, usage)
    assert bill.subtotal_minor - tariff.base_fee_minor == half_up(
        Fraction(beyond_bytes * tariff.price_per_gb_minor, GB)
    )


@given(rates, usages)
def test_every_router_has_one_line_with_the_ledgers_bytes(tariff: Rates, usage: list[RouterBytes]) -> None:
    lines = [line for line in rate_month(tariff, usage).lines if line.kind is LineKind.USAGE]
    assert [(line.router_id, line.up_bytes, line.down_bytes) for line in lines] == [
        (each.router_id, each.up_bytes, each.down_bytes) for each in usage
    ]


@given(rates, usages)
def test_rating_again_gives_the_same_bill(tariff: Rates, usage: list[RouterBytes]) -> None:
    assert rate_month(tariff, usage) == rate_month(tariff, usage)


@given(usages)
def test_without_a_tariff_usage_is_listed_and_costs_nothing(usage: list[RouterBytes]) -> None:
    bill = rate_month(NO_TARIFF, usage)
    assert (bill.subtotal_minor, bill.tax_minor, bill.total_minor) == (0, 0, 0)
    assert len([line for line in bill.lines if line.kind is LineKind.USAGE]) == len(usage)


def test_a_month_by_hand() -> None:
    # 2.5 GB + 0.5 GB at 3.33 a GB, 1 GB of it included, 10.00 base, 20 % tax.
    tariff = Rates(1000, 333, GB, Decimal(20))
    bill = rate_month(tariff, [router(1, 2 * GB, GB // 2), router(2, 0, GB // 2)])
    # 8.325 is rounded to 8.33; the second router brings the sum to 9.99; the included gigabyte takes 3.33 off.
    assert [line.amount_minor for line in bill.lines] == [1000, 833, 166, -333]
    assert (bill.subtotal_minor, bill.tax_minor, bill.total_minor) == (1666, 333, 1999)


def test_many_small_routers_are_not_rounded_up_one_by_one() -> None:
    bill = rate_month(Rates(0, 1, 0, Decimal(0)), [router(number, GB // 2, 0) for number in range(100)])
    assert bill.subtotal_minor == 50


def test_a_volume_that_is_all_included_costs_nothing() -> None:
    bill = rate_month(Rates(0, 333, 10 * GB, Decimal(20)), [router(number, 100_000_001, 7) for number in range(9)])
    assert bill.total_minor == 0
