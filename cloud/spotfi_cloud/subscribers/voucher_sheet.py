"""Vouchers on paper: A4 sheets of 21 slips to cut, by typst from `vouchers.typ`. Texts go in as data, never as markup."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import segno
import typst


@dataclass(frozen=True, slots=True)
class Slip:
    """One voucher: its place in the batch, its code as printed, and as typed into a link."""

    number: int
    printed: str
    code: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on every slip. `color`: #rrggbb. `page_url`: the portal page that takes `?code=`; None: no QR code.

    `logo`: an image file, or None.
    """

    title: str
    venue: str
    color: str
    words: Sequence[str]
    validity: str
    price: str
    page_url: str | None
    logo: bytes | None


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst; the machine's fill in for scripts those lack."""
    return typst.Fonts(include_system_fonts=True)


def render_pdf(sheet: Sheet, slips: Sequence[Slip]) -> bytes:
    """The PDF. Takes about a millisecond of CPU a slip: call it on a thread."""
    template = files("spotfi_cloud.subscribers").joinpath("vouchers.typ").read_bytes()
    content = {
        "title": sheet.title,
        "venue": sheet.venue,
        "color": sheet.color,
        "words": list(sheet.words),
        "validity": sheet.validity,
        "price": sheet.price,
        "logo": None if sheet.logo is None else list(sheet.logo),
        "slips": [[str(slip.number), slip.printed, _qr(sheet.page_url, slip.code)] for slip in slips],
    }
    try:
        return _compile(template, content)
    except typst.TypstError:
        if sheet.logo is None:
            raise
        return _compile(template, content | {"logo": None})  # it begins like an image and is none


def _compile(template: bytes, content: dict[str, Any]) -> bytes:
    pdf = typst.compile(
        template, format="pdf", sys_inputs={"sheet": json.dumps(content)}, font_paths=_fonts(), timestamp=0
    )
    assert isinstance(pdf, bytes)
    return pdf


def _qr(page_url: str | None, code: str) -> str:
    """The QR code that opens the page with the code filled in, as SVG."""
    if page_url is None:
        return ""
    image = io.BytesIO()
    made = segno.make(f"{page_url}?code={quote(code)}", error="m", boost_error=False)
    made.save(image, kind="svg", xmldecl=False, border=0, omitsize=True)
    return image.getvalue().decode()
