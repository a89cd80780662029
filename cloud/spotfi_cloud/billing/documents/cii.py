"""A document as EN 16931 has it, in the syntax of UN/CEFACT Cross Industry Invoice D22B as Factur-X 1.0 profiles it.

Business terms (BT-…) and groups (BG-…) are named where they are written; docs/BILLING.md lists them all.
"""

from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from spotfi_cloud.billing.documents.cii_lines import add_line
from spotfi_cloud.billing.documents.cii_parts import add, add_category, add_day, add_period, amount, qualified
from spotfi_cloud.billing.documents.content import openings, tax_note, tax_notes
from spotfi_cloud.billing.documents.fitness import billed_lines, billed_taxes, vat_number
from spotfi_cloud.billing.documents.formats import Formats, formats_of
from spotfi_cloud.billing.documents.party_words import EU, name_of
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import DocumentKind, TaxCategory, TaxGroup

_PROFILE = "urn:cen.eu:en16931:2017"
_REASON_CODES = {TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE", TaxCategory.OUT_OF_SCOPE: "VATEX-EU-O"}
_SEPA_TRANSFER, _TRANSFER = "58", "30"


def cii_of(paper: Paper) -> bytes:
    """The XML of an e-invoice, for a document that `unfit_because` finds nothing wrong with."""
    formats = formats_of(paper.language)
    root = Element(qualified("rsm:CrossIndustryInvoice"))
    context = SubElement(root, qualified("rsm:ExchangedDocumentContext"))
    add(context, "GuidelineSpecifiedDocumentContextParameter/ID", _PROFILE)  # BT-24
    _add_header(SubElement(root, qualified("rsm:ExchangedDocument")), paper, formats)
    deal = SubElement(root, qualified("rsm:SupplyChainTradeTransaction"))
    for number, line in enumerate(billed_lines(paper), 1):
        add_line(deal, number, line, paper, formats)
    agreement = add(deal, "ApplicableHeaderTradeAgreement")
    _add_party(add(agreement, "SellerTradeParty"), paper.seller, paper)
    _add_party(add(agreement, "BuyerTradeParty"), paper.buyer, paper)
    delivery = add(deal, "ApplicableHeaderTradeDelivery")
    add_day(delivery, "ActualDeliverySupplyChainEvent/OccurrenceDateTime", paper.days[1])  # BT-72
    _add_settlement(add(deal, "ApplicableHeaderTradeSettlement"), paper, formats)
    xml: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml


def type_code(paper: Paper) -> str:
    """What the document is, by UNTDID 1001: 380, 381, and drawn up by the buyer 389 and 261."""
    if paper.kind is DocumentKind.CREDIT_NOTE:
        return "261" if paper.self_billed else "381"
    return "389" if paper.self_billed else "380"


def _add_header(document: Element, paper: Paper, formats: Formats) -> None:
    add(document, "ID", paper.reference)  # BT-1
    add(document, "TypeCode", type_code(paper))  # BT-3
    add_day(document, "IssueDateTime", paper.dated_on)  # BT-2
    for note in (*openings(paper, formats), *tax_notes(paper, formats), *paper.notes):
        add(document, "IncludedNote/Content", note)  # BT-22


def _add_party(element: Element, party: dict[str, Any], paper: Paper) -> None:
    """BG-4 with BG-5, or BG-7 with BG-8."""
    add(element, "Name", name_of(party))  # BT-27, BT-44
    if party.get("company_number"):
        add(element, "SpecifiedLegalOrganization/ID", party["company_number"])  # BT-30, BT-47
    address = add(element, "PostalTradeAddress")
    for name, key in (
        ("PostcodeCode", "postcode"),  # BT-38, BT-53
        ("LineOne", "street"),  # BT-35, BT-50
        ("CityName", "city"),  # BT-37, BT-52
        ("CountryID", "country"),  # BT-40, BT-55
        ("CountrySubDivisionName", "region"),  # BT-39, BT-54
    ):
        if party.get(key):
            add(address, name, party[key])
    if party.get("email"):
        add(element, "URIUniversalCommunication/URIID", party["email"], schemeID="EM")  # BT-34, BT-49
    _add_tax_number(element, party, paper)


def _add_tax_number(element: Element, party: dict[str, Any], paper: Paper) -> None:
    number = vat_number(party)
    if number is None:
        if party is paper.seller and party.get("tax_number"):
            add(element, "SpecifiedTaxRegistration/ID", party["tax_number"], schemeID="FC")  # BT-32
    elif all(group.category is not TaxCategory.OUT_OF_SCOPE for group in paper.taxes):  # BR-O-02
        add(element, "SpecifiedTaxRegistration/ID", number, schemeID="VA")  # BT-31, BT-48


def _add_settlement(settlement: Element, paper: Paper, formats: Formats) -> None:
    add(settlement, "PaymentReference", paper.reference)  # BT-83
    add(settlement, "InvoiceCurrencyCode", paper.currency)  # BT-5
    if paper.seller.get("iban") and paper.kind is not DocumentKind.CREDIT_NOTE:
        _add_account(add(settlement, "SpecifiedTradeSettlementPaymentMeans"), paper)
    for group in billed_taxes(paper):
        _add_tax(add(settlement, "ApplicableTradeTax"), group, paper, formats)
    add_period(settlement, *paper.days)  # BG-14
    _add_terms(add(settlement, "SpecifiedTradePaymentTerms"), paper, formats)
    _add_totals(add(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation"), paper)
    if paper.corrects:
        _add_corrected(add(settlement, "InvoiceReferencedDocument"), paper.corrects, paper.corrects_on)


def _add_account(means: Element, paper: Paper) -> None:
    """BG-16 and BG-17."""
    add(means, "TypeCode", _SEPA_TRANSFER if paper.currency == "EUR" else _TRANSFER)  # BT-81
    account = add(means, "PayeePartyCreditorFinancialAccount")
    add(account, "IBANID", paper.seller["iban"])  # BT-84
    add(account, "AccountName", name_of(paper.seller))  # BT-85
    if paper.seller.get("bic"):
        add(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID", paper.seller["bic"])  # BT-86


def _add_tax(element: Element, group: TaxGroup, paper: Paper, formats: Formats) -> None:
    """BG-23."""
    add(element, "CalculatedAmount", amount(group.tax_minor, paper))  # BT-117
    add(element, "TypeCode", "VAT")
    untaxed = group.category not in (TaxCategory.STANDARD, TaxCategory.ZERO)
    if untaxed:
        add(element, "ExemptionReason", tax_note(group.category, paper, formats))  # BT-120
    add(element, "BasisAmount", amount(group.net_minor, paper))  # BT-116
    reason_code = _REASON_CODES.get(group.category) if paper.seller.get("country") in EU else None
    add_category(element, group.category, group.rate_percent, reason_code)  # BT-118, BT-121, BT-119


def _add_terms(terms: Element, paper: Paper, formats: Formats) -> None:
    if paper.kind is DocumentKind.CREDIT_NOTE or paper.due_on is None:
        add(terms, "Description", formats.text("set_against"))  # BT-20
    else:
        add_day(terms, "DueDateDateTime", paper.due_on)  # BT-9


def _add_totals(totals: Element, paper: Paper) -> None:
    """BG-22."""
    add(totals, "LineTotalAmount", amount(paper.subtotal_minor, paper))  # BT-106
    add(totals, "TaxBasisTotalAmount", amount(paper.subtotal_minor, paper))  # BT-109
    add(totals, "TaxTotalAmount", amount(paper.tax_minor, paper), currencyID=paper.currency)  # BT-110
    add(totals, "GrandTotalAmount", amount(paper.total_minor, paper))  # BT-112
    add(totals, "DuePayableAmount", amount(paper.total_minor, paper))  # BT-115


def _add_corrected(element: Element, reference: str, dated_on: date | None) -> None:
    """BG-3."""
    add(element, "IssuerAssignedID", reference)  # BT-25
    if dated_on is not None:
        add_day(element, "FormattedIssueDateTime", dated_on, types="qdt")  # BT-26
