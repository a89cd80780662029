"""Guests in a real browser: a plan and vouchers are made, one logs in, its session appears, is cut, and the cut is proved."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import BUILT, CHROMIUM, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.radius import Nas

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

SESSION = "voucher-session"


@pytest.fixture
def dashboard(installation: Installation, tmp_path: Path) -> Iterator[Dashboard]:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    with open_dashboard(installation.url, tmp_path) as opened:
        opened.dress("light", DESKTOP)
        yield opened


def test_a_plan_and_vouchers_are_sold_and_a_session_is_cut(
    installation: Installation, admin: Api, dashboard: Dashboard, new_nas: Callable[[str, str], Nas]
) -> None:
    host = admin.post("/hosts", {"name": "Café Voucher", "timezone": "Europe/Vienna", "currency": "EUR"})
    router = admin.post(
        "/routers", {"name": "Voucher bar", "host_id": host["id"], "nas_kind": "mikrotik", "address": "127.0.0.1"}
    )
    nas = new_nas(router["nas_identifier"], router["radius_secret"])
    admin.patch(f"/routers/{router['id']}", {"coa_port": nas.coa_port})
    dashboard.sign_in("admin@spotfi.test", installation.admin_password)
    page = dashboard.page
    _create_plan(dashboard)
    _create_vouchers(dashboard, "Voucher day")
    code = page.get_by_text("SUN-").first.inner_text().replace("-", "")
    dashboard.look("vouchers")
    assert nas.log_in(code, code)["code"] == "Access-Accept"
    nas.account("Start", code, SESSION)
    nas.account("Interim-Update", code, SESSION, down_bytes=40_000_000, up_bytes=2_000_000, session_time_s=60)
    _cut(dashboard, nas, code)
    _guest_page_tells(dashboard, admin, code)


def _create_plan(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("/plans/create")
    page.get_by_label("Name").fill("Voucher day")
    page.get_by_label("Volume").fill("2")
    page.get_by_label("Speed down").fill("20")
    page.get_by_label("Price").fill("3.50")
    page.get_by_text("A guest gets: 2 GB a month").wait_for()
    dashboard.look("plan-create")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("€3.50").wait_for()
    dashboard.look("plan")


def _create_vouchers(dashboard: Dashboard, plan: str) -> None:
    page = dashboard.page
    dashboard.open("/voucher-batches/create")
    page.get_by_label("How many").fill("3")
    _choose(page, "Plan", plan)
    _choose(page, "Host", "Café Voucher")
    page.get_by_label("Prefix").fill("sun")
    dashboard.look("vouchers-create")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("3 left of 3").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Print PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def _choose(page: Page, field: str, name: str) -> None:
    page.get_by_role("combobox", name=field).fill(name)
    page.get_by_role("option", name=name).click()


def _cut(dashboard: Dashboard, nas: Nas, code: str) -> None:
    page = dashboard.page
    dashboard.open("/sessions?filter=%7B%22open%22%3A%22true%22%7D")
    row = page.get_by_role("row").filter(has_text=code)
    row.get_by_text("40 MB").wait_for()
    dashboard.look("sessions")
    row.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Confirm").click()
    # Asked for is not done: that is said until the router's Stop is there.
    row.get_by_text("End asked for").or_(row.get_by_text("Router agreed, not proved yet")).first.wait_for()
    eventually("the router is asked", lambda: SESSION in nas.disconnected, within_s=15)
    nas.account("Stop", code, SESSION, down_bytes=41_000_000, up_bytes=2_000_000, session_time_s=70)
    page.get_by_text("the router has confirmed it").wait_for()


def _guest_page_tells(dashboard: Dashboard, admin: Api, code: str) -> None:
    page = dashboard.page
    guest = admin.get("/subscribers", username=code)["items"][0]
    for theme, size in (("light", DESKTOP), ("dark", PHONE)):
        dashboard.dress(theme, size)
        dashboard.open(f"/subscribers/{guest['id']}/show")
        page.get_by_text("left of 2 GB").wait_for()
        dashboard.look(f"guest-{theme}")
        dashboard.open(f"/subscribers/{guest['id']}/show?tab=logins")
        page.get_by_text("Let in").first.wait_for()
        dashboard.look(f"guest-logins-{theme}")
