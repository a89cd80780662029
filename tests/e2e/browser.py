"""A person in front of the dashboard: Debian's Chromium, watched for errors, failed requests and what axe objects to."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
DASHBOARD = Path(__file__).parents[2] / "cloud" / "dashboard"
AXE = DASHBOARD / "node_modules" / "axe-core" / "axe.min.js"
BUILT = DASHBOARD / "dist" / "index.html"
PATIENCE_MS = 30_000
DESKTOP, PHONE = (1440, 900), (390, 844)
_LOOK_MS, _QUIET_LOOKS, _MOMENT_MS = 60, 3, 1_000
_STREAM = re.compile(r"/stream\b|/events\b")
# Something is there, and nothing turns.
_SHOWN = """document.querySelector("#main-content")?.innerText.trim() && !document.querySelector(".MuiCircularProgress-root")"""
_OBJECTIONABLE = ("serious", "critical")


class Dashboard:
    """One page of the dashboard. `complaints`: what was wrong since the last look, in words."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page, self._url, self._pictures = page, url, pictures
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("response", self._on_response)
        page.on("requestfailed", lambda request: self.complaints.append(f"{request.failure}: {request.url}"))
        self._under_way: set[Request] = set()
        page.on("request", self._begun)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def _begun(self, request: Request) -> None:
        self._under_way.add(request)

    def _over(self, request: Request) -> None:
        self._under_way.discard(request)

    def open(self, path: str = "/") -> None:
        """Go to a page by its address, as a link would."""
        self.page.goto(f"{self._url}/#{path}")

    def sign_in(self, email: str, password: str, code: str | None = None) -> None:
        """From the sign-in page to the first page after it."""
        page = self.page
        page.goto(self._url)
        page.locator("input[name=username]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").click()
        if code is not None:
            page.locator("input[name=otp]").fill(code)
            page.locator("button[type=submit]").click()
        page.locator("#main-content").wait_for()

    def settle(self) -> None:
        """Wait until the page has all it asked for; streams go on."""
        quiet, end = 0, time.monotonic() + PATIENCE_MS / 1000
        while quiet < _QUIET_LOOKS:
            assert time.monotonic() < end, f"still loading: {self.page.url}"
            self.page.wait_for_timeout(_LOOK_MS)
            asked = [each for each in self._under_way if not _STREAM.search(each.url)]
            shown = bool(self.page.evaluate(_SHOWN))
            quiet = quiet + 1 if shown and not asked else 0

    def look(self, name: str) -> None:
        """Hold the page against what every page promises, and keep a picture of it."""
        assert self.findings(name) == []

    def findings(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, and what went wrong since the last look."""
        self.page.wait_for_load_state("load")
        self.page.screenshot(path=self._pictures / f"{name}.png")
        # Scrolled sideways, a phone's page is broken.
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        # Streams end when a page is left.
        told = [each for each in self.complaints if not (each.startswith("net::ERR_ABORTED") and _STREAM.search(each))]
        self.complaints.clear()
        found = [*self._lasting_objections(), *told, *([f"{wider} pixels too wide"] if wider > 0 else [])]
        return [f"{name}: {each}" for each in found]

    def _lasting_objections(self) -> list[str]:
        """Those that are still there a moment later: what is only passed through is no state of the page."""
        found = self.objections()
        if found:
            self.page.wait_for_timeout(_MOMENT_MS)
            found = [each for each in self.objections() if each in found]
        return found

    def objections(self) -> list[str]:
        """What axe finds serious or critical, each with the first element it is about."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {json.dumps(each['nodes'][0]['html'])}"
            for each in found["violations"]
            if each["impact"] in _OBJECTIONABLE
        ]

    def dress(self, theme: str, size: tuple[int, int]) -> None:
        """Another theme of the system, another size of the window."""
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        self.page.set_viewport_size({"width": size[0], "height": size[1]})


@contextmanager
def open_dashboard(url: str, pictures: Path, *, language: str = "en") -> Iterator[Dashboard]:
    """A browser of its own, with nothing remembered. Pictures go to `pictures`."""
    with sync_playwright() as playwright:
        # No sandbox: tests run as root in containers, and see only our own pages.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        # The certificate is the installation's own; over HTTP there is none.
        context = browser.new_context(locale=language, reduced_motion="reduce", ignore_https_errors=True)
        assert urlsplit(url).hostname in ("127.0.0.1", "localhost")
        try:
            yield Dashboard(context.new_page(), url, pictures)
        finally:
            browser.close()
