"""The lines of a Cross Industry Invoice (BG-25). Pure."""

from xml.etree.ElementTree import Element

from spotfi_cloud.billing.documents.cii_parts import add, add_category, add_period, amount, decimal_of, signed
from spotfi_cloud.billing.documents.formats import Formats
from spotfi_cloud.billing.documents.line_words import quantity_of, words_of
from spotfi_cloud.billing.paper import Paper, PaperLine

_PIECES = "C62"


def add_line(deal: Element, number: int, line: PaperLine, paper: Paper, formats: Formats) -> None:
    """Add a line. A price is never below zero (BR-27): what is taken off is a quantity below zero."""
    element = add(deal, "IncludedSupplyChainTradeLineItem")
    add(element, "AssociatedDocumentLineDocument/LineID", number)  # BT-126
    _add_product(add(element, "SpecifiedTradeProduct"), line, formats)
    quantity, price_minor = _quantity(line, signed(line.amount_minor, paper))
    add(
        element,
        "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
        decimal_of(price_minor, paper.currency),
    )  # BT-146
    add(element, "SpecifiedLineTradeDelivery/BilledQuantity", quantity, unitCode=_PIECES)  # BT-129, BT-130
    settlement = add(element, "SpecifiedLineTradeSettlement")
    tax = add(settlement, "ApplicableTradeTax")
    add(tax, "TypeCode", "VAT")
    add_category(tax, line.tax_category, line.tax_rate_percent)  # BT-151, BT-152
    if line.first_on is not None and line.last_on is not None:
        add_period(settlement, line.first_on, line.last_on)  # BG-26
    total = amount(line.amount_minor, paper)
    add(settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", total)  # BT-131


def _add_product(product: Element, line: PaperLine, formats: Formats) -> None:
    add(product, "Name", words_of(line, formats))  # BT-153
    quantity = quantity_of(line, formats)
    if quantity:
        add(product, "Description", quantity)  # BT-154
    for key, volume_bytes in (("up", line.up_bytes), ("down", line.down_bytes)):
        if volume_bytes is not None:  # BG-32
            characteristic = add(product, "ApplicableProductCharacteristic")
            add(characteristic, "Description", f"{formats.text(key)}, {formats.text('bytes')}")  # BT-160
            add(characteristic, "Value", volume_bytes)  # BT-161


def _quantity(line: PaperLine, amount_minor: int) -> tuple[int, int]:
    """(quantity, price of one in minor units): the line's own quantity where it divides the amount, else one."""
    count = line.quantity or 1
    if amount_minor % count:
        count = 1
    return (-count, -amount_minor // count) if amount_minor < 0 else (count, amount_minor // count)
