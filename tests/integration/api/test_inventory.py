"""Hosts, plans and subscribers: who may do what to which, and which bodies are refused."""

from typing import Any

from sqlalchemy import text

from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import SECRET_KEY, Person, Town, fields_of, plan_body

UNKNOWN = "00000000-0000-7000-8000-000000000000"
CAFE = {"name": "Café", "timezone": "Europe/Vienna", "currency": "EUR"}


async def test_a_host_sees_and_renames_only_itself(town: Town, admin: Person) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    assert [host["id"] for host in (await cafe.get("/hosts"))["items"]] == [cafe.host_id]
    assert (await cafe.patch(f"/hosts/{cafe.host_id}", {"name": "Café Neu"}))["name"] == "Café Neu"
    await cafe.get(f"/hosts/{hotel.host_id}", expect=404)
    await cafe.patch(f"/hosts/{hotel.host_id}", {"name": "mine"}, expect=404)
    await cafe.patch(f"/hosts/{cafe.host_id}", {"currency": "USD"}, expect=403)
    await cafe.post("/hosts", CAFE, expect=403)
    assert len((await admin.get("/hosts"))["items"]) == 2
    assert (await cafe.get("/hosts", ids=f"{cafe.host_id},{hotel.host_id}"))["items"][0]["id"] == cafe.host_id


BAD_HOSTS: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "nul\0"}, "name"),
    ({"name": None}, "name"),
    ({"name": "\ud800"}, "name"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"timezone": "../../etc/passwd"}, "timezone"),
    ({"currency": "eur"}, "currency"),
    ({"currency": "XXX"}, "currency"),
    ({"colour": "red"}, "colour"),
]


async def test_bad_hosts_are_refused_by_field(admin: Person) -> None:
    for change, field in BAD_HOSTS:
        body = CAFE | change
        if change == {"name": "\ud800"}:  # half a surrogate pair, which httpx would not send
            raw = b'{"name": "\\ud800", "timezone": "UTC", "currency": "EUR"}'
            headers = {"content-type": "application/json"}
            problem = await admin.call("POST", "/hosts", expect=422, content=raw, headers=headers)
        else:
            problem = await admin.post("/hosts", body, expect=422)
        assert fields_of(problem) == [field]


async def test_plans_are_the_isps_or_a_hosts(town: Town, admin: Person) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    isp_plan = await admin.post("/plans", plan_body())
    cafe_plan = await cafe.post("/plans", plan_body(name="Café day"))
    assert (isp_plan["host_id"], cafe_plan["host_id"]) == (None, cafe.host_id)
    assert {plan["id"] for plan in (await cafe.get("/plans"))["items"]} == {isp_plan["id"], cafe_plan["id"]}
    assert {plan["id"] for plan in (await hotel.get("/plans"))["items"]} == {isp_plan["id"]}
    await hotel.get(f"/plans/{cafe_plan['id']}", expect=404)
    await hotel.patch(f"/plans/{cafe_plan['id']}", {"price_minor": 0}, expect=404)
    await hotel.patch(f"/plans/{isp_plan['id']}", {"price_minor": 0}, expect=403)
    foreign = await hotel.post("/plans", plan_body(host_id=cafe.host_id), expect=404)
    assert fields_of(foreign) == ["host_id"]
    assert (await admin.post("/plans", plan_body(host_id=cafe.host_id)))["host_id"] == cafe.host_id


async def test_a_patch_changes_what_it_names_and_null_lifts_a_limit(admin: Person) -> None:
    plan = await admin.post("/plans", plan_body(max_sessions=2))
    changed = await admin.patch(f"/plans/{plan['id']}", {"quota_bytes": None, "price_minor": 0})
    assert changed == plan | {"quota_bytes": None, "price_minor": 0}
    assert await admin.patch(f"/plans/{plan['id']}", {}) == changed
    problem = await admin.patch(f"/plans/{plan['id']}", {"name": None, "period": None}, expect=422)
    assert sorted(fields_of(problem)) == ["name", "period"]


BAD_PLANS: list[tuple[dict[str, Any], str]] = [
    ({"quota_bytes": 0}, "quota_bytes"),
    ({"quota_bytes": 2**63}, "quota_bytes"),
    ({"quota_bytes": 10**400}, "quota_bytes"),
    ({"quota_bytes": "1000"}, "quota_bytes"),
    ({"quota_bytes": True}, "quota_bytes"),
    ({"quota_bytes": 1.5}, "quota_bytes"),
    ({"period": "year"}, "period"),
    ({"session_timeout_s": -1}, "session_timeout_s"),
    ({"session_timeout_s": 2**32}, "session_timeout_s"),
    ({"idle_timeout_s": 0}, "idle_timeout_s"),
    ({"rate_up_bps": 1}, "rate_up_bps"),
    ({"max_sessions": 0}, "max_sessions"),
    ({"price_minor": -1}, "price_minor"),
    ({"price_minor": None}, "price_minor"),
    ({"interim_interval_s": 59}, "interim_interval_s"),
    ({"currency": "EURO"}, "currency"),
    ({"host_id": "x"}, "host_id"),
]


async def test_bad_plans_are_refused_by_field(admin: Person) -> None:
    for change, field in BAD_PLANS:
        assert fields_of(await admin.post("/plans", plan_body(**change), expect=422)) == [field]


