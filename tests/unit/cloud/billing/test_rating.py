"""What a month costs: exact, rounded once, and lines that add up whatever the numbers are and however the month is cut."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.billing.rules import (
    NO_TARIFF,
    Bill,
    Direction,
    LineKind,
    Month,
    Presence,
    Sales,
    Stretch,
    Tax,
    TaxCategory,
    Terms,
    Tier,
    TierMode,
    Usage,
    late_lines,
    late_sales_lines,
    rate_month,
    with_sales,
    with_usage,
)
from spotfi_cloud.kernel.money import round_exact

GB = 10**9
DAYS = 30
volumes = st.one_of(st.integers(0, 10**15), st.integers(0, 3 * GB))
percents = st.decimals(0, 100, places=4)
amounts = st.integers(0, 10**9)
tiers = st.lists(st.tuples(st.integers(1, 10**13), st.integers(0, 10**6)), max_size=3, unique_by=lambda t: t[0]).map(
    lambda more: tuple(Tier(*each) for each in sorted(more))
)
taxes = st.builds(Tax, st.sampled_from(TaxCategory), percents, st.booleans())


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    return Terms(
        direction=draw(st.sampled_from(Direction)),
        base_fee_minor=draw(amounts),
        router_fee_minor=draw(amounts),
        included_bytes=draw(st.one_of(st.just(0), volumes)),
        tier_mode=draw(st.sampled_from(TierMode)),
        tiers=(Tier(0, draw(st.integers(0, 10**6))), *draw(tiers)),
        sales_share_percent=draw(percents),
        discount_percent=draw(percents),
        minimum_minor=draw(st.integers(0, 10**6)),
        maximum_minor=draw(st.one_of(st.none(), st.integers(10**6, 10**10))),
        tax=draw(taxes),
    )


def stretched(parts: Sequence[Terms], cuts: Sequence[int]) -> tuple[Stretch, ...]:
    return tuple(Stretch(*edges, part) for part, edges in zip(parts, pairwise(cuts), strict=True))


@st.composite
def usages(draw: st.DrawFn, stretches: int) -> tuple[Usage, ...]:
    keys = draw(st.lists(st.tuples(st.integers(0, stretches - 1), st.integers(1, 4)), max_size=6, unique=True))
    return tuple(Usage(part, UUID(int=number), draw(volumes), draw(volumes)) for part, number in sorted(keys))


@st.composite
def months(draw: st.DrawFn) -> Month:
    cuts = sorted(draw(st.sets(st.integers(1, DAYS - 1), max_size=2)))
    parts = [draw(st.one_of(terms(), terms(), st.just(NO_TARIFF))) for _ in range(len(cuts) + 1)]
    days = st.tuples(st.integers(0, DAYS), st.integers(0, DAYS))
    present = tuple(Presence(UUID(int=n), *sorted(draw(days))) for n in range(draw(st.integers(0, 3))))
    sales = tuple(Sales(draw(st.integers(0, len(cuts))), 1, draw(amounts)) for _ in range(draw(st.integers(0, 2))))
    return Month(DAYS, stretched(parts, [0, *cuts, DAYS]), present, draw(usages(len(parts))), sales)


def check_sums(bill: Bill) -> None:
    assert sum(line.amount_minor for line in bill.lines) == bill.subtotal_minor
    assert sum(group.net_minor for group in bill.taxes) == bill.subtotal_minor
    assert sum(group.tax_minor for group in bill.taxes) == bill.tax_minor
    assert bill.subtotal_minor + bill.tax_minor == bill.total_minor


@given(months())
def test_lines_and_taxes_add_up_to_the_totals(month: Month) -> None:
    for bill in rate_month(month).values():
        check_sums(bill)


@given(months())
def test_every_router_has_one_line_a_stretch_with_the_ledgers_bytes(month: Month) -> None:
    lines = [line for bill in rate_month(month).values() for line in bill.lines if line.kind is LineKind.USAGE]
    assert sorted((line.stretch, line.router_id, line.up_bytes, line.down_bytes) for line in lines) == sorted(
        (each.stretch, each.router_id, each.up_bytes, each.down_bytes) for each in month.usage
    )


@given(terms(), st.sets(st.integers(1, DAYS - 1), max_size=4), st.data())
def test_cutting_a_month_into_stretches_of_equal_terms_changes_no_total(
    whole: Terms, cuts: set[int], data: st.DataObject
) -> None:
    edges = [0, *sorted(cuts), DAYS]
    parts = stretched([whole] * (len(edges) - 1), edges)
    days = st.tuples(st.integers(0, DAYS), st.integers(0, DAYS))
    present = tuple(Presence(UUID(int=n), *sorted(data.draw(days))) for n in range(2))
    split = Month(DAYS, parts, present, data.draw(usages(len(parts))), (Sales(len(parts) - 1, 1, 999),))
    joined = with_usage(
        replace(split, stretches=(Stretch(0, DAYS, whole),), usage=(), sales=(Sales(0, 1, 999),)),
        [replace(usage, stretch=0) for usage in split.usage],
    )
    assert totals(split) == totals(joined)


def totals(month: Month) -> dict[Direction, tuple[int, int]]:
    bills = rate_month(month)
    return {direction: (bill.subtotal_minor, bill.tax_minor) for direction, bill in bills.items()}


@given(months(), st.data())
def test_late_usage_in_any_order_and_any_parts_ends_at_the_same_amount_owed(month: Month, data: st.DataObject) -> None:
    late = data.draw(usages(len(month.stretches)))
    owed = {direction: bill.subtotal_minor for direction, bill in rate_month(month).items()}
    billed = month
    for usage in data.draw(st.permutations(late)):
        for direction, lines in late_lines("2026-10", billed, [usage]).items():
            owed[direction] = owed.get(direction, 0) + sum(line.amount_minor for line in lines)
            assert all(line.used_in == "2026-10" for line in lines)
        billed = with_usage(billed, [usage])
    at_once = rate_month(with_usage(month, late))
    for direction in Direction:
        expected = at_once[direction].subtotal_minor if direction in at_once else 0
        assert owed.get(direction, 0) == expected


@given(months(), st.data())
def test_late_usage_and_late_sales_in_any_order_end_at_the_same_amount_owed(month: Month, data: st.DataObject) -> None:
    stretches = st.integers(0, len(month.stretches) - 1)
    sold = data.draw(st.lists(st.builds(Sales, stretches, st.integers(1, 3), amounts), max_size=4))
    used = data.draw(usages(len(month.stretches)))
    arrivals: list[Sales | Usage] = [*sold, *used]
    owed = {direction: bill.subtotal_minor for direction, bill in rate_month(month).items()}
    billed = month
    for late in data.draw(st.permutations(arrivals)):
        if isinstance(late, Sales):
            found, richer = late_sales_lines("2026-10", billed, [late]), with_sales(billed, [late])
        else:
            found, richer = late_lines("2026-10", billed, [late]), with_usage(billed, [late])
        for direction, lines in found.items():
            owed[direction] = owed.get(direction, 0) + sum(line.amount_minor for line in lines)
            assert all(line.used_in == "2026-10" for line in lines)
        billed = richer
    at_once = rate_month(with_sales(with_usage(month, used), sold))
    for direction in Direction:
        expected = at_once[direction].subtotal_minor if direction in at_once else 0
        assert owed.get(direction, 0) == expected


@given(months(), st.data())
def test_the_lines_of_late_usage_carry_all_of_its_bytes_once(month: Month, data: st.DataObject) -> None:
    late = data.draw(usages(len(month.stretches)))
    lines = [line for own in late_lines("2026-10", month, late).values() for line in own if line.router_id]
    assert sorted((line.stretch, line.router_id, line.up_bytes, line.down_bytes) for line in lines) == sorted(
        (each.stretch, each.router_id, each.up_bytes, each.down_bytes) for each in late
    )


def plain(**changes: object) -> Terms:
    bare = replace(NO_TARIFF, tax=Tax(TaxCategory.STANDARD, Decimal(20)), tiers=(Tier(0, 100),))
    return replace(bare, **changes)  # type: ignore[arg-type]


def one(bare: Terms, *used_gb: int, **more: object) -> Bill:
    usage = tuple(Usage(0, UUID(int=number), gb * GB, 0) for number, gb in enumerate(used_gb, 1))
    month = Month(DAYS, (Stretch(0, DAYS, bare),), usage=usage, **more)  # type: ignore[arg-type]
    (bill,) = rate_month(month).values()
    return bill


def amounts_of(bill: Bill) -> list[tuple[str, int]]:
    return [(line.kind.value, line.amount_minor) for line in bill.lines]


def test_graduated_tiers_price_each_byte_in_its_tier() -> None:
    bare = plain(tiers=(Tier(0, 100), Tier(10 * GB, 50), Tier(20 * GB, 10)), included_bytes=5 * GB)
    assert one(bare, 35).subtotal_minor == 10 * 100 + 10 * 50 + 10 * 10


def test_volume_tiers_price_every_byte_by_the_tier_reached() -> None:
    bare = plain(tier_mode=TierMode.VOLUME, tiers=(Tier(0, 100), Tier(10 * GB, 50)))
    assert one(bare, 10).subtotal_minor == 1000
    assert one(bare, 11).subtotal_minor == 550


def test_routers_share_the_price_of_the_volume_by_their_bytes() -> None:
    assert amounts_of(one(plain(included_bytes=10 * GB), 15, 5)) == [("usage", 750), ("usage", 250)]


def test_fees_are_prorated_by_days() -> None:
    bare = plain(base_fee_minor=3000, router_fee_minor=300)
    half = Month(DAYS, (Stretch(0, 15, NO_TARIFF), Stretch(15, DAYS, bare)), (Presence(UUID(int=1), 20, DAYS),))
    (bill,) = rate_month(half).values()
    assert amounts_of(bill) == [("base_fee", 1500), ("router_fee", 100)]


def test_half_a_month_has_half_of_the_included_volume() -> None:
    bare = plain(included_bytes=10 * GB)
    half = Month(DAYS, (Stretch(0, 15, NO_TARIFF), Stretch(15, DAYS, bare)), usage=(Usage(1, UUID(int=1), 7 * GB, 0),))
    (bill,) = rate_month(half).values()
    assert bill.subtotal_minor == 200


def test_discount_minimum_and_maximum() -> None:
    assert amounts_of(one(plain(discount_percent=Decimal(10)), 10)) == [("usage", 1000), ("discount", -100)]
    assert amounts_of(one(plain(minimum_minor=1500), 10)) == [("usage", 1000), ("minimum", 500)]
    assert amounts_of(one(plain(maximum_minor=700), 10)) == [("usage", 1000), ("maximum", -300)]


def test_a_share_of_what_was_sold() -> None:
    bare = plain(sales_share_percent=Decimal("12.5"))
    assert amounts_of(one(bare, sales=(Sales(0, 3, 1001),))) == [("sales_share", 125)]


def test_a_tax_inclusive_tariff_charges_what_it_says() -> None:
    inclusive = Tax(TaxCategory.STANDARD, Decimal(20), inclusive=True)
    bill = one(plain(base_fee_minor=1000, tax=inclusive), 1)
    assert (bill.total_minor, bill.tax_minor, bill.subtotal_minor) == (1100, 183, 917)


def test_a_host_may_be_charged_and_paid_in_one_month() -> None:
    paid = plain(direction=Direction.PAY)
    usage = (Usage(0, UUID(int=1), 2 * GB, 0), Usage(1, UUID(int=1), 3 * GB, 0))
    bills = rate_month(Month(DAYS, (Stretch(0, 10, plain()), Stretch(10, DAYS, paid)), usage=usage))
    assert {direction: bill.subtotal_minor for direction, bill in bills.items()} == {
        Direction.CHARGE: 200,
        Direction.PAY: 300,
    }


def test_usage_without_a_tariff_is_listed_and_costs_nothing() -> None:
    bill = one(NO_TARIFF, 5)
    assert (amounts_of(bill), bill.total_minor) == ([("usage", 0)], 0)


@given(st.fractions())
def test_rounding_is_to_the_nearest_with_ties_away_from_zero(exact: Fraction) -> None:
    rounded = round_exact(exact)
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert round_exact(-exact) == -rounded
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
