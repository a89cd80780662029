"""What holds for every list and everything people edit: order, filters, versions, idempotency keys, CSV, bounds of bodies."""

import asyncio
import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of, plan_body
from tests.integration.api.furnishing import furnish

HOST = {"name": "Café", "timezone": "Europe/Vienna", "currency": "EUR"}
EDITED = {
    "/hosts/{host_id}": ("name", "Renamed"),
    "/plans/{plan_id}": ("name", "Renamed"),
    "/subscribers/{subscriber_id}": ("username", "renamed"),
    "/routers/{router_id}": ("name", "Renamed"),
}
"""What people edit, and a change of it."""


async def names(person: Person, path: str, field: str = "name", **query: Any) -> list[str]:
    return [row[field] for row in (await person.get(path, **query))["items"]]


async def test_lists_sort_by_their_keys_and_page_in_that_order(admin: Person, clock: ManualClock) -> None:
    for name in ("b", "c", "a"):
        await admin.post("/hosts", HOST | {"name": name})
        clock.advance(timedelta(seconds=1))
    assert await names(admin, "/hosts") == ["a", "c", "b"]
    assert await names(admin, "/hosts", sort="created_at") == ["b", "c", "a"]
    assert await names(admin, "/hosts", sort="-name") == ["c", "b", "a"]
    first = await admin.get("/hosts", sort="name", limit=2)
    second = await admin.get("/hosts", sort="name", limit=2, cursor=first["next"])
    assert [row["name"] for row in first["items"] + second["items"]] == ["a", "b", "c"]
    assert fields_of(
        await admin.get("/hosts", sort="name", cursor=(await admin.get("/hosts"))["next"] or "x", expect=422)
    )


@pytest.mark.parametrize("path", ["/hosts", "/plans", "/subscribers", "/routers", "/sessions", "/invoices"])
async def test_no_list_sorts_by_what_it_does_not_offer(admin: Person, path: str) -> None:
    for sort in ("currency", "password_sealed", "name;DROP TABLE hosts", "--name", ""):
        assert fields_of(await admin.get(path, sort=sort, expect=422)) == ["sort"]


async def test_lists_filter(town: Town, admin: Person) -> None:
    owner, other = await town.move_in("Café"), await town.move_in("Hotel")
    plan = await admin.post("/plans", plan_body())
    for person, username in ((owner, "ada@x"), (owner, "bob_x"), (other, "ada@y")):
        body = {"username": username, "password": "correct horse", "plan_id": plan["id"], "host_id": person.host_id}
        await admin.post("/subscribers", body)
    for person, kind in ((owner, "generic"), (other, "agent")):
        await person.post("/routers", {"name": kind, "nas_kind": kind, "host_id": person.host_id})
    assert await names(admin, "/hosts", search="HOTE") == ["Hotel"]
    assert await names(admin, "/hosts", search="%") == []
    assert sorted(await names(admin, "/subscribers", "username", search="ada")) == ["ada@x", "ada@y"]
    assert await names(admin, "/subscribers", "username", search="bob%") == []
    assert await names(admin, "/subscribers", "username", host_id=other.host_id) == ["ada@y"]
    assert await names(admin, "/subscribers", "username", disabled=True) == []
    assert await names(admin, "/routers", host_id=owner.host_id) == ["generic"]
    assert await names(admin, "/routers", nas_kind="agent") == ["agent"]
    assert await names(admin, "/routers", online=True) == []
    assert len(await names(admin, "/routers", online=False)) == 2
    assert await names(owner, "/routers", host_id=other.host_id) == []
    assert await names(admin, "/plans", host_id=owner.host_id) == []


async def test_nobody_overwrites_a_change_they_have_not_seen(town: Town, admin: Person, database: Database) -> None:
    owner = await town.move_in("Café")
    ids = await furnish(owner, admin, database)
    for template, (field, value) in EDITED.items():
        path = f"/api/v1{template.format(**ids)}"
        seen = (await owner.client.get(path)).headers["etag"]
        assert (await owner.client.get(path)).headers["etag"] == seen, path
        first = await owner.client.patch(path, json={field: value}, headers={"If-Match": seen})
        assert first.status_code == 200, first.text
        assert first.headers["etag"] == (await owner.client.get(path)).headers["etag"] != seen
        late = await owner.client.patch(path, json={field: "Lost"}, headers={"If-Match": seen})
        assert (late.status_code, late.json()["code"]) == (412, "stale")
        assert (await owner.client.get(path)).json()[field] == value
        for fits in ("*", f'"other", {first.headers["etag"]}'):
            assert (await owner.client.patch(path, json={field: value}, headers={"If-Match": fits})).is_success
        weak = await owner.client.patch(path, json={field: value}, headers={"If-Match": f"W/{first.headers['etag']}"})
        assert weak.status_code == 412
        odd = await owner.client.patch(path, json={field: value}, headers={"If-Match": "no quotes"})
        assert fields_of(odd.json()) == ["If-Match"]
    for path in (f"/api/v1/subscribers/{ids['subscriber_id']}", f"/api/v1/routers/{ids['router_id']}"):
        assert (await owner.client.delete(path, headers={"If-Match": '"old"'})).status_code == 412


