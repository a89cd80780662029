"""Documents as the API gives them: PDFs that stay as they are, e-invoices, and why there is none."""

import io
import struct
import zlib
from typing import Any

import facturx
import pikepdf

from tests.integration.api.conftest import Person, Town
from tests.integration.api.monthly_run import run_month
from tests.unit.cloud.billing.en16931 import faults_of
from tests.unit.cloud.billing.paper_samples import HOTEL, OPERATOR

COLORS = {"red": b"\xff\x00\x00", "blue": b"\x00\x00\xff"}
TARIFF = {"valid_from": "2026-01", "base_fee_minor": 1000, "tax_rate_percent": "20"}


async def test_an_invoice_is_an_e_invoice_once_the_parties_are_known(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    (bare,) = await run_month(admin, "2026-08")
    lacking = (await cafe.get(f"/invoices/{bare['id']}"))["no_e_invoice_because"]
    problem = await cafe.get(f"/invoices/{bare['id']}/e-invoice", expect=409)
    assert all(reason in problem["detail"] for reason in lacking)
    assert "The buyer's country is missing, or is none." in lacking
    await admin.put("/billing/issuer", OPERATOR)
    await admin.put(f"/hosts/{cafe.host_id}/billing-details", HOTEL | {"language": "fr"})
    (invoice,) = await run_month(admin, "2026-09")
    assert (await cafe.get(f"/invoices/{invoice['id']}"))["no_e_invoice_because"] == []
    xml = await cafe.get(f"/invoices/{invoice['id']}/e-invoice")
    pdf = await cafe.get(f"/invoices/{invoice['id']}/pdf")
    assert faults_of(xml) == []
    assert facturx.get_xml_from_pdf(pdf, check_xsd=True, check_schematron=False) == ("factur-x.xml", xml)
    await admin.put("/billing/issuer", OPERATOR | {"legal_name": "Renamed"})
    assert await cafe.get(f"/invoices/{invoice['id']}/pdf") == pdf
    assert await cafe.get(f"/invoices/{invoice['id']}/e-invoice") == xml


async def test_a_settlement_is_drawn_up_in_the_hosts_name(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.put("/billing/issuer", OPERATOR)
    await admin.put(f"/hosts/{cafe.host_id}/billing-details", HOTEL)
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF | {"direction": "pay"})
    (settlement,) = await run_month(admin, "2026-10")
    xml: bytes = await cafe.get(f"/invoices/{settlement['id']}/e-invoice")
    assert b"TypeCode>389<" in xml
    assert faults_of(xml) == []


async def test_a_draft_is_a_pdf_and_no_e_invoice(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    (draft,) = await run_month(admin, "2026-11")
    assert "draft" in (await cafe.get(f"/invoices/{draft['id']}/e-invoice", expect=409))["detail"]
    with pikepdf.open(io.BytesIO(await cafe.get(f"/invoices/{draft['id']}/pdf"))) as opened:
        assert opened.open_metadata().pdfa_status == "3B"


async def test_documents_keep_the_logo_they_were_issued_with(town: Town, admin: Person) -> None:
    cafe = await town.move_in("Café")
    await admin.put(f"/hosts/{cafe.host_id}/tariff", TARIFF)
    path = "/billing/issuer/logo"
    await admin.get(path, expect=204)
    await admin.call("PUT", path, expect=204, content=_image("red"))
    assert await admin.get(path) == _image("red")
    (august,) = await run_month(admin, "2026-08")
    await admin.call("PUT", path, expect=204, content=_image("blue"))
    (september,) = await run_month(admin, "2026-09")
    await admin.call("PUT", path, expect=204, content=_image("red"))
    await admin.delete(path)
    (october,) = await run_month(admin, "2026-10")
    credit = await admin.post(f"/invoices/{august['id']}/credit-notes", {"reason": "x"})
    colors = [await _color_of_logo(admin, each) for each in (august, september, october, credit)]
    assert colors == [COLORS["red"], COLORS["blue"], None, None]
    for wrong in (b"", b"<svg/>", b"GIF89a", _image("red") + bytes(256 * 1024)):
        await admin.call("PUT", path, expect=422, content=wrong)
    await cafe.call("PUT", path, expect=403, content=_image("red"))


def _image(color: str) -> bytes:
    """A PNG of two pixels."""
    row = b"\x00" + 2 * COLORS[color]
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row)), (b"IEND", b"")]
    checked = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(checked)


async def _color_of_logo(person: Person, document: dict[str, Any]) -> bytes | None:
    """The first pixel of the image on the document's first page; None where there is none."""
    pdf: bytes = await person.get(f"/invoices/{document['id']}/pdf")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.open_metadata().pdfa_status == "3B"
        images = list(opened.pages[0].get_images().values())
        return images[0].read_bytes()[:3] if images else None
