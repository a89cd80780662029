"""The production app on a fresh database, called without sockets, and the people who call it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from tests.integration.api.quick import quick

__all__ = ["quick"]

SECRET_KEY = "the secret key of an installation under test"
ADMIN_EMAIL, PASSWORD = "admin@spotfi.test", "a long enough one"
NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


@dataclass
class Person:
    """Someone with a client; every answer is checked for the status that is expected."""

    client: httpx.AsyncClient
    host_id: str | None = None

    async def call(self, method: str, path: str, *, expect: int, **options: Any) -> Any:
        answer = await self.client.request(method, f"/api/v1{path}", **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        is_json = answer.content and answer.headers.get("content-type", "").endswith("json")
        return answer.json() if is_json else answer.content

    async def get(self, path: str, *, expect: int = 200, **query: Any) -> Any:
        return await self.call("GET", path, expect=expect, params=query)

    async def post(self, path: str, body: Any, *, expect: int = 201) -> Any:
        return await self.call("POST", path, expect=expect, json=body)

    async def patch(self, path: str, body: Any, *, expect: int = 200) -> Any:
        return await self.call("PATCH", path, expect=expect, json=body)

    async def put(self, path: str, body: Any, *, expect: int = 200) -> Any:
        return await self.call("PUT", path, expect=expect, json=body)

    async def delete(self, path: str, *, expect: int = 204) -> Any:
        return await self.call("DELETE", path, expect=expect)


class Town:
    """An installation with an Admin; Hosts move in as tests need them."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.clients: list[httpx.AsyncClient] = []
        self.anyone = Person(self.open_client())
        self._admin: Person | None = None

    def open_client(self, token: str | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 50000))
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.clients.append(httpx.AsyncClient(transport=transport, base_url="http://spotfi.test", headers=headers))
        return self.clients[-1]

    async def sign_in(self, email: str, password: str = PASSWORD) -> Person:
        form = {"username": email, "password": password}
        answer = await self.anyone.call("POST", "/auth/token", expect=200, data=form)
        return Person(self.open_client(answer["access_token"]))

    async def admin(self) -> Person:
        return await self.sign_in(ADMIN_EMAIL)

    async def move_in(self, name: str, timezone: str = "Europe/Vienna", currency: str = "EUR") -> Person:
        """A new host, as the person who owns it."""
        self._admin = self._admin or await self.admin()
        admin = self._admin
        host = await admin.post("/hosts", {"name": name, "timezone": timezone, "currency": currency})
        email = f"owner@{host['id']}.test"
        body = {"email": email, "password": PASSWORD, "role": "host", "host_id": host["id"]}
        account = await admin.post("/staff", body)
        token = self.app.state.access_tokens.issue(UUID(account["id"]))  # what signing in answers, less its argon2
        return Person(self.open_client(token), host["id"])

    async def employ(self, admin: Person, role: str, *, host_ids: Sequence[str] = ()) -> Person:
        """A new member of staff who is no Host."""
        body = {"email": f"{new_id()}@spotfi.test", "password": PASSWORD, "role": role, "host_ids": list(host_ids)}
        account = await admin.post("/staff", body)
        return Person(self.open_client(self.app.state.access_tokens.issue(UUID(account["id"]))))


def plan_body(**changes: Any) -> dict[str, Any]:
    """A plan that fits."""
    return {"name": "Day", "quota_bytes": 10**9, "period": "day", "price_minor": 300, "currency": "EUR"} | changes


def fields_of(problem: dict[str, Any]) -> list[str]:
    """The fields a problem document names."""
    return [error["field"] for error in problem["errors"]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET_KEY), public_url="https://spotfi.test:8443")
    ensure_certificates(settings, clock)
    return settings


@pytest.fixture
async def app(settings: Settings, database: Database, clock: ManualClock) -> FastAPI:
    async with database.unit_of_work() as session:
        await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=clock)
    return create_app(settings, database, clock, ca_pem=settings.tls_ca_file.read_text())


@pytest.fixture
async def town(app: FastAPI) -> AsyncIterator[Town]:
    town = Town(app)
    yield town
    for client in town.clients:
        await client.aclose()


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.admin()
