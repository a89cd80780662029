"""A venue with a queue at the counter: a phone, a voucher, what is left, the limit, the next voucher; at both kinds of NAS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.captive_portal import CaptivePortal
from tests.e2e.installation import Api, Installation, eventually
from tests.e2e.radius import Nas
from tests.e2e.uam import UamRouter
from tests.midday import midday_zone

CHROMIUM = Path("/usr/bin/chromium")
MEGABYTE = 1_000_000
PHONE: Any = {"width": 390, "height": 844}
if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # No sandbox: tests run as root in containers, and see only our own pages.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A guest's phone: scripts are off, for the page needs none."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def open_venue(
    installation: Installation, admin: Api, new_nas: Callable[[str, str], Nas], kind: str
) -> tuple[CaptivePortal, str]:
    """The router, and the id of its host."""
    branding = {
        "brand_name": f"Café {kind.capitalize()}",
        "brand_color": "#7a1f3d",
        "welcome_text": "Enjoy your coffee.",
    }
    host = admin.post("/hosts", {"name": kind, "timezone": midday_zone(), "currency": "EUR", **branding})
    router = admin.post("/routers", {"name": "Bar", "host_id": host["id"], "nas_kind": kind, "address": "127.0.0.1"})
    nas = new_nas(router["nas_identifier"], router["radius_secret"])
    admin.patch(f"/routers/{router['id']}", {"coa_port": nas.coa_port, "swapped_counters": False})
    given = admin.post(f"/routers/{router['id']}/uam-secret", expect=200)
    page_url = f"{installation.url}/portal/{host['id']}"
    uam = UamRouter(kind, page_url, given["nas_identifier"], given["uam_secret"])
    return CaptivePortal(nas, uam, installation.radius_auth_port), host["id"]


def buy_vouchers(admin: Api, host_id: str) -> list[str]:
    body = {"name": "100 MB", "host_id": host_id, "quota_bytes": 100 * MEGABYTE, "period": "once", "price_minor": 200}
    plan = admin.post("/plans", {**body, "currency": "EUR"})
    batch = admin.post("/voucher-batches", {"count": 2, "plan_id": plan["id"], "host_id": host_id})
    return [each["code"] for each in admin.get(f"/voucher-batches/{batch['id']}/vouchers")["items"]]


def type_code(phone: Page, code: str) -> None:
    phone.get_by_label("Voucher code").fill(code)
    phone.get_by_role("button", name="Connect").click()


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
def test_a_guest_uses_up_a_voucher_and_comes_back_with_another(
    installation: Installation,
    admin: Api,
    new_nas: Callable[[str, str], Nas],
    phone: Page,
    tmp_path: Path,
    kind: str,
) -> None:
    router, host_id = open_venue(installation, admin, new_nas, kind)
    first, second = buy_vouchers(admin, host_id)
    try:
        the_router_brings_the_guest_to_the_page(phone, router)
        phone.screenshot(path=tmp_path / "form.png")
        a_wrong_code_is_told(phone)
        type_code(phone, first.lower())
        expect(phone.get_by_text("You are online.")).to_be_visible()
        less_and_less_is_left(phone, router)
        the_limit_cuts_the_guest_off(router)
        the_page_says_why(phone, router)
        phone.screenshot(path=tmp_path / "used-up.png")
        type_code(phone, second)
        expect(phone.get_by_text("You are online.")).to_be_visible()
        expect(phone.get_by_text("100 MB left")).to_be_visible()
        phone.get_by_role("button", name="Log out").click()
        expect(phone.get_by_text("You are logged out.")).to_be_visible()
        assert router.logons == ["chap", "chap"]
    finally:
        router.close()


def the_router_brings_the_guest_to_the_page(phone: Page, router: CaptivePortal) -> None:
    phone.goto(router.url)
    expect(phone.get_by_text("Enjoy your coffee.")).to_be_visible()
    wide = phone.locator("main").bounding_box()
    assert wide is not None
    assert wide["x"] >= 0
    assert wide["x"] + wide["width"] <= PHONE["width"]


def a_wrong_code_is_told(phone: Page) -> None:
    type_code(phone, "0000-0000-0000")
    expect(phone.get_by_role("alert")).to_contain_text("We do not know this code.")


def less_and_less_is_left(phone: Page, router: CaptivePortal) -> None:
    expect(phone.get_by_text("100 MB left")).to_be_visible()
    for left in ("60.0 MB left", "20.0 MB left"):
        router.use(40 * MEGABYTE)
        phone.get_by_role("link", name="Refresh").click()
        expect(phone.get_by_text(left)).to_be_visible()


def the_limit_cuts_the_guest_off(router: CaptivePortal) -> None:
    session = router.session
    router.use(25 * MEGABYTE)
    eventually("the router is told to disconnect", lambda: session in router.nas.disconnected, within_s=30)
    router.stop("Admin-Reset")


def the_page_says_why(phone: Page, router: CaptivePortal) -> None:
    phone.goto(router.url)
    expect(phone.get_by_role("alert")).to_contain_text("Your data volume was used up on")


@pytest.mark.parametrize("kind", ["uspot", "coovachilli"])
def test_an_account_kept_as_a_hash_logs_in_and_a_replay_does_not(
    installation: Installation, admin: Api, new_nas: Callable[[str, str], Nas], phone: Page, kind: str
) -> None:
    router, host_id = open_venue(installation, admin, new_nas, kind)
    plan = {"name": "Staff", "host_id": host_id, "price_minor": 0, "currency": "EUR", "password_storage": "argon2id"}
    plan_id = admin.post("/plans", {**plan, "quota_bytes": None, "period": "month"})["id"]
    username = f"ada@{kind}"
    admin.post(
        "/subscribers", {"username": username, "password": "correct horse", "plan_id": plan_id, "host_id": host_id}
    )
    try:
        phone.goto(router.url)
        phone.get_by_text("I have an account").click()
        phone.get_by_label("User name").fill(username)
        phone.get_by_label("Password").fill("correct horse")
        with phone.expect_request(lambda request: "/logon?" in request.url) as logon:
            phone.get_by_role("button", name="Log in").click()
        expect(phone.get_by_text("Unlimited volume")).to_be_visible()
        assert router.logons == ["pap"]
        router.stop("User-Request")
        if kind == "coovachilli":  # uspot's challenge is the device's, for good
            phone.goto(logon.value.url)
            expect(phone.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
            assert not router.session
    finally:
        router.close()
