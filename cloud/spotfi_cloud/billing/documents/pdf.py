"""A document as a PDF, by typst from `invoice.typ`: PDF/A-3b, with the e-invoice inside where there is one (Factur-X).

Fonts come with the package and with typst; the machine's own fill in for scripts those lack. Text that no font at hand can
show leaves a PDF that is no PDF/A and has no e-invoice inside, because an archive must hold every character.
"""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import typst

from spotfi_cloud.billing.documents.content import content_of
from spotfi_cloud.billing.documents.facturx import FILE_NAME, declare
from spotfi_cloud.billing.documents.formats import formats_of
from spotfi_cloud.billing.documents.payment import payment_of
from spotfi_cloud.billing.paper import Paper

_FOLDERS = [
    str(Path(package.__file__ or "").parent / "files") for package in (fontpkg_noto_sans, fontpkg_noto_sans_arabic)
]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, font_paths=_FOLDERS)


@cache
def _template() -> bytes:
    return files(__package__).joinpath("invoice.typ").read_bytes()


def render_pdf(paper: Paper, e_invoice: bytes | None = None) -> bytes:
    """The PDF, with the XML of its e-invoice inside. Takes some tens of milliseconds of CPU: call it on a thread."""
    try:
        return _render(paper, e_invoice)
    except typst.TypstError:
        if paper.logo is None:
            raise
        return _render(replace(paper, logo=None), e_invoice)  # it begins like an image and is none


def _render(paper: Paper, e_invoice: bytes | None) -> bytes:
    sources = _sources(paper)
    if e_invoice is None:
        return _compile(sources, {}, archived=True) or _compile(sources, {}, archived=False) or b""
    attached = _compile(sources | {FILE_NAME: e_invoice}, {"attachment": FILE_NAME}, archived=True)
    return declare(attached) if attached else _render(paper, None)


def _sources(paper: Paper) -> dict[str, bytes]:
    """The files that typst reads, which have to be text."""
    formats = formats_of(paper.language)
    payment = payment_of(paper, formats)
    content = content_of(paper, formats, payment)
    sources = {"main.typ": _template(), "data.json": json.dumps(content).encode()}
    if payment is not None and payment.qr_svg is not None:
        sources["payment.svg"] = payment.qr_svg
    return sources


def _compile(sources: dict[str, bytes], inputs: dict[str, str], *, archived: bool) -> bytes | None:
    """The PDF; None where it cannot be one that is fit for an archive."""
    try:
        pdf = typst.compile(  # type: ignore[call-overload] # its stub leaves out files by name
            sources,
            format="pdf",
            sys_inputs=inputs,
            font_paths=_fonts(),
            pdf_standards=["a-3b"] if archived else [],
            timestamp=0,
        )
    except typst.TypstError as error:
        if archived and "could not be displayed" in str(error):
            return None
        raise
    assert isinstance(pdf, bytes)
    return pdf
