"""The dashboard in a real browser on the real platform: sign-in with a second factor, first pages, both themes and sizes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from tests.e2e.browser import BUILT, CHROMIUM, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import Api, Installation

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

PASSWORD = "a long enough passphrase"
STEP_S = 30


@pytest.fixture
def dashboard(installation: Installation, tmp_path: Path) -> Iterator[Dashboard]:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    with open_dashboard(installation.url, tmp_path) as opened:
        yield opened


def _with_second_factor(installation: Installation, admin: Api, email: str) -> pyotp.TOTP:
    admin.post("/staff", {"email": email, "password": PASSWORD, "role": "admin"})
    person = installation.sign_in(email, PASSWORD)
    totp = pyotp.TOTP(person.post("/auth/second-factor")["secret"])
    person.post("/auth/second-factor/confirm", {"otp": totp.at(_now() - STEP_S)}, expect=200)
    return totp


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_sign_in_and_first_pages_in_both_themes_and_sizes(
    installation: Installation, admin: Api, dashboard: Dashboard
) -> None:
    totp = _with_second_factor(installation, admin, "browser@spotfi.test")
    host = admin.post("/hosts", {"name": "Café Browser", "timezone": "Europe/Vienna", "currency": "EUR"})
    router = admin.post("/routers", {"name": "Window seat", "nas_kind": "agent", "host_id": host["id"]})
    page = dashboard.page
    dashboard.sign_in("browser@spotfi.test", PASSWORD, totp.at(_now()))
    # The browser tells of the answer that asked for the code.
    dashboard.complaints.clear()
    pages = {
        "overview": ("/", "Routers online"),
        "routers": ("/routers", "Window seat"),
        "router": (f"/routers/{router['id']}/show?tab=commands", "No commands yet"),
        "router-create": ("/routers/create", "Seconds between samples"),
    }
    for theme, size in (("light", DESKTOP), ("dark", PHONE)):
        dashboard.dress(theme, size)
        for name, (path, content) in pages.items():
            dashboard.open(path)
            page.get_by_text(content).first.wait_for()
            dashboard.look(f"{name}-{theme}-{size[0]}")


def test_search_deep_links_reload_and_the_way_back(
    installation: Installation, admin: Api, dashboard: Dashboard
) -> None:
    host = admin.post("/hosts", {"name": "Café Search", "timezone": "Europe/Vienna", "currency": "EUR"})
    router = admin.post("/routers", {"name": "Needle", "nas_kind": "agent", "host_id": host["id"]})
    page = dashboard.page
    dashboard.sign_in("admin@spotfi.test", installation.admin_password)
    page.get_by_text("Routers online").wait_for()
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("Needle")
    page.get_by_role("option", name="Needle").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#/routers/{router['id']}/show")
    page.reload()
    page.get_by_role("tab", name="Commands").click()
    page.get_by_text("No commands yet").wait_for()
    page.go_back()
    page.get_by_role("tab", name="Live", selected=True).wait_for()
    assert [each for each in dashboard.complaints if "ERR_ABORTED" not in each] == []


def test_in_arabic_everything_is_mirrored(installation: Installation, tmp_path: Path) -> None:
    with open_dashboard(installation.url, tmp_path, language="ar") as dashboard:
        page = dashboard.page
        page.goto(installation.url)
        page.locator("input[name=username]").wait_for()
        assert page.evaluate("document.documentElement.dir") == "rtl"
        page.locator("input[name=username]").fill("admin@spotfi.test")
        page.locator("input[name=password]").fill(installation.admin_password)
        page.locator("button[type=submit]").click()
        page.get_by_text("الموجّهات المتصلة").or_(page.get_by_text("مرحبًا بك")).first.wait_for()
        menu = page.get_by_role("menu").first.bounding_box()
        assert menu is not None
        assert menu["x"] > page.evaluate("innerWidth") / 2
        dashboard.look("overview-arabic")
