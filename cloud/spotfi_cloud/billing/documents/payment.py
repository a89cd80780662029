"""How a document asks to be paid: words, account, and for euros the QR code that banking apps read (EPC069-12)."""

import io
from dataclasses import dataclass
from decimal import Decimal

from segno.helpers import make_epc_qr

from spotfi_cloud.billing.documents.formats import Formats
from spotfi_cloud.billing.documents.party_words import name_of
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.rules import DocumentKind
from spotfi_cloud.kernel.money import minor_exponent

_MOST_CENTS = 99_999_999_999
_NAME_LENGTH = 70


@dataclass(frozen=True, slots=True)
class Payment:
    """What is said of the payment. `account`: (word, value); `qr_svg` only where a banking app can pay by it."""

    text: str
    account: tuple[tuple[str, str], ...]
    qr_svg: bytes | None


def payment_of(paper: Paper, formats: Formats) -> Payment | None:
    """How the document is to be paid; None for a credit note, a draft, and where nothing is to be paid."""
    if paper.kind is DocumentKind.CREDIT_NOTE or paper.reference is None or paper.total_minor <= 0:
        return None
    rows = [("payment_reference", paper.reference)]
    if paper.seller.get("iban"):
        rows = [("account_holder", name_of(paper.seller)), ("iban", _in_fours(paper.seller["iban"])), *rows]
        rows[2:2] = [("bic", paper.seller["bic"])] if paper.seller.get("bic") else []
    account = tuple((formats.text(key), value) for key, value in rows if value)
    owed = paper.kind is DocumentKind.INVOICE
    return Payment(_request(paper, formats), account, _qr_svg(paper, paper.reference) if owed else None)


def _request(paper: Paper, formats: Formats) -> str:
    key = "paid_out" if paper.kind is DocumentKind.SETTLEMENT else "pay"
    amount = f"{formats.money(paper.total_minor, paper.currency)}\u00a0{paper.currency}"
    if paper.due_on is None:
        return formats.text(key, amount=amount)
    return formats.text(f"{key}_by", amount=amount, date=formats.day(paper.due_on))


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _qr_svg(paper: Paper, reference: str) -> bytes | None:
    """The code for a credit transfer in euros; None where that cannot be."""
    name = name_of(paper.seller)[:_NAME_LENGTH]
    if paper.currency != "EUR" or not paper.seller.get("iban") or not name or paper.total_minor > _MOST_CENTS:
        return None
    amount = Decimal(paper.total_minor).scaleb(-minor_exponent("EUR"))
    code = make_epc_qr(name, paper.seller["iban"], amount, text=reference, bic=paper.seller.get("bic"))
    image = io.BytesIO()
    code.save(image, kind="svg", border=0, xmldecl=False)
    return image.getvalue()
