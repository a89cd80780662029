"""PDFs of documents: fit for an archive in every language, with the e-invoice inside, the same however often they are made."""

import io
from dataclasses import replace

import facturx
import pikepdf
import pytest

from spotfi_cloud.billing.documents import attached, cii_of, render_pdf
from spotfi_cloud.billing.rules import DocumentKind
from tests.unit.cloud.billing.paper_samples import HOTEL, paper

FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
EXTENSIONS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR", "ar"])
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_document_is_a_pdf_a_3_with_its_e_invoice_inside(language: str, kind: DocumentKind) -> None:
    document = paper(kind, language=language)
    xml = cii_of(document)
    pdf = render_pdf(document, xml)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []
        metadata = opened.open_metadata()
        assert metadata.pdfa_status == "3B"
        assert metadata[f"{FX}ConformanceLevel"] == "EN 16931"
        assert metadata[f"{FX}DocumentFileName"] == "factur-x.xml"
        assert opened.Root.Metadata.read_bytes().count(b"Factur-X PDFA Extension Schema") == 1
        (file,) = opened.Root.AF
        assert (str(file.AFRelationship), str(file.UF)) == ("/Alternative", "factur-x.xml")
        assert str(file.EF.F.Subtype) == "/text/xml"
        assert str(opened.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert str(opened.Root.Lang) == language[:2]
    assert facturx.get_xml_from_pdf(pdf, check_xsd=True, check_schematron=False) == ("factur-x.xml", xml)
    assert attached(pdf) == xml
    assert render_pdf(document, xml) == pdf


def test_without_an_e_invoice_it_is_fit_for_an_archive_all_the_same() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(paper(reference=None)))) as opened:
        assert opened.open_metadata().pdfa_status == "3B"
        assert len(opened.attachments) == 0
    assert attached(render_pdf(paper(reference=None))) is None


def test_text_that_no_font_can_show_leaves_a_plain_pdf() -> None:
    document = paper(buyer=HOTEL | {"legal_name": "\U00010fff"})
    with pikepdf.open(io.BytesIO(render_pdf(document, cii_of(document)))) as opened:
        assert opened.open_metadata().pdfa_status == ""


def test_sixty_routers_take_several_pages() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(paper(routers=60)))) as opened:
        assert len(opened.pages) in range(3, 6)


def test_names_are_no_markup() -> None:
    evil = '#panic("x") *b* $x$ \\ [a] `c` @d <e> "'
    document = paper(buyer=HOTEL | {"legal_name": evil}, note=evil, host_name=evil)
    assert render_pdf(document).startswith(b"%PDF")


def test_a_logo_that_is_no_image_is_left_out() -> None:
    document = paper(logo=b"\x89PNG\r\n\x1a\n and no more")
    assert render_pdf(document, cii_of(document)) == render_pdf(replace(document, logo=None), cii_of(document))
