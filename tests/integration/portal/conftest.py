"""A venue with a router, a plan and vouchers, as the API makes them; guests come to its page without sockets."""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.uam import UamRouter
from tests.integration.api.conftest import Person, Town, admin, app, clock, plan_body, quick, settings, town

__all__ = ["admin", "app", "clock", "quick", "settings", "town"]


@dataclass
class Venue:
    """A host with a router that speaks UAM."""

    town: Town
    owner: Person
    router_id: str
    nas: UamRouter
    plan_id: str

    def guest(self, **headers: str) -> httpx.AsyncClient:
        client = self.town.open_client()
        client.headers.update(headers)
        return client

    async def vouchers(self, count: int = 1, **changes: Any) -> list[str]:
        plan_id = changes.pop("plan_id", self.plan_id)
        batch = await self.owner.post("/voucher-batches", {"count": count, "plan_id": plan_id, **changes})
        made = await self.owner.get(f"/voucher-batches/{batch['id']}/vouchers")
        return [each["code"] for each in made["items"]]

    def path(self, result: str = "notyet", **more: str) -> str:
        """The signed address of the page, less its origin."""
        url = self.nas.page_for(result, **more)
        return url.removeprefix("https://spotfi.test:8443")


def said(answer: httpx.Response) -> str:
    """The page as text."""
    body = re.sub(r"<style.*?</style>", "", answer.text, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))).replace("\u00a0", " ")


def sent_to(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where the page sends the browser: the address before the query, and the query's fields."""
    url = answer.headers["refresh"].removeprefix("0; url=")
    parts = urlsplit(url)
    return url.partition("?")[0], {name: values[0] for name, values in parse_qs(parts.query).items()}


async def open_venue(town: Town, name: str = "Café Central", kind: str = "coovachilli", **plan: Any) -> Venue:
    owner = await town.move_in(name)
    router = await owner.post("/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": kind})
    given = await owner.post(f"/routers/{router['id']}/uam-secret", {}, expect=200)
    made = await owner.post("/plans", plan_body(**plan))
    nas = UamRouter(kind, given["portal_url"], given["nas_identifier"], given["uam_secret"])
    return Venue(town, owner, router["id"], nas, made["id"])


@pytest.fixture
async def venue(town: Town) -> Venue:
    return await open_venue(town)
