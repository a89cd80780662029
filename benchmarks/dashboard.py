"""The dashboard in Debian's Chromium: what it loads, how soon one can use it, 10,000 routers, a live sample's way, its memory.

`make bench-dashboard`. `spotfi demo` runs as a user starts it; lists have 10,000 routers more. Times are the page's own.
"""

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, StorageState, sync_playwright

from benchmarks.load.browser_scripts import AGES_OF_SAMPLES, CHANGE_OF_ROWS, QUICK_DAY, UNTIL_SHOWN
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from tests.e2e.browser import CHROMIUM, DESKTOP
from tests.e2e.installation import ADMIN_EMAIL, Installation, eventually

_ROUTERS = 10_000
_MORE_ROUTERS = """
INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port, interval_s,
                     created_at)
SELECT gen_random_uuid(), h.id, 'Router ' || lpad(n::text, 5, '0'), 'generic', 'bench-' || n, '\\x00', false, 3799, 30, now()
FROM generate_series(1, {routers}) n, (SELECT id FROM hosts LIMIT 1) h
"""
_LOADS, _CHANGES, _SAMPLES = 5, 5, 20
_WARM_SAMPLES, _WATCHED_SAMPLES = 900, 1800
"""A sample a second: a quarter of an hour for caches and the charts to fill, then half an hour."""
_PATIENCE_MS = 120_000


class Weight:
    """Bytes of scripts that came over the wire, as the browser counts them."""

    def __init__(self, session: CDPSession) -> None:
        self._address: dict[str, str] = {}
        self._bytes: dict[str, int] = {}
        session.on("Network.responseReceived", self._begun)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _begun(self, event: dict[str, object]) -> None:
        response = event["response"]
        assert isinstance(response, dict)
        self._address[str(event["requestId"])] = str(response["url"])

    def _finished(self, event: dict[str, object]) -> None:
        self._bytes[str(event["requestId"])] = int(str(event["encodedDataLength"]).split(".")[0])

    @property
    def scripts_kb(self) -> float:
        return sum(size for key, size in self._bytes.items() if self._address.get(key, "").endswith(".js")) / 1000


@contextmanager
def _page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    try:
        yield page
    finally:
        page.close()


def _sign_in(browser: Browser, url: str, password: str) -> tuple[StorageState, dict[str, float]]:
    """Who is signed in, and what the first page of all weighs and takes."""
    context = browser.new_context(reduced_motion="reduce")
    with _page(context) as page:
        weight = Weight(context.new_cdp_session(page))
        page.goto(url)
        sign_in_ms = page.evaluate(UNTIL_SHOWN, "input[name=username]")
        sign_in_kb = weight.scripts_kb
        page.locator("input[name=username]").fill(ADMIN_EMAIL)
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").click()
        page.get_by_text("Routers online").wait_for()
        page.locator("canvas").first.wait_for()
        state = context.storage_state()
        figures = {"sign_in_ms": sign_in_ms, "sign_in_kb": sign_in_kb, "overview_with_chart_kb": weight.scripts_kb}
    context.close()
    return state, figures


def _first_loads(browser: Browser, url: str, state: StorageState) -> dict[str, float]:
    """Somebody who is signed in opens the overview, with nothing in the browser's cache."""
    times = []
    for _ in range(_LOADS):
        context = browser.new_context(storage_state=state, reduced_motion="reduce")
        with _page(context) as page:
            page.goto(url)
            times.append(page.evaluate(UNTIL_SHOWN, "#main-content a"))
            state = context.storage_state()
        context.close()
    return {"overview_ms": statistics.median(times)}


def _long_list(page: Page, url: str) -> dict[str, float]:
    """Milliseconds from a click or the last key to other rows on the screen; a search waits half a second for more keys."""
    page.goto(f"{url}/#/routers?sort=name&order=ASC")
    page.get_by_text("Router 00001").wait_for()
    found: dict[str, list[float]] = {"next_page_ms": [], "sort_ms": [], "search_ms": []}
    for number in range(_CHANGES):
        found["next_page_ms"].append(page.evaluate(CHANGE_OF_ROWS, ["button[aria-label='Go to next page']", None]))
        found["sort_ms"].append(
            page.evaluate(CHANGE_OF_ROWS, ["th.column-name [role=button], th.column-name button", None])
        )
        found["search_ms"].append(page.evaluate(CHANGE_OF_ROWS, ["input[name=search]", f"Router 0{number + 3}"]))
    return {name: statistics.median(each) for name, each in found.items()}


def _until(page: Page, counter: str, reached: int) -> None:
    while page.evaluate(counter) < reached:
        page.wait_for_timeout(200)


def _live(page: Page, url: str, router_id: str) -> dict[str, float]:
    """Milliseconds from a router's measurement to the pixels that show it."""
    page.goto(f"{url}/#/routers/{router_id}/show")
    page.get_by_text("Live, each second").wait_for()
    _until(page, "window.agesOfSamples.length", _SAMPLES)
    ages: list[float] = page.evaluate("window.agesOfSamples")
    return {"sample_to_pixel_ms": statistics.median(ages), "sample_to_pixel_most_ms": max(ages)}


def _heap_kb(session: CDPSession) -> float:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1000


def _open_all_day(page: Page, url: str, router_id: str) -> dict[str, float]:
    """What half an hour of live view leaves in the heap; samples and events of the fleet come forty times as fast."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    page.goto(f"{url}/#/routers/{router_id}/show")
    _until(page, "window.samplesGiven", _WARM_SAMPLES)
    before_kb = _heap_kb(session)
    _until(page, "window.samplesGiven", _WARM_SAMPLES + _WATCHED_SAMPLES)
    after_kb = _heap_kb(session)
    return {"heap_kb": before_kb, "heap_growth_kb": after_kb - before_kb}


def _measure(browser: Browser, running: Installation) -> dict[str, float]:
    admin = running.sign_in_admin()
    online = eventually("a router is online", lambda: admin.get("/routers", online="true")["items"], within_s=60)
    router_id = str(online[0]["id"])
    embedded = EmbeddedDatabase(running.directory / "data", wheel_programs())
    with psycopg.connect(embedded.url(), autocommit=True) as connection:
        connection.execute(_MORE_ROUTERS.format(routers=_ROUTERS))
        connection.execute("ANALYZE routers")
    state, figures = _sign_in(browser, running.url, running.admin_password)
    figures |= _first_loads(browser, running.url, state)
    with _signed_in(browser, running) as page:
        figures |= _long_list(page, running.url)
    with _signed_in(browser, running, AGES_OF_SAMPLES) as page:
        figures |= _live(page, running.url, router_id)
    with _signed_in(browser, running, QUICK_DAY) as page:
        figures |= _open_all_day(page, running.url, router_id)
    return figures


@contextmanager
def _signed_in(browser: Browser, running: Installation, script: str | None = None) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    with _page(context) as page:
        if script is not None:
            page.add_init_script(script)
        page.goto(running.url)
        page.locator("input[name=username]").fill(ADMIN_EMAIL)
        page.locator("input[name=password]").fill(running.admin_password)
        page.locator("button[type=submit]").click()
        page.get_by_text("Routers online").wait_for()
        yield page
    context.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = Installation(Path(folder), "demo")
        # No sandbox: benchmarks run as root in containers, and see only our own pages.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            running.start()
            print(json.dumps({name: round(each, 1) for name, each in _measure(browser, running).items()}, indent=2))
        finally:
            browser.close()
            running.stop()


if __name__ == "__main__":
    main()
