"""From an empty system to a router that is run from the browser: guided, with the real agent, by the dashboard's own line."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BUILT, CHROMIUM, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import ADMIN_EMAIL, Installation, eventually
from tests.e2e.router import Router

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

ROUTER_MS = 60_000
"""Patience with a router: it connects, samples and answers in its own time, on a busy machine."""

PICTURES = 4


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    # Its address, as people and routers reach it, is what the enrolment line names.
    running = Installation(tmp_path / "empty")
    running.environment["SPOTFI_PUBLIC_URL"] = running.https_url
    running.directory.mkdir()
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.mark.timeout(300)
def test_from_nothing_to_a_router_that_is_watched_read_and_rebooted(
    empty: Installation, new_router: Callable[..., Router], tmp_path: Path
) -> None:
    assert BUILT.exists(), "the dashboard has not been built: make install"
    log = tmp_path / "log"
    log.write_text("kernel: booted\nhostapd: a guest came\n")
    router = new_router("first", log_command=f"cat {log}", log_follow_command=f"tail -n 0 -f {log}")
    with open_dashboard(empty.https_url, tmp_path) as dashboard:
        dashboard.dress("light", DESKTOP)
        dashboard.sign_in(ADMIN_EMAIL, empty.admin_password)
        create_the_first_host(dashboard)
        enrol_by_the_line_shown(dashboard, router)
        watch_it_live(dashboard)
        read_its_log(dashboard, log)
        reboot_it(dashboard, router)
        overview_shows_it(dashboard)


def create_the_first_host(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_text("Two steps to the first router online.").wait_for()
    dashboard.look("first-step")
    page.get_by_role("link", name="Begin").first.click()
    page.get_by_label("Name").first.fill("Café Eins")
    page.get_by_role("combobox", name="Currency").fill("EUR")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/#/hosts/*/show")
    dashboard.open("/")
    page.get_by_role("img", name="Done").or_(page.get_by_text("Done", exact=True)).first.wait_for(state="attached")
    dashboard.look("second-step")


def enrol_by_the_line_shown(dashboard: Dashboard, router: Router) -> None:
    page = dashboard.page
    page.get_by_role("link", name="Begin").first.click()
    page.get_by_label("Name").fill("Counter")
    page.get_by_role("combobox", name="Host").fill("Café")
    page.get_by_role("option", name="Café Eins").click()
    page.get_by_role("button", name="Save").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("img", name="QR").wait_for()
    dashboard.look("enrolment")
    lines = dialogue.locator("code").all_inner_texts()
    (line,) = [each for each in lines if each.startswith("spotfi-agent enroll ")]
    router.run(*shlex.split(line)[1:], given=f"{lines[0]}\n")
    router.start()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Online", exact=True).first).to_be_visible(timeout=ROUTER_MS)


def watch_it_live(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_role("tab", name="Live", selected=True).wait_for()
    page.get_by_text("Live, each second").wait_for(timeout=ROUTER_MS)
    seen = set()

    def drawn() -> int:
        seen.add(page.get_by_role("img", name="Memory in use").locator("canvas").evaluate("each => each.toDataURL()"))
        return len(seen)

    eventually("the chart moves", lambda: drawn() >= PICTURES, within_s=ROUTER_MS / 1000)
    dashboard.look("live")


def read_its_log(dashboard: Dashboard, log: Path) -> None:
    page = dashboard.page
    page.get_by_role("tab", name="Log").click()
    page.get_by_label("Follow live").check()
    page.get_by_role("button", name="Fetch log").click()
    text = page.locator("pre")
    expect(text).to_contain_text("hostapd: a guest came", timeout=ROUTER_MS)
    page.get_by_text("Following").wait_for(timeout=ROUTER_MS)

    def heard() -> bool:
        # What is written before the router follows is not told of: written again, it is.
        with log.open("a") as more:
            more.write("dnsmasq: a lease\n")
        page.wait_for_timeout(500)
        return "dnsmasq: a lease" in text.inner_text()

    eventually("what is logged now is shown", heard, within_s=ROUTER_MS / 1000)
    page.get_by_label("Search in the log").fill("HOSTAPD")
    expect(text).to_have_text("hostapd: a guest came")
    dashboard.look("log")


def reboot_it(dashboard: Dashboard, router: Router) -> None:
    page = dashboard.page
    page.get_by_role("button", name="Reboot").click()
    page.get_by_role("button", name="Confirm").click()
    eventually("the reboot command ran", router.reboots_path.exists, within_s=ROUTER_MS / 1000)
    router.kill()
    router.new_boot()
    page.get_by_role("tab", name="Commands").click()
    row = page.get_by_role("row").filter(has_text="Reboot")
    # Ordered is not done: the router has to say so, after it.
    expect(row.get_by_text("Running").or_(row.get_by_text("Sent"))).to_be_visible(timeout=ROUTER_MS)
    router.start()
    expect(row.get_by_text("Done")).to_be_visible(timeout=ROUTER_MS)
    dashboard.look("rebooted")


def overview_shows_it(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.dress("dark", PHONE)
    dashboard.open("/")
    expect(page.get_by_text("1 / 1")).to_be_visible(timeout=ROUTER_MS)
    dashboard.look("overview-with-a-router")
