"""What documents say: the same in every language, numbers and dates as each writes them, what the law wants said."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from spotfi_cloud.billing.documents.content import content_of
from spotfi_cloud.billing.documents.formats import formats_of
from spotfi_cloud.billing.documents.payment import payment_of
from spotfi_cloud.billing.documents.wording import FALLBACK, languages, texts_in
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import DocumentKind, Tax, TaxCategory
from tests.unit.cloud.billing.paper_samples import HOTEL, OPERATOR, paper

REVERSE = Tax(TaxCategory.REVERSE_CHARGE, Decimal(0))


def words(document: Paper) -> Any:
    formats = formats_of(document.language)
    return content_of(document, formats, payment_of(document, formats))


def fields_in(text: Any) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text["other"] if isinstance(text, dict) else text))


def test_there_are_five_languages() -> None:
    assert languages() == {"en", "fr", "es", "pt", "ar"}


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar"])
def test_every_language_has_the_same_texts_with_the_same_fields(language: str) -> None:
    english, texts = texts_in(FALLBACK), texts_in(language)
    assert list(texts) == list(english)
    for key, text in texts.items():
        assert fields_in(text) == fields_in(english[key]), key
        assert text, key


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar"])
def test_every_number_has_its_form(language: str) -> None:
    formats = formats_of(language)
    for key in ("routers", "sales"):
        assert texts_in(language)[key].keys() == {*formats.locale.plural_form.tags, "other"}
        assert all(formats.counted(key, number) for number in (0, 1, 2, 3, 11, 100, 10**6))


@pytest.mark.parametrize(
    ("language", "euros", "dinars", "yen", "day"),
    [
        ("en", "-1,234,567.89", "-123,456.789", "-123,456,789", "1 October 2026"),
        ("en-US", "-1,234,567.89", "-123,456.789", "-123,456,789", "October 1, 2026"),
        ("fr", "-1\u202f234\u202f567,89", "-123\u202f456,789", "-123\u202f456\u202f789", "1 octobre 2026"),
        ("es", "-1.234.567,89", "-123.456,789", "-123.456.789", "1 de octubre de 2026"),
        ("pt-BR", "-1.234.567,89", "-123.456,789", "-123.456.789", "1 de outubro de 2026"),
        ("ar", "-1,234,567.89", "-123,456.789", "-123,456,789", "1 أكتوبر 2026"),
        ("de", "-1,234,567.89", "-123,456.789", "-123,456,789", "1 October 2026"),
    ],
)
def test_amounts_and_dates_are_written_as_the_language_does(
    language: str, euros: str, dinars: str, yen: str, day: str
) -> None:
    formats = formats_of(language)
    amounts = [formats.money(-123_456_789, currency) for currency in ("EUR", "KWD", "JPY")]
    assert [*amounts, formats.day(date(2026, 10, 1))] == [euros, dinars, yen, day]


def test_a_reverse_charge_names_the_directive_within_the_union_only() -> None:
    inside, outside = paper(tax=REVERSE), paper(tax=REVERSE, buyer=HOTEL | {"country": "CH"})
    assert any("Art. 196 Directive 2006/112/EC" in note for note in words(inside)["notes"])
    assert words(outside)["notes"][0] == "Reverse charge: VAT to be accounted for by the recipient."


@pytest.mark.parametrize("category", [TaxCategory.EXEMPT, TaxCategory.OUT_OF_SCOPE])
def test_what_is_not_taxed_is_explained(category: TaxCategory) -> None:
    document = paper(tax=Tax(category, Decimal(0)))
    assert texts_in("en")[f"note_{category}"] in words(document)["notes"]
    assert len(words(document)["totals"]) == 2


def test_a_settlement_is_the_hosts_own_bill_drawn_up_by_the_operator() -> None:
    said = words(paper(DocumentKind.SETTLEMENT))
    assert said["recipient"][0] == HOTEL["legal_name"]
    assert said["issuer"]["name"] == OPERATOR["legal_name"]
    assert said["openings"][0].startswith("Self-billing")
    assert ["IBAN", "FR14 2004 1010 0505 0001 3M02 606"] in said["payment"]["account"]
    assert said["payment"]["scan"] is None


def test_a_credit_note_names_what_it_takes_back_and_asks_for_nothing() -> None:
    said = words(paper(DocumentKind.CREDIT_NOTE, corrects="INV-000016", corrects_on=date(2026, 10, 2)))
    assert said["openings"] == ["Takes back amounts of \u2068INV-000016\u2069 of 2 October 2026."]
    assert said["payment"] is None
    assert not any(name == "Due" for name, _ in said["facts"])


def test_what_the_issuer_says_of_every_document_is_at_its_foot() -> None:
    document = paper(note="Of this one.", seller={**OPERATOR, "note": "Of every one."})
    assert words(document)["notes"] == ["\u2068Of this one.\u2069", "\u2068Of every one.\u2069"]


def test_a_code_to_pay_by_is_for_euros_to_an_account() -> None:
    english = formats_of("en")
    for document, can in (
        (paper(), True),
        (paper(currency="JPY"), False),
        (paper(seller={**OPERATOR, "iban": None}), False),
        (paper(total_minor=10**11), False),
    ):
        payment = payment_of(document, english)
        assert payment is not None
        assert (payment.qr_svg is not None) is can
    assert payment_of(paper(reference=None), english) is None
    assert payment_of(paper(total_minor=0), english) is None


def test_usage_is_summed_for_each_router_to_the_byte() -> None:
    rows = words(paper(routers=2))["usage"]["rows"]
    assert rows[0]["exact"] == ["23,456,790,012", "987,654,321,103"]  # with the late usage of the same router
    assert rows[0]["up"] == "23.457"
    assert sum(rows[0]["shares"]) == pytest.approx(1)


def test_days_are_the_hosts_own_and_its_time_zone_is_named() -> None:
    facts = dict(words(paper(routers=1))["facts"])
    assert facts["Period"] == "1–31 Oct 2026"
    assert facts["Time zone"] == "Europe/Vienna"
