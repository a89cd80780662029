"""What payments pay, the state that follows, and what credit notes take back."""

from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spotfi_cloud.billing.rules import (
    CreditError,
    DocumentKind,
    InvoiceStatus,
    Line,
    LineKind,
    Share,
    ShownState,
    Tax,
    TaxCategory,
    TaxGroup,
    allocate,
    credit_bill,
    release,
    shown_state,
    what_is_left,
)
from spotfi_cloud.billing.schemas.parties import PartyIn, PartyOut

AMOUNTS = st.lists(st.integers(1, 10**6), max_size=8)
TODAY = date(2026, 11, 15)


def ids(amounts: list[int], start: int) -> list[tuple[UUID, int]]:
    return [(UUID(int=start + number), amount) for number, amount in enumerate(amounts)]


def balances(due: list[tuple[UUID, int]], shares: list[Share]) -> list[int]:
    paid = dict.fromkeys((invoice_id for invoice_id, _ in due), 0)
    for share in shares:
        paid[share.invoice_id] += share.amount_minor
    return [amount - paid[invoice_id] for invoice_id, amount in due]


@given(total=st.integers(1, 10**7), cuts=st.lists(st.integers(0, 10**7), max_size=6), due=AMOUNTS)
def test_any_split_of_a_payment_ends_at_the_same_balances(total: int, cuts: list[int], due: list[int]) -> None:
    documents = ids(due, 100)
    edges = [0, *sorted(min(cut, total) for cut in cuts), total]
    at_once = balances(documents, allocate(ids([total], 0), documents))
    parts = ids([end - start for start, end in pairwise(edges)], 0)
    assert balances(documents, allocate(parts, documents)) == at_once
    left = documents
    for part in parts:  # one after the other
        left = list(zip((each for each, _ in left), balances(left, allocate([part], left)), strict=True))
    assert [balance for _, balance in left] == at_once
    assert sum(at_once) == max(0, sum(due) - total)


@given(AMOUNTS, AMOUNTS)
def test_no_payment_pays_more_than_it_is_and_no_document_is_paid_twice(free: list[int], due: list[int]) -> None:
    payments, documents = ids(free, 0), ids(due, 100)
    shares = allocate(payments, documents)
    assert all(share.amount_minor > 0 for share in shares)
    for payment_id, amount in payments:
        assert sum(share.amount_minor for share in shares if share.payment_id == payment_id) <= amount
    assert all(balance >= 0 for balance in balances(documents, shares))
    assert sum(share.amount_minor for share in shares) == min(sum(free), sum(due))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=6), st.data())
def test_what_is_taken_back_is_the_excess_from_the_last_payments(amounts: list[int], data: st.DataObject) -> None:
    shares = [Share(UUID(int=number), UUID(int=9), amount) for number, amount in enumerate(amounts)]
    excess = data.draw(st.integers(0, sum(amounts)))
    back = release(shares, excess)
    assert sum(share.amount_minor for share in back) == excess
    assert [share.payment_id for share in back] == [share.payment_id for share in reversed(shares)][: len(back)]


@pytest.mark.parametrize(
    ("status", "balance", "due_on", "state"),
    [
        (InvoiceStatus.DRAFT, 0, None, ShownState.DRAFT),
        (InvoiceStatus.VOID, 0, TODAY, ShownState.VOID),
        (InvoiceStatus.ISSUED, 100, TODAY, ShownState.ISSUED),
        (InvoiceStatus.ISSUED, 99, TODAY, ShownState.PARTLY_PAID),
        (InvoiceStatus.ISSUED, 99, date(2026, 11, 14), ShownState.OVERDUE),
        (InvoiceStatus.ISSUED, 0, date(2026, 11, 14), ShownState.PAID),
    ],
)
def test_one_rule_tells_the_state(status: InvoiceStatus, balance: int, due_on: date | None, state: ShownState) -> None:
    assert shown_state(DocumentKind.INVOICE, status, 100, balance, due_on, today=TODAY) is state


@pytest.mark.parametrize("due_on", [TODAY, date(2026, 11, 14), None])
def test_a_document_over_less_than_nothing_is_not_called_paid(due_on: date | None) -> None:
    state = shown_state(DocumentKind.INVOICE, InvoiceStatus.ISSUED, -5, -5, due_on, today=TODAY)
    assert state is ShownState.IN_FAVOUR


@pytest.mark.parametrize("iban", ["AT611904300234573201", "FR1420041010050500013M02606", "SA0380000000608010167519"])
def test_an_iban_with_a_slip_of_the_pen_is_refused(iban: str) -> None:
    assert PartyIn(iban=iban).iban == iban
    swapped = iban[:-2] + iban[-1] + iban[-2]
    for wrong in {
        iban[:2] + "00" + iban[4:],
        iban[:-1],
        iban[:5] + ("1" if iban[5] != "1" else "2") + iban[6:],
        swapped,
    }:
        if wrong != iban:
            with pytest.raises(ValidationError, match="iban"):
                PartyIn(iban=wrong)
    assert PartyOut(iban=iban[:-1]).iban == iban[:-1]  # what was stored before stays readable


@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 30)), min_size=1, max_size=3, unique_by=lambda pair: pair[1]
    ),
    st.lists(st.integers(1, 10**5), max_size=6),
)
def test_credit_notes_take_back_exactly_what_was_billed(billed: list[tuple[int, int]], parts: list[int]) -> None:
    groups = [TaxGroup(TaxCategory.STANDARD, Decimal(rate), net, (net * rate + 50) // 100) for net, rate in billed]
    credited: list[TaxGroup] = []
    tax = Tax(groups[0].category, groups[0].rate_percent)
    sums = list(accumulate(parts))
    for part, upto in zip(parts, sums, strict=True):
        line = Line(LineKind.CREDIT, part, tax)
        if upto > groups[0].net_minor:
            with pytest.raises(CreditError):
                credit_bill(groups, credited, [line])
            break
        credited += credit_bill(groups, credited, [line]).taxes
    left = what_is_left(groups, credited)
    if left:
        credited += credit_bill(groups, credited, left).taxes
    assert sum(group.net_minor for group in credited) == sum(group.net_minor for group in groups)
    assert sum(group.tax_minor for group in credited) == sum(group.tax_minor for group in groups)
    assert what_is_left(groups, credited) == []