async def test_a_hosts_subscriber_is_its_own(town: Town, admin: Person, database: Database) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    plan = await admin.post("/plans", plan_body())
    body = {"username": "ada", "password": "correct horse", "plan_id": plan["id"]}
    ada = await cafe.post("/subscribers", body)
    assert ada["host_id"] == cafe.host_id
    assert "password" not in str(ada)
    async with database.unit_of_work() as session:
        sealed = await session.scalar(text("SELECT password_sealed FROM subscribers"))
    assert Sealer(SECRET_KEY, "subscriber-password").open(sealed) == b"correct horse"
    for attempt in (
        hotel.get(f"/subscribers/{ada['id']}", expect=404),
        hotel.patch(f"/subscribers/{ada['id']}", {"password": "mine"}, expect=404),
        hotel.delete(f"/subscribers/{ada['id']}", expect=404),
    ):
        await attempt
    assert (await hotel.get("/subscribers"))["items"] == []
    assert (await cafe.get("/subscribers", username="ada"))["items"] == [ada]
    taken = await hotel.post("/subscribers", body, expect=409)
    assert fields_of(taken) == ["username"]


async def test_a_subscriber_gets_only_plans_of_its_host_or_the_isp(town: Town, admin: Person) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    cafe_plan = await cafe.post("/plans", plan_body())
    body = {"username": "ada", "password": "correct horse", "plan_id": cafe_plan["id"]}
    assert fields_of(await hotel.post("/subscribers", body, expect=404)) == ["plan_id"]
    assert fields_of(await admin.post("/subscribers", body | {"host_id": hotel.host_id}, expect=404)) == ["plan_id"]
    assert fields_of(await admin.post("/subscribers", body | {"plan_id": UNKNOWN}, expect=404)) == ["plan_id"]
    assert fields_of(await cafe.post("/subscribers", body | {"host_id": hotel.host_id}, expect=404)) == ["host_id"]
    ada = await admin.post("/subscribers", body | {"host_id": cafe.host_id})
    moved = await admin.patch(f"/subscribers/{ada['id']}", {"host_id": hotel.host_id}, expect=404)
    assert fields_of(moved) == ["plan_id"]
    assert (await cafe.patch(f"/subscribers/{ada['id']}", {"host_id": None}))["host_id"] == cafe.host_id


async def test_deleting_a_subscriber_disables_it(town: Town, admin: Person) -> None:
    plan = await admin.post("/plans", plan_body())
    ada = await admin.post("/subscribers", {"username": "ada", "password": "correct horse", "plan_id": plan["id"]})
    await admin.delete(f"/subscribers/{ada['id']}")
    gone = await admin.get(f"/subscribers/{ada['id']}")
    assert gone["disabled_at"] is not None
    await admin.delete(f"/subscribers/{ada['id']}")
    assert await admin.get(f"/subscribers/{ada['id']}") == gone
    back = await admin.patch(f"/subscribers/{ada['id']}", {"disabled": False, "username": "ada@isp"})
    assert back == ada | {"username": "ada@isp"}


BAD_SUBSCRIBERS: list[tuple[dict[str, Any], str]] = [
    ({"username": ""}, "username"),
    ({"username": "ü" * 127}, "username"),
    ({"username": "a\0b"}, "username"),
    ({"username": " ada"}, "username"),
    ({"password": ""}, "password"),
    ({"password": "ü" * 65}, "password"),
    ({"password": "a\0b"}, "password"),
    ({"password": 12345678}, "password"),
    ({"plan_id": None}, "plan_id"),
    ({"disabled": True}, "disabled"),
]


async def test_bad_subscribers_are_refused_by_field(admin: Person) -> None:
    plan = await admin.post("/plans", plan_body())
    for change, field in BAD_SUBSCRIBERS:
        body = {"username": "ada", "password": "correct horse", "plan_id": plan["id"]} | change
        problem = await admin.post("/subscribers", body, expect=422)
        assert fields_of(problem) == [field]
        assert "correct horse" not in str(problem)


async def test_lists_come_in_pages_there_and_back(admin: Person) -> None:
    made = [(await admin.post("/plans", plan_body(name=f"Plan {number}")))["id"] for number in range(5)]
    newest_first = made[::-1]
    first = await admin.get("/plans", limit=2)
    second = await admin.get("/plans", limit=2, cursor=first["next"])
    third = await admin.get("/plans", limit=2, cursor=second["next"])
    assert [plan["id"] for page in (first, second, third) for plan in page["items"]] == newest_first
    assert first["prev"] is None
    assert third["next"] is None
    assert (await admin.get("/plans", limit=2, cursor=third["prev"]))["items"] == second["items"]
    back = await admin.get("/plans", limit=2, cursor=second["prev"])
    assert (back["items"], back["prev"]) == (first["items"], None)
    by_id = await admin.get("/plans", ids=[made[3], made[1], UNKNOWN])
    assert [plan["id"] for plan in by_id["items"]] == [made[3], made[1]]


BAD_PAGES: list[tuple[dict[str, Any], str]] = [
    ({"limit": 0}, "limit"),
    ({"limit": 201}, "limit"),
    ({"cursor": "forged"}, "cursor"),
    ({"cursor": "WyJuYW1lKyIsImFmdGVyIiwiYSIsImIiXQ"}, "cursor"),
    ({"ids": "1,2"}, "ids"),
]


async def test_bad_page_requests_are_refused_by_field(admin: Person) -> None:
    for query, field in BAD_PAGES:
        assert fields_of(await admin.get("/plans", expect=422, **query)) == [field]
