"""The pieces that a Cross Industry Invoice is put together from: names, texts, days, amounts, rates. Pure."""

import re
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace

from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import DocumentKind, TaxCategory
from spotfi_cloud.billing.shown import shown_percent
from spotfi_cloud.kernel.money import minor_exponent

_STANDARD = "urn:un:unece:uncefact:data:standard"
_NAMESPACES = {
    "rsm": f"{_STANDARD}:CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_STANDARD}:UnqualifiedDataType:100",
    "qdt": f"{_STANDARD}:QualifiedDataType:100",
}
for _prefix, _uri in _NAMESPACES.items():
    register_namespace(_prefix, _uri)
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2066-\u2069]")
"""What XML 1.0 does not hold, and marks that are for paper."""
_YEAR_MONTH_DAY = "102"
_CATEGORIES = {
    TaxCategory.STANDARD: "S",
    TaxCategory.ZERO: "Z",
    TaxCategory.EXEMPT: "E",
    TaxCategory.REVERSE_CHARGE: "AE",
    TaxCategory.OUT_OF_SCOPE: "O",
}


def qualified(name: str) -> str:
    """A name with its namespace, from `ram:Name`; `ram` where it names none."""
    prefix, _, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix or 'ram']}}}{local}"


def add(parent: Element, path: str, text: object = None, /, **attributes: str) -> Element:
    """Add elements, each within the one before it; the last one, which is returned, has text and attributes."""
    element = parent
    for name in path.split("/"):
        element = SubElement(element, qualified(name))
    element.attrib.update(attributes)
    if text is not None:
        element.text = _UNFIT.sub("", str(text))
    return element


def add_day(parent: Element, path: str, day: date, *, types: str = "udt") -> None:
    """Add a day as `YYYYMMDD`."""
    add(parent, f"{path}/{types}:DateTimeString", f"{day:%Y%m%d}", format=_YEAR_MONTH_DAY)


def add_period(parent: Element, first: date, last: date) -> None:
    """Add days from first to last, both inclusive."""
    period = add(parent, "BillingSpecifiedPeriod")
    add_day(period, "StartDateTime", first)
    add_day(period, "EndDateTime", last)


def add_category(parent: Element, category: TaxCategory, rate_percent: Decimal, reason_code: str | None = None) -> None:
    """Add the category by UNCL 5305, why it is not taxed, and the rate, which what is not subject to tax has not."""
    add(parent, "CategoryCode", _CATEGORIES[category])
    if reason_code is not None:
        add(parent, "ExemptionReasonCode", reason_code)
    if category is not TaxCategory.OUT_OF_SCOPE:
        add(parent, "RateApplicablePercent", shown_percent(rate_percent))


def amount(amount_minor: int, paper: Paper) -> str:
    """An amount as the standard writes it; of a credit note, what is credited is above zero."""
    return decimal_of(signed(amount_minor, paper), paper.currency)


def signed(amount_minor: int, paper: Paper) -> int:
    """The amount by the sign that the standard gives it."""
    return -amount_minor if paper.kind is DocumentKind.CREDIT_NOTE and paper.total_minor < 0 else amount_minor


def decimal_of(amount_minor: int, currency: str) -> str:
    """Minor units as a decimal number."""
    return f"{Decimal(amount_minor).scaleb(-minor_exponent(currency)):f}"
