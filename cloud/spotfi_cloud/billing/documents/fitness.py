"""Whether a document can be an e-invoice by EN 16931, and what is missing where it cannot. Pure.

Each reason is a rule of the standard, named beside it: the published schematron refuses what these refuse.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from babel import Locale

from spotfi_cloud.billing.documents.party_words import EU, name_of
from spotfi_cloud.billing.paper import Paper, PaperLine
from spotfi_cloud.billing.rules import TaxCategory, TaxGroup
from spotfi_cloud.kernel.money import minor_exponent

_MOST_DECIMALS = 2
_VAT_PREFIXES = EU | {"EL", "XI", "GB", "CH", "NO"}
"""Numbers for value added tax that begin so say by themselves where they are from; others only at home (BR-CO-09)."""
_NO_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"))
_LEAST_RATE = Fraction(1, 2)


def unfit_because(paper: Paper) -> list[str]:
    """Why the document can be no e-invoice, a sentence for each reason; none where it can."""
    return [*_of_document(paper), *_of_parties(paper), *_of_taxes(paper)]


def vat_number(party: dict[str, Any]) -> str | None:
    """The party's number for value added tax with the country that gave it; None where it has no such one (BR-CO-09)."""
    number = str(party.get("tax_number") or "").replace(" ", "").upper()
    prefix, country = number[:2], party.get("country")
    return number if prefix in _VAT_PREFIXES or (prefix == country and country not in _NO_COUNTRIES) else None


def billed_lines(paper: Paper) -> tuple[PaperLine, ...]:
    """The lines that an e-invoice has: beside what is not subject to tax none that is free, for the two never mix."""
    kept = {(group.category, group.rate_percent) for group in billed_taxes(paper)}
    return tuple(line for line in paper.lines if (line.tax_category, line.tax_rate_percent) in kept)


def billed_taxes(paper: Paper) -> tuple[TaxGroup, ...]:
    """The tax summary of `billed_lines`."""
    if all(group.category is not TaxCategory.OUT_OF_SCOPE for group in paper.taxes):
        return paper.taxes
    return tuple(each for each in paper.taxes if each.category is TaxCategory.OUT_OF_SCOPE or not _is_free(paper, each))


def _is_free(paper: Paper, group: TaxGroup) -> bool:
    key = (group.category, group.rate_percent)
    own = (line.amount_minor for line in paper.lines if (line.tax_category, line.tax_rate_percent) == key)
    return not group.tax_minor and not any(own)


def _of_document(paper: Paper) -> Iterator[str]:
    if paper.reference is None:
        yield "It is a draft."
    if minor_exponent(paper.currency) > _MOST_DECIMALS:  # BR-DEC-*
        yield f"EN 16931 knows amounts of two decimals at most; {paper.currency} has three."
    if not billed_lines(paper):  # BR-16
        yield "It has no lines."


def _of_parties(paper: Paper) -> Iterator[str]:
    for side, party in (("seller", paper.seller), ("buyer", paper.buyer)):
        if not name_of(party):  # BR-06, BR-07
            yield f"The {side}'s legal_name is missing."
        if not _is_country(party.get("country")):  # BR-09, BR-11
            yield f"The {side}'s country is missing, or is none."
    out_of_scope = _has(paper, TaxCategory.OUT_OF_SCOPE)
    if not out_of_scope and not paper.seller.get("tax_number"):  # BR-S-02, BR-Z-02, BR-E-02, BR-AE-02
        yield "The seller's tax_number is missing."
    if not paper.seller.get("company_number") and (out_of_scope or not vat_number(paper.seller)):  # BR-CO-26
        yield "The seller's company_number is missing, and no number for value added tax stands in for it."
    identified = vat_number(paper.buyer) or paper.buyer.get("company_number")
    if _has(paper, TaxCategory.REVERSE_CHARGE) and not identified:  # BR-AE-02
        yield "Reverse charge asks for the buyer's tax_number with its country, or its company_number."


def _of_taxes(paper: Paper) -> Iterator[str]:
    groups = billed_taxes(paper)
    if _has(paper, TaxCategory.OUT_OF_SCOPE) and len(groups) > 1:  # BR-O-11
        yield "What is not subject to tax cannot be billed together with what is."
    for group in groups:
        if group.category is not TaxCategory.STANDARD:
            continue
        if group.rate_percent < _LEAST_RATE:  # BR-S-05, and how BR-CO-17 is checked
            yield "A tax rate below 0.5 % cannot be told."
        elif not _agrees(group, paper.currency):  # BR-CO-17, BR-S-09
            yield "The tax of inclusive amounts differs by a whole unit of the currency from the rate on their sum."


def _agrees(group: TaxGroup, currency: str) -> bool:
    unit_minor = 10 ** minor_exponent(currency)
    return abs(group.net_minor * Fraction(group.rate_percent) / 100 - group.tax_minor) < Fraction(99 * unit_minor, 100)


def _has(paper: Paper, category: TaxCategory) -> bool:
    return any(group.category is category for group in billed_taxes(paper))


def _is_country(code: object) -> bool:
    return code in Locale("en").territories and code not in _NO_COUNTRIES
