"""Documents as the API gives them: PDFs that stay as they are, e-invoices, and why there is none."""

import io

import facturx
import pikepdf

from tests.integration.api.conftest import Person, Town
from tests.integration.api.monthly_run import run_month
from tests.unit.cloud.billing.en16931 import faults_of
from tests.unit.cloud.billing.paper_samples import HOTEL, OPERATOR

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