async def test_of_two_who_edit_at_once_one_is_told(town: Town) -> None:
    owner = await town.move_in("Café")
    path = f"/api/v1/hosts/{owner.host_id}"
    seen = (await owner.client.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(owner.client.patch(path, json={"name": name}, headers={"If-Match": seen}) for name in "abcd")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_key_makes_a_repeated_request_create_once(town: Town, admin: Person, clock: ManualClock) -> None:
    owner = await town.move_in("Café")
    plan = await admin.post("/plans", plan_body())
    requests: dict[str, dict[str, Any]] = {
        "hosts": HOST,
        "plans": plan_body(),
        "routers": {"name": "Bar", "nas_kind": "agent", "host_id": owner.host_id},
        "subscribers": {"username": "eve", "password": "correct horse", "plan_id": plan["id"]},
    }
    for name, body in requests.items():
        headers = {"Idempotency-Key": f"key-{name}"}
        before = len((await admin.get(f"/{name}"))["items"])
        answers = await asyncio.gather(
            *(admin.client.post(f"/api/v1/{name}", json=body, headers=headers) for _ in range(3))
        )
        assert [answer.status_code for answer in answers] == [201] * 3, answers[0].text
        assert len({answer.text for answer in answers}) == 1
        assert len((await admin.get(f"/{name}"))["items"]) == before + 1
        other = await admin.client.post(f"/api/v1/{name}", json=body | {"name": "Other"}, headers=headers)
        assert (other.status_code, other.json()["code"]) in {(409, "idempotency_key_reused"), (422, "invalid")}
    mine = await owner.client.post("/api/v1/plans", json=plan_body(), headers={"Idempotency-Key": "key-plans"})
    assert mine.json()["host_id"] == owner.host_id, "keys are the caller's own"
    clock.advance(timedelta(hours=11))
    admin = await town.admin()
    again = await admin.client.post("/api/v1/plans", json=plan_body(), headers={"Idempotency-Key": "key-plans"})
    assert again.headers.get("idempotency-replayed") == "true"


async def test_a_request_that_failed_leaves_its_key_free(admin: Person) -> None:
    headers = {"Idempotency-Key": "mine"}
    unknown = "01890000-0000-7000-8000-000000000000"
    failed = await admin.client.post("/api/v1/plans", json=plan_body(host_id=unknown), headers=headers)
    assert failed.status_code == 404
    assert (await admin.client.post("/api/v1/plans", json=plan_body(), headers=headers)).status_code == 201


async def exported(person: Person, path: str, **query: Any) -> list[dict[str, str]]:
    answer = await person.client.get(f"/api/v1{path}", params={"format": "csv", **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{path.rsplit("/", 1)[-1]}.csv"'
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_every_list_comes_as_csv_in_its_scope(town: Town, admin: Person, database: Database) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    ids = await furnish(owner, admin, database)
    lists = ("hosts", "plans", "subscribers", "routers", "sessions", "invoices")
    for path in (*(f"/{name}" for name in lists), f"/routers/{ids['router_id']}/commands"):
        shown = (await owner.get(path))["items"]
        rows = await exported(owner, path)
        assert [row["id"] for row in rows] == [row["id"] for row in shown], path
        assert (next(iter(rows[0])), set(rows[0])) == ("id", set(shown[0]))
    assert await exported(stranger, "/subscribers") == []
    assert (await town.anyone.client.get("/api/v1/hosts?format=csv")).status_code == 401
    accepted = await owner.client.get("/api/v1/hosts", headers={"Accept": "text/csv"})
    assert accepted.text.startswith("id,")
    one = await owner.client.get(f"/api/v1/hosts/{owner.host_id}", headers={"Accept": "text/csv"})
    assert one.headers["content-type"] == "application/json"


async def test_a_csv_file_holds_the_whole_list_and_no_formulas(admin: Person) -> None:
    evil = ['=cmd|"/C calc"!A0', "+1", "-1", "@SUM(A1)", "a\u2028,b", 'quote"d', "plain"]
    for name in evil:
        await admin.post("/hosts", HOST | {"name": name})
    for number in range(205):
        await admin.post("/hosts", HOST | {"name": f"Host {number}"})
    rows = await exported(admin, "/hosts", sort="created_at")
    assert len(rows) == len(evil) + 205
    assert [row["name"] for row in rows[: len(evil)]] == [
        *(f"'{name}" for name in evil[:4]),
        *evil[4:],
    ]
    assert len(await exported(admin, "/hosts", search="Host 20")) == 6


async def test_bodies_have_bounds(admin: Person) -> None:
    async def code(body: bytes, kind: str = "application/json") -> tuple[int, str]:
        answer = await admin.client.post("/api/v1/hosts", content=body, headers={"Content-Type": kind})
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    assert await code(b" " * (1024 * 1024 + 1)) == (413, "body_too_large")
    assert await code(b"[" * 100_000) == (422, "body_too_deep")
    assert await code(b'{"a":' * 5000 + b"1" + b"}" * 5000) == (422, "body_too_deep")
    assert await code(b'{"name": "' + b"[" * 5000 + b'"}') == (422, "invalid")
    assert await code(b'{"name": "' + b"x" * 100_000 + b'"}') == (422, "invalid")
    assert await code(b"\xff\xfe") in {(422, "invalid"), (400, "malformed")}


async def test_a_search_finds_the_beginnings_of_words(admin: Person) -> None:
    for name in ("Café Zürich-Süd", "Bar 120", "مقهى النيل"):
        await admin.post("/hosts", {"name": name, "timezone": "UTC", "currency": "EUR"})
    assert await names(admin, "/hosts", search="CAFE sud") == ["Café Zürich-Süd"]
    assert await names(admin, "/hosts", search="zür") == ["Café Zürich-Süd"]
    assert await names(admin, "/hosts", search="ürich") == []
    assert await names(admin, "/hosts", search="12 ba") == ["Bar 120"]
    assert await names(admin, "/hosts", search="النيل") == ["مقهى النيل"]
    assert await names(admin, "/hosts", search=" - ") == []


async def test_pages_of_a_search_are_those_of_the_list(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        await admin.post("/hosts", {"name": f"Host {number}", "timezone": "UTC", "currency": "EUR"})
    for many in (20_000, 1):  # however many match, gathered or walked
        monkeypatch.setattr("spotfi_cloud.storage.search._MANY", many)
        for sort in ("name", "-name", "created_at"):
            first = await admin.get("/hosts", search="host", sort=sort, limit=3)
            second = await admin.get("/hosts", search="host", sort=sort, limit=3, cursor=first["next"])
            third = await admin.get("/hosts", search="host", sort=sort, limit=3, cursor=second["next"])
            shown = [row["name"] for page in (first, second, third) for row in page["items"]]
            assert shown == sorted(shown, reverse=sort == "-name")
            assert len(set(shown)) == 7
            assert (await admin.get("/hosts", search="host", sort=sort, limit=3, cursor=third["prev"])) == second


async def test_nobody_overwrites_a_change_of_staff_tariffs_or_parties_they_have_not_seen(
    town: Town, admin: Person
) -> None:
    owner = await town.move_in("Café")
    technician = await town.employ(admin, "technician", host_ids=[str(owner.host_id)])
    me = await technician.get("/auth/me")
    rates = {"valid_from": "2026-10", "base_fee_minor": 1000, "price_per_gb_minor": 20}
    await admin.put(f"/hosts/{owner.host_id}/tariff", rates)
    for path, method, body in (
        (f"/api/v1/staff/{me['id']}", "PATCH", {"host_ids": []}),
        (f"/api/v1/hosts/{owner.host_id}/tariff", "PUT", rates | {"base_fee_minor": 5}),
        (f"/api/v1/hosts/{owner.host_id}/billing-details", "PUT", {"legal_name": "Café GmbH", "city": "Wien"}),
        ("/api/v1/billing/issuer", "PUT", {"legal_name": "ISP AG", "city": "Graz"}),
    ):
        seen = (await admin.client.get(path)).headers["ETag"]
        first = await admin.client.request(method, path, json=body, headers={"If-Match": seen})
        assert first.status_code == 200, first.text
        second = await admin.client.request(method, path, json=body, headers={"If-Match": seen})
        assert (second.status_code, second.json()["code"]) == (412, "stale")
        again = await admin.client.request(method, path, json=body, headers={"If-Match": first.headers["ETag"]})
        assert again.status_code == 200, again.text
        assert (await admin.client.get(path)).headers["ETag"] == again.headers["ETag"]


async def test_staff_are_listed_by_role_and_host(town: Town, admin: Person) -> None:
    owner, other = await town.move_in("Café"), await town.move_in("Hotel")
    await town.employ(admin, "technician", host_ids=[str(owner.host_id)])
    await town.employ(admin, "support")
    assert await names(admin, "/staff", "role", host_id=owner.host_id, sort="created_at") == ["host", "technician"]
    assert await names(admin, "/staff", "role", host_id=other.host_id) == ["host"]
    assert await names(admin, "/staff", "role", role="support") == ["support"]
    emails = await names(admin, "/staff", "email", sort="email")
    assert emails == sorted(emails)


async def test_an_export_ends_when_its_client_has_left(
    town: Town, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spotfi_cloud.entrypoints.api.csv_export.MAX_LIMIT", 1)
    for number in range(6):
        await admin.post("/hosts", {"name": f"Host {number}", "timezone": "UTC", "currency": "EUR"})
    bodies: list[bytes] = []
    left = asyncio.Event()

    async def receive() -> Any:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if body := message.get("body"):
            bodies.append(body)
        if len(bodies) == 2:  # the columns and one row
            left.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/hosts",
        "raw_path": b"/api/v1/hosts",
        "query_string": b"format=csv",
        "headers": [(b"authorization", admin.client.headers["Authorization"].encode())],
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
    }
    await town.app(scope, receive, send)
    assert 2 <= len(bodies) <= 3
