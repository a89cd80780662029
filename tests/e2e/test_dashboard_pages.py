"""Every page the dashboard's sources name: none breaks, no request fails, axe finds nothing serious, no word is missing."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.billing_in_browser import bill_month, two_months_ago
from tests.e2e.browser import CHROMIUM, DASHBOARD, DESKTOP, PHONE, Dashboard, open_dashboard
from tests.e2e.installation import ADMIN_EMAIL, Api, Installation, eventually

if not CHROMIUM.exists():
    pytest.skip("chromium is not on this machine", allow_module_level=True)

PASSWORD = "a long enough passphrase"
HOST_EMAIL = "pages@host.test"
# What stands where a word is missing.
KEY_OF_A_WORD = re.compile(r"\b(?:administration|alerts|app|guests|money|overview|ra|resources|routers)\.[a-z_.]+\b")


@pytest.fixture(scope="module")
def ids(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One record of each resource that has pages of its own."""
    admin = installation.sign_in_admin()
    host = admin.post("/hosts", {"name": "Café Pages", "timezone": "Asia/Kathmandu", "currency": "EUR"})
    ours = {"host_id": host["id"]}
    plan = admin.post("/plans", {"name": "Weekend", "quota_bytes": 10**9, "price_minor": 250, "currency": "EUR"})
    made = {
        "hosts": host,
        "plans": plan,
        "routers": admin.post("/routers", {"name": "Attic", "nas_kind": "agent", **ours}),
        "subscribers": admin.post(
            "/subscribers", {"username": "room7", "password": "long enough", "plan_id": plan["id"]}
        ),
        "voucher-batches": admin.post("/voucher-batches", {"plan_id": plan["id"], "count": 3, **ours}),
        "staff": admin.post("/staff", {"email": HOST_EMAIL, "password": PASSWORD, "role": "host", **ours}),
        "alert-channels": admin.post(
            "/alert-channels", {"name": "Desk", "kind": "email", "recipient": "desk@host.test"}
        ),
    }
    # Nothing takes it: that is told as an alert.
    order = {"kind": "logs", "args": {}, "deadline_s": 1}
    admin.post(f"/routers/{made['routers']['id']}/commands", order, expect=202)
    tariff = {"valid_from": f"{two_months_ago():%Y-%m}-01", "base_fee_minor": 1000, "price_per_gb_minor": 50}
    admin.put(f"/hosts/{host['id']}/tariff", {**tariff, "included_bytes": 0, "tax_rate_percent": "20"})
    with open_dashboard(installation.url, tmp_path_factory.mktemp("billing")) as dashboard:
        dashboard.sign_in(ADMIN_EMAIL, installation.admin_password)
        invoice_id = bill_month(dashboard, two_months_ago(), host["name"])
    made["alerts"] = eventually("a command's failure is told", lambda: first(admin, "/alerts"), within_s=60)
    return {"invoices": invoice_id, **{name: record["id"] for name, record in made.items()}}


def first(admin: Api, path: str) -> dict[str, Any] | None:
    return next(iter(admin.get(path)["items"]), None)


def addresses(ids: dict[str, str]) -> list[str]:
    """Of every page the areas of the dashboard name in their `index.ts`."""
    found = ["/"]
    for index in sorted((DASHBOARD / "src").glob("*/index.ts")):
        source = index.read_text()
        found += re.findall(r'path: "(/[^":]*)"', source)
        for name, pages in re.findall(r'name: "([\w-]+)"(.*?)(?=name: "|pages: \[|\Z)', source, re.S):
            ways = {"list": "", "create": "/create", "show": "/{id}/show", "edit": "/{id}"}
            found += [
                f"/{name}{way}".replace("{id}", ids.get(name, "no record"))
                for kind, way in ways.items()
                if f"{kind}: lazy" in pages
            ]
    return found


def name_of(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", re.sub(r"[0-9a-f-]{36}", "one", path)).strip("-") or "overview"


def findings_of(dashboard: Dashboard, paths: list[str], suffix: str) -> list[str]:
    """What is wrong with each page and each of its tabs."""
    found = []
    for path in paths:
        dashboard.open(path)
        found += findings_here(dashboard, f"{name_of(path)}{suffix}")
        tabs = dashboard.page.get_by_role("tab")
        for number in range(1, tabs.count()):
            tabs.nth(number).click()
            found += findings_here(dashboard, f"{name_of(path)}-{number}{suffix}")
    return found


def findings_here(dashboard: Dashboard, name: str) -> list[str]:
    dashboard.settle()
    missing = KEY_OF_A_WORD.findall(dashboard.page.locator("body").inner_text())
    return [*dashboard.findings(name), *(f"{name}: no word for {key}" for key in missing)]


@pytest.mark.timeout(300)
def test_every_page_in_english_by_day_on_a_desk(
    installation: Installation, ids: dict[str, str], tmp_path: Path
) -> None:
    with open_dashboard(installation.url, tmp_path) as dashboard:
        dashboard.dress("light", DESKTOP)
        dashboard.sign_in(ADMIN_EMAIL, installation.admin_password)
        assert not (found := findings_of(dashboard, addresses(ids), "-light")), "\n".join(found)


@pytest.mark.timeout(300)
def test_every_page_in_arabic_by_night_on_a_phone(
    installation: Installation, ids: dict[str, str], tmp_path: Path
) -> None:
    with open_dashboard(installation.url, tmp_path, language="ar") as dashboard:
        dashboard.dress("dark", PHONE)
        dashboard.sign_in(ADMIN_EMAIL, installation.admin_password)
        assert not (found := findings_of(dashboard, addresses(ids), "-dark")), "\n".join(found)


def test_every_page_of_a_hosts_menu(installation: Installation, ids: dict[str, str], tmp_path: Path) -> None:
    with open_dashboard(installation.url, tmp_path) as dashboard:
        dashboard.dress("light", PHONE)
        dashboard.sign_in(HOST_EMAIL, PASSWORD)
        dashboard.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        dashboard.page.get_by_role("menuitem").first.wait_for()
        links = [link.get_attribute("href") or "" for link in dashboard.page.get_by_role("menuitem").all()]
        dashboard.dress("light", PHONE)
        paths = [link.removeprefix("#") for link in links]
        assert len(paths) > 5
        assert "/staff" not in paths
        assert not (found := findings_of(dashboard, [*paths, f"/routers/{ids['routers']}/show"], "-host")), "\n".join(
            found
        )
