"""E-invoices: whatever a month costs, the published schema and rules hold; what they would refuse is told beforehand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from spotfi_cloud.billing.documents import cii_of, unfit_because
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import (
    DocumentKind,
    Line,
    LineKind,
    Month,
    Stretch,
    Tax,
    TaxCategory,
    TaxGroup,
    rate_month,
    sum_up,
)
from tests.unit.cloud.billing.en16931 import faults_of
from tests.unit.cloud.billing.paper_samples import (
    HOTEL,
    OPERATOR,
    lines_for,
    paper,
    paper_of_bill,
    papers_of_every_kind,
)
from tests.unit.cloud.billing.test_rating import months, percents

UNTAXED = [category for category in TaxCategory if category is not TaxCategory.STANDARD]
SWISS = {"legal_name": "Berghütte AG", "country": "CH", "company_number": "CHE-123.456.789"}
taxes = st.one_of(
    st.builds(Tax, st.just(TaxCategory.STANDARD), percents, st.booleans()),
    st.builds(Tax, st.sampled_from(UNTAXED), st.just(Decimal(0)), st.booleans()),
)


def value_of(xml: bytes, name: str) -> str:
    """The text of the first element of that name."""
    element = etree.fromstring(xml).find(f".//{{*}}{name}")
    assert element is not None
    return str(element.text)


@pytest.mark.parametrize("index", range(4))
def test_every_kind_of_document_keeps_to_the_standard(index: int) -> None:
    document = papers_of_every_kind()[index]
    assert unfit_because(document) == []
    xml = cii_of(document)
    assert faults_of(xml) == []
    assert value_of(xml, "TypeCode") == ("380", "389", "381", "261")[index]


@pytest.mark.parametrize("category", UNTAXED)
@pytest.mark.parametrize(
    "parties", [(OPERATOR, HOTEL), (SWISS | {"tax_number": "CHE-1 MWST"}, HOTEL), (OPERATOR, SWISS)]
)
def test_untaxed_amounts_keep_to_the_standard(category: TaxCategory, parties: tuple[Any, Any]) -> None:
    document = paper(tax=Tax(category, Decimal(0)), seller=parties[0], buyer=parties[1], language="fr")
    assert unfit_because(document) == []
    assert faults_of(cii_of(document)) == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(months(), st.lists(taxes, min_size=3, max_size=3), st.sampled_from(("EUR", "JPY", "TND")), st.data())
def test_whatever_a_month_costs_an_e_invoice_keeps_to_the_standard(
    month: Month, taxed: list[Tax], currency: str, data: st.DataObject
) -> None:
    stretches = tuple(
        Stretch(part.first_day, part.end_day, replace(part.terms, tax=tax))
        for part, tax in zip(month.stretches, taxed, strict=False)
    )
    for bill in rate_month(replace(month, stretches=stretches)).values():
        kind = data.draw(st.sampled_from(DocumentKind))
        document = paper_of_bill(bill, kind, currency=currency)
        assume(not unfit_because(document))
        assert faults_of(cii_of(document)) == []


@pytest.mark.parametrize(
    ("document", "reason", "rule"),
    [
        (paper(seller=OPERATOR | {"legal_name": ""}), "seller's legal_name", "BR-06"),
        (paper(buyer=HOTEL | {"legal_name": ""}), "buyer's legal_name", "BR-07"),
        (paper(buyer=HOTEL | {"country": None}), "buyer's country", "BR-11"),
        (paper(seller=OPERATOR | {"tax_number": None}), "seller's tax_number", "BR-S-02"),
        (paper(seller=OPERATOR | {"tax_number": "12/345", "company_number": None}), "company_number", "BR-CO-26"),
        (
            paper(tax=Tax(TaxCategory.REVERSE_CHARGE, Decimal(0)), buyer=HOTEL | {"tax_number": None}),
            "Reverse charge asks",
            "BR-AE-02",
        ),
        (paper(tax=Tax(TaxCategory.STANDARD, Decimal(0))), "below 0.5 %", "BR-S-05"),
        (paper(tax=Tax(TaxCategory.STANDARD, Decimal("0.4")), routers=20), "below 0.5 %", "BR-CO-17"),
        (paper(taxes=(TaxGroup(TaxCategory.STANDARD, Decimal(20), 41_202, 8_400),)), "differs", "BR-S-09"),
        (paper(currency="KWD"), "two decimals", "BR-DEC"),
        (paper(reference=None), "draft", "BR-02"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_rules_would_refuse_is_told_beforehand(document: Paper, reason: str, rule: str) -> None:
    """And each reason is needed: made all the same, the invoice breaks the rule. So the check is one that can fail."""
    assert any(reason in each for each in unfit_because(document))
    assert any(rule in fault for fault in faults_of(cii_of(document)))


def test_what_is_not_subject_to_tax_stands_alone() -> None:
    out = Tax(TaxCategory.OUT_OF_SCOPE, Decimal(0))
    free = Line(LineKind.USAGE, 0, Tax(TaxCategory.ZERO, Decimal(0)), 0, 0, 5, None, 1, 1)
    assert unfit_because(paper_of_bill(sum_up([*lines_for(tax=out), replace(free, amount_minor=5)])))
    document = paper_of_bill(sum_up([*lines_for(tax=out), free]))
    assert unfit_because(document) == []
    assert faults_of(cii_of(document)) == []


def test_a_credit_note_says_what_it_takes_back_above_zero() -> None:
    lines = [replace(line, amount_minor=-line.amount_minor) for line in lines_for()]
    back = {"corrects": "INV-000016", "corrects_on": date(2026, 10, 2)}
    below, above = (
        cii_of(paper_of_bill(sum_up(each), DocumentKind.CREDIT_NOTE, **back)) for each in (lines, lines_for())
    )
    assert below == above
    assert value_of(above, "InvoiceReferencedDocument/{*}IssuerAssignedID") == "INV-000016"


def test_amounts_are_to_the_cent_and_the_byte() -> None:
    xml = cii_of(paper())
    assert value_of(xml, "GrandTotalAmount") == f"{Decimal(paper().total_minor) / 100:.2f}"
    up_bytes = next(line.up_bytes for line in paper().lines if line.up_bytes)
    assert value_of(xml, "ApplicableProductCharacteristic/{*}Value") == str(up_bytes)
    assert "." not in value_of(cii_of(paper(currency="JPY")), "GrandTotalAmount")


def test_names_are_text_whatever_they_hold() -> None:
    odd = HOTEL | {"legal_name": "<Bar> & \x0bGrill ]]> \u2066x"}
    xml = cii_of(paper(buyer=odd))
    assert faults_of(xml) == []
    assert value_of(xml, "BuyerTradeParty/{*}Name") == "<Bar> & Grill ]]> x"
