"""Text is text: to SQL, to headers, to the invoice's template. And a body sets what its schema names, nothing else."""

import re
from typing import Any

import pytest
from fastapi import FastAPI

from spotfi_cloud.identity import passwords
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town, fields_of, plan_body
from tests.integration.api.monthly_run import run_month

SQL = (
    "' OR 1=1 --",
    "'; DROP TABLE hosts; --",
    '" OR ""="',
    "\\'; SELECT 1",
    "%",
    "_",
    "$1",
    "{0}",
    "%(name)s",
    ":name",
)
TEMPLATES = ('#panic("evaluated")', '#read("/etc/passwd")', "{{ 7*7 }}", "${7*7}", "#{7*7}", "]", '")', "\\u{0}")
INTRUDERS = {"id": "01890000-0000-7000-8000-000000000000", "created_at": "2020-01-01T00:00:00Z", "admin": True}
LISTS = ("/hosts", "/plans", "/subscribers", "/routers")


async def test_sql_in_text_is_kept_and_finds_nothing_else(town: Town, admin: Person) -> None:
    await admin.post("/hosts", {"name": "Café", "timezone": "UTC", "currency": "EUR"})
    for text in SQL:
        host = await admin.post("/hosts", {"name": text, "timezone": "UTC", "currency": "EUR"})
        assert (await admin.get(f"/hosts/{host['id']}"))["name"] == text
        found = [row["name"] for row in (await admin.get("/hosts", search=text))["items"]]
        words = [word for word in re.split(r"[\x01-/:-@\[-`{-~]+", text.lower()) if word]
        assert (text in found) == bool(words)  # what has no word is found by no word
        assert all(word in name.lower() for name in found for word in words)
        for path in LISTS:
            await admin.get(path, search=text)
            await admin.get(path, sort=text, expect=422)
            await admin.get(path, cursor=text, expect=422)
    assert len((await admin.get("/hosts"))["items"]) == 1 + len(SQL)
    login = {"username": "' OR 1=1 --", "password": "' OR 1=1 --"}
    await town.anyone.call("POST", "/auth/token", expect=401, data=login)


async def test_no_text_becomes_a_header(admin: Person) -> None:
    for name in ("a\r\nSet-Cookie: x=1", "a\nb", "a\x00b"):
        body = {"name": name, "timezone": "UTC", "currency": "EUR"}
        assert fields_of(await admin.post("/hosts", body, expect=422)) == ["name"]
    answer = await admin.client.get("/api/v1/hosts%0d%0aSet-Cookie:x=1")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    answer = await admin.client.post("/api/v1/plans", json=plan_body(), headers={"Idempotency-Key": "a b"})
    assert fields_of(answer.json()) == ["Idempotency-Key"]


async def test_a_hosts_name_is_no_template(admin: Person) -> None:
    for name in TEMPLATES:
        host = await admin.post("/hosts", {"name": name, "timezone": "UTC", "currency": "EUR"})
        await admin.put(f"/hosts/{host['id']}/tariff", {"valid_from": "2026-01", "base_fee_minor": 1})
    documents = await run_month(admin, "2026-10")
    assert {invoice["host_name"] for invoice in documents} == set(TEMPLATES)
    for invoice in documents:
        pdf: bytes = await admin.get(f"/invoices/{invoice['id']}/pdf")
        assert pdf.startswith(b"%PDF")


def test_every_body_refuses_fields_it_does_not_know(app: FastAPI) -> None:
    document = app.openapi()
    lenient = {"EnrolmentIn"}  # what routers send: their agents may be newer
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name in _references(schema) - lenient:
                assert document["components"]["schemas"][name].get("additionalProperties") is False, f"{method} {path}"


def _references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].rsplit("/", 1)[1]} if "$ref" in schema else set()
        return own.union(*(_references(each) for each in schema.values()))
    return set().union(*(_references(each) for each in schema)) if isinstance(schema, list) else set()


async def test_nobody_sets_what_is_not_theirs_to_set(town: Town, admin: Person) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body())
    for field, value in INTRUDERS.items():
        assert fields_of(await owner.post("/plans", plan_body() | {field: value}, expect=422)) == [field]
        assert fields_of(await owner.patch(f"/plans/{plan['id']}", {field: value}, expect=422)) == [field]
    assert fields_of(await owner.patch(f"/plans/{plan['id']}", {"host_id": None}, expect=422)) == ["host_id"]
    assert fields_of(await owner.patch(f"/hosts/{owner.host_id}", {"suspended_at": None}, expect=422)) == [
        "suspended_at"
    ]
    assert await owner.get(f"/plans/{plan['id']}") == plan
    assert admin is not owner


async def test_unknown_and_known_accounts_take_the_same_way(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[bool] = []
    real = passwords.password_fits

    async def noted(password: str, stored: str | None) -> bool:
        checked.append(stored is None)
        return await real(password, stored)

    monkeypatch.setattr("spotfi_cloud.identity.service.accounts.password_fits", noted)
    problems = []
    for email in (ADMIN_EMAIL, "nobody@spotfi.test"):
        form = {"username": email, "password": "wrong " + PASSWORD}
        problems.append(await town.anyone.call("POST", "/auth/token", expect=401, data=form))
    assert checked == [False, True], "a password is checked for either, once"
    assert problems[0] == problems[1]
