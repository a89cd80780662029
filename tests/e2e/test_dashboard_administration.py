"""The dashboard's administration in a real browser: hosts, accounts, a second factor, an API key, and what a Host sees."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyotp
import pytest

from tests.e2e.browser import BUILT, CHROMIUM, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import Api, Installation

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

PASSWORD = "a long enough passphrase"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63a892b7050001ed00d707d0dde1"
    "0000000049454e44ae426082"
)


@pytest.fixture
def dashboard(installation: Installation, tmp_path: Path) -> Iterator[Dashboard]:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    with open_dashboard(installation.url, tmp_path) as opened:
        yield opened


def _new_host(admin: Api, name: str) -> str:
    return str(admin.post("/hosts", {"name": name, "timezone": "Europe/Vienna", "currency": "EUR"})["id"])


def test_an_admin_runs_hosts_accounts_and_reads_what_was_done(
    installation: Installation, admin: Api, dashboard: Dashboard
) -> None:
    host = _new_host(admin, "Café Looks")
    page = dashboard.page
    dashboard.sign_in("admin@spotfi.test", installation.admin_password)
    dashboard.open(f"/hosts/{host}/show")
    page.get_by_text("What guests see").wait_for()
    page.locator("input[type=file]").set_input_files({"name": "l.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_role("img", name="Logo").wait_for()
    dashboard.look("host")
    page.get_by_role("button", name="Suspend").click()
    page.get_by_text("are refused from now on").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    page.get_by_text("its guests cannot log in").wait_for()
    dashboard.look("host-suspended")
    dashboard.open("/staff/create")
    page.get_by_label("E-mail").fill("tech-browser@spotfi.test")
    page.get_by_role("radio", name="Technician").check()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    dashboard.look("staff-create")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("tech-browser@spotfi.test").first.wait_for()
    dashboard.look("staff")
    dashboard.open("/audit")
    page.get_by_text("Account created: tech-browser@spotfi.test").wait_for()
    page.get_by_role("button", name="Details").first.click()
    page.get_by_role("dialog").get_by_text("POST /api/v1/staff").wait_for()
    dashboard.dress("dark", PHONE)
    dashboard.look("audit")


def test_a_host_sees_only_its_own_and_secures_its_account(
    installation: Installation, admin: Api, dashboard: Dashboard
) -> None:
    own, _other = _new_host(admin, "Café Own"), _new_host(admin, "Café Other")
    admin.post("/staff", {"email": "own@spotfi.test", "role": "host", "host_id": own, "password": PASSWORD})
    page = dashboard.page
    dashboard.sign_in("own@spotfi.test", PASSWORD)
    dashboard.open("/hosts")
    page.wait_for_url(f"**/#/hosts/{own}/show")
    page.get_by_role("menuitem", name="My venue").wait_for()
    assert page.get_by_role("menuitem", name="Staff").count() == 0
    assert page.get_by_role("menuitem", name="Audit log").count() == 0
    assert page.get_by_role("button", name="Suspend").count() == 0
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("Café")
    page.get_by_role("option", name="Café Own").wait_for()
    assert page.get_by_role("option", name="Café Other").count() == 0
    page.keyboard.press("Escape")
    dashboard.open("/account")
    page.get_by_role("button", name="Set up").click()
    secret = page.get_by_role("dialog").locator("code").inner_text()
    dashboard.look("second-factor")
    page.get_by_label("Code the app shows").fill(pyotp.TOTP(secret).at(int(datetime.now(UTC).timestamp())))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("button", name="Turn off").wait_for()
    _make_key_and_use_it(installation, dashboard)


def _make_key_and_use_it(installation: Installation, dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_role("button", name="New API key").click()
    page.get_by_label("Name").fill("Till")
    page.get_by_role("combobox", name="Routers").click()
    page.get_by_role("option", name="Read", exact=True).click()
    page.get_by_role("button", name="Create").click()
    page.get_by_text("shown only once").wait_for()
    key = page.get_by_role("dialog").locator("code").inner_text()
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{installation.url}/api/v1/routers", headers=headers).status_code == httpx.codes.OK
    assert httpx.get(f"{installation.url}/api/v1/subscribers", headers=headers).status_code == httpx.codes.FORBIDDEN
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_text("No keys.").wait_for()
    assert httpx.get(f"{installation.url}/api/v1/routers", headers=headers).status_code == httpx.codes.UNAUTHORIZED
    dashboard.look("account")
