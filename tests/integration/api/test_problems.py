"""Whatever goes wrong, the client gets a problem document, and the log one line that keeps secrets out."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import text

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.hosts import service as hosts_service
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

PROBLEM = "application/problem+json"


async def test_unknown_addresses_and_methods(town: Town) -> None:
    client = town.anyone.client
    missing = await client.get("/api/v1/nothing")
    assert (missing.status_code, missing.json()["code"], missing.headers["content-type"]) == (
        404,
        "no_such_route",
        PROBLEM,
    )
    wrong = await client.put("/api/v1/hosts")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "GET")


async def test_bodies_that_are_no_json(admin: Person) -> None:
    for content in (b"{", b"[]", b"null", b"\xff", b"{" * 100_000):
        headers = {"content-type": "application/json"}
        answer = await admin.client.post("/api/v1/hosts", content=content, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
        assert answer.headers["content-type"] == PROBLEM


async def test_a_body_over_a_mebibyte_is_refused_declared_or_not(admin: Person) -> None:
    large = json.dumps({"name": "x" * 1024 * 1024}).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    for content in (large, in_pieces()):
        headers = {"content-type": "application/json"}
        answer = await admin.client.post("/api/v1/hosts", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_text_the_database_cannot_take_is_the_callers_mistake(admin: Person) -> None:
    answer = await admin.client.get("/api/v1/subscribers", params={"username": "a\0b"})
    assert answer.status_code == 422


async def test_the_unexpected_is_logged_and_not_told(
    admin: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError("something secret")

    monkeypatch.setattr(hosts_service, "list_hosts", broken)
    with structlog.testing.capture_logs() as lines:
        answer = await admin.client.get("/api/v1/hosts")
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (500, "internal", PROBLEM)
    assert "secret" not in answer.text
    failed = [line for line in lines if line["event"] == "request_failed"]
    assert len(failed) == 1
    assert "ZeroDivisionError" in failed[0]["error"]


async def test_the_log_has_a_line_per_request_and_no_secrets(town: Town) -> None:
    with structlog.testing.capture_logs() as lines:
        await town.anyone.client.post("/api/v1/auth/token", data={"username": ADMIN_EMAIL, "password": PASSWORD})
        await town.anyone.client.get("/api/v1/hosts", params={"token": "abc"}, headers={"Authorization": "Bearer abc"})
    answered = [line for line in lines if line["event"] == "request_answered"]
    assert [(line["route"], line["status"]) for line in answered] == [
        ("/api/v1/auth/token", 200),
        ("/api/v1/hosts", 401),
    ]
    assert PASSWORD not in str(lines)
    assert "abc" not in str(lines)


async def test_a_failed_request_leaves_nothing_behind(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hosts_service.create_host

    async def made_and_broken(*arguments: object, **named: object) -> None:
        await made(*arguments, **named)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(hosts_service, "create_host", made_and_broken)
    await admin.post("/hosts", {"name": "Café", "timezone": "UTC", "currency": "EUR"}, expect=500)
    assert (await admin.get("/hosts"))["items"] == []


async def get(app: FastAPI, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://spotfi.test") as client:
        return await client.get(path)


async def test_ready_when_the_schema_is_current(town: Town) -> None:
    assert (await town.anyone.client.get("/healthz")).json() == {"status": "alive"}
    assert (await town.anyone.client.get("/readyz")).json() == {"status": "ready"}


async def test_an_unmigrated_schema_is_not_ready_but_alive(
    settings: Settings, database: Database, admin: Person, town: Town
) -> None:
    async with database.unit_of_work() as session:
        await session.execute(text("DROP SCHEMA public CASCADE"))
        await session.execute(text("CREATE SCHEMA public"))
    unready = await town.anyone.client.get("/readyz")
    assert (unready.status_code, unready.json()["code"]) == (503, "schema_outdated")
    assert "spotfi db upgrade" in unready.json()["detail"]
    assert (await town.anyone.client.get("/healthz")).status_code == 200
    assert (await admin.client.get("/api/v1/hosts")).status_code == 503


async def test_a_database_that_is_away_is_a_503(settings: Settings, clock: ManualClock) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    app = create_app(settings, away, clock, ca_pem=settings.tls_ca_file.read_text())
    unready = await get(app, "/readyz")
    assert (unready.status_code, unready.json()["code"]) == (503, "database_away")
    assert "retry-after" in unready.headers
    await away.close()


async def test_metrics_count_by_route_template(admin: Person) -> None:
    await admin.get("/hosts/00000000-0000-7000-8000-000000000000", expect=404)
    shown = (await admin.client.get("/metrics")).text
    counted = 'spotfi_http_requests_total{method="GET",route="/api/v1/hosts/{host_id}",status="404"} 1.0'
    assert counted in shown


async def test_the_document_is_clean(app: FastAPI) -> None:
    document = (await get(app, "/openapi.json")).json()
    operations = [
        operation for path in document["paths"].values() for method, operation in path.items() if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert all(PROBLEM in operation["responses"]["default"]["content"] for operation in operations)
    assert "HTTPValidationError" not in json.dumps(document)
    flow = document["components"]["securitySchemes"]["Staff"]["flows"]["password"]
    assert flow["tokenUrl"] == "/api/v1/auth/token"
    assert (await get(app, "/docs")).status_code == 200


async def test_browsers_are_told_to_be_careful(town: Town) -> None:
    headers = (await town.anyone.client.get("/api/v1/hosts")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
