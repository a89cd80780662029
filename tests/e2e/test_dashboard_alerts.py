"""The dashboard's alerts, map, settings and own account in a real browser: each form is sent, each page is looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BUILT, CHROMIUM, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import Api, Installation

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

PASSWORD = "a long enough passphrase"
ANOTHER = "another passphrase, long enough"


@pytest.fixture
def dashboard(installation: Installation, tmp_path: Path) -> Iterator[Dashboard]:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    with open_dashboard(installation.url, tmp_path) as opened:
        yield opened


@pytest.fixture
def host_id(admin: Api) -> str:
    body = {"name": "Café Alerts", "timezone": "Europe/Vienna", "currency": "EUR"}
    return str(admin.post("/hosts", body)["id"])


def test_a_host_says_when_and_where_it_is_told(
    installation: Installation, admin: Api, host_id: str, dashboard: Dashboard
) -> None:
    admin.post("/staff", {"email": "told@spotfi.test", "role": "host", "host_id": host_id, "password": PASSWORD})
    page = dashboard.page
    dashboard.dress("light", DESKTOP)
    dashboard.sign_in("told@spotfi.test", PASSWORD)
    dashboard.open("/alerts")
    page.get_by_text("Nothing is wrong").wait_for()
    dashboard.look("alerts")
    page.get_by_role("link", name="Rules").click()
    row = page.get_by_role("row", name="CPU at its limit")
    row.get_by_role("button", name="Edit").click()
    page.get_by_label("Bad from").fill("95")
    dashboard.look("rule")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("from 95")
    expect(row).to_contain_text("This host")
    page.get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="Create").first.click()
    page.get_by_role("radio", name="Webhook").check()
    page.get_by_label("Name").fill("Till")
    page.get_by_label("URL").fill("https://till.example.com/alerts")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("shown only once").wait_for()
    assert page.get_by_role("dialog").locator("code").inner_text().startswith("whsec_")
    dashboard.look("channel-secret")
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").wait_for()
    dashboard.dress("dark", PHONE)
    dashboard.look("channel")


def test_routers_stand_on_the_map_where_somebody_put_them(
    installation: Installation, admin: Api, host_id: str, dashboard: Dashboard
) -> None:
    router = admin.post("/routers", {"name": "Fountain", "nas_kind": "agent", "host_id": host_id})
    page = dashboard.page
    dashboard.dress("light", DESKTOP)
    dashboard.sign_in("admin@spotfi.test", installation.admin_password)
    dashboard.open(f"/routers/{router['id']}")
    page.get_by_label("Place").fill("north of here")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Two figures with a comma").wait_for()
    dashboard.look("router-edit")
    page.get_by_label("Place").fill("48.2037, 16.3689")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("tab", name="Alerts").click()
    page.get_by_text("No alerts of this router").wait_for()
    dashboard.open("/map?at=48.2037,16.3689,16.0")
    page.get_by_role("button", name="Fountain").click()
    dashboard.look("map")
    dashboard.dress("dark", PHONE)
    page.reload()
    page.get_by_role("button", name="Fountain").click()
    dashboard.look("map-phone")
    page.get_by_role("link", name="Fountain").click()
    page.wait_for_url(f"**/#/routers/{router['id']}/show*")


def test_settings_are_read_and_ones_own_password_is_changed(
    installation: Installation, admin: Api, dashboard: Dashboard
) -> None:
    admin.post("/staff", {"email": "careful@spotfi.test", "role": "admin", "password": PASSWORD})
    page = dashboard.page
    dashboard.dress("dark", DESKTOP)
    dashboard.sign_in("careful@spotfi.test", PASSWORD)
    dashboard.open("/settings")
    page.get_by_text("SPOTFI_SMTP_URL", exact=True).wait_for()
    dashboard.look("settings")
    dashboard.open("/account")
    page.get_by_role("button", name="Change password").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_label("Present password").fill(PASSWORD)
    dialogue.get_by_label("New password").fill(ANOTHER)
    dashboard.look("password")
    dialogue.get_by_role("button", name="Change password").click()
    page.get_by_text("Your password is changed").wait_for()
    installation.sign_in("careful@spotfi.test", ANOTHER)
