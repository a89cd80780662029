"""The dashboard's money in a real browser: agree a tariff, bill a month, open the invoice and its PDF; a Host only reads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BUILT, CHROMIUM, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import Api, Installation, eventually

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

PASSWORD = "a long enough passphrase"


@pytest.fixture
def dashboard(installation: Installation, tmp_path: Path) -> Iterator[Dashboard]:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    with open_dashboard(installation.url, tmp_path) as opened:
        yield opened


def _month_before_last() -> str:
    first = datetime.now(UTC).replace(day=1)
    return f"{(first - timedelta(days=40)):%Y-%m}"


def test_a_tariff_a_month_its_invoice_and_the_pdf(installation: Installation, admin: Api, dashboard: Dashboard) -> None:
    host = admin.post("/hosts", {"name": "Café Money", "timezone": "Europe/Vienna", "currency": "EUR"})
    month = _month_before_last()
    page = dashboard.page
    dashboard.dress("light", DESKTOP)
    dashboard.sign_in("admin@spotfi.test", installation.admin_password)
    dashboard.open(f"/accounts/tariff?host={host['id']}")
    page.locator("input[name=valid_from]").fill(f"{month}-01")
    page.locator("input[name=base_fee_minor]").fill("12.50")
    page.locator("input[name=tax_rate_percent]").fill("20")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("€12.50 a month").wait_for()
    dashboard.look("tariffs")
    run = admin.post("/invoices/run", {"period": month}, expect=202)
    eventually("the month is billed", lambda: admin.get(f"/invoices/runs/{run['id']}")["state"] == "done", within_s=60)
    _look_at_the_invoice(dashboard, host["id"], month)
    _look_as_its_host(installation, admin, dashboard, host["id"])


def _look_at_the_invoice(dashboard: Dashboard, host_id: str, month: str) -> None:
    page = dashboard.page
    dashboard.open(f'/invoices?filter={{"host_id":"{host_id}","period":"{month}"}}')
    page.get_by_role("button", name="Bill a month").click()
    page.get_by_text("with numbers that stay").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("cell", name="€15.00").first.click()
    page.get_by_text("Base fee").wait_for()
    dashboard.look("invoice")
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def _look_as_its_host(installation: Installation, admin: Api, dashboard: Dashboard, host_id: str) -> None:
    page = dashboard.page
    admin.post("/staff", {"email": "money@host.test", "password": PASSWORD, "role": "host", "host_id": host_id})
    page.context.clear_cookies()
    page.evaluate("localStorage.clear()")
    dashboard.dress("dark", PHONE)
    dashboard.complaints.clear()
    dashboard.sign_in("money@host.test", PASSWORD)
    dashboard.open("/invoices")
    page.get_by_text("€15.00").first.click()
    page.get_by_text("Base fee").wait_for()
    expect(page.get_by_role("button", name="Enter payment")).to_have_count(0)
    dashboard.look("invoice-of-host")
