"""Files of subscribers: all of them or none, and what is wrong with each line."""

from typing import Any

import pytest

from tests.integration.api.conftest import Person, Town, fields_of, plan_body

PATH = "/subscribers/import"


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.move_in("Café")


async def send(person: Person, text: str | bytes, *, expect: int = 200, **query: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    headers = {"Content-Type": "text/csv"}
    return await person.call("POST", PATH, expect=expect, content=content, headers=headers, params=query)


async def usernames(person: Person) -> list[str]:
    return [row["username"] for row in (await person.get("/subscribers", sort="username"))["items"]]


async def test_a_file_becomes_subscribers_with_their_plans(owner: Person, admin: Person) -> None:
    day = await owner.post("/plans", plan_body(name="Tag für Gäste", valid_for_s=86_400))
    usual = await admin.post("/plans", plan_body(name="Month", is_default=True))
    text = "username;password;plan;disabled\nada;x y;Tag für Gäste;\nbob;z;;yes\n"
    assert await send(owner, text, dry_run=True) == {"lines": 2, "created": 0, "problem_count": 0, "problems": []}
    assert await usernames(owner) == []
    assert (await send(owner, b"\xef\xbb\xbf" + text.encode()))["created"] == 2
    ada, bob = (await owner.get("/subscribers", sort="username"))["items"]
    assert (ada["plan_id"], ada["host_id"], ada["valid_until"]) == (day["id"], owner.host_id, "2026-11-16T12:00:00Z")
    assert bob["plan_id"] == usual["id"]
    assert bob["disabled_at"] is not None
    (assignment,) = (await owner.get(f"/subscribers/{ada['id']}/assignments"))["items"]
    assert (assignment["state"], assignment["valid_until"]) == ("active", "2026-11-16T12:00:00Z")
    logged = (await admin.get("/audit", limit=200))["items"]
    assert [entry["kind"] for entry in logged if entry["action"].endswith("import")] == ["subscriber_imports"]


async def test_one_bad_line_and_nothing_is_done(town: Town, owner: Person) -> None:
    other = await town.move_in("Hotel")
    theirs = await other.post("/plans", plan_body(name="Theirs"))
    for _ in range(2):
        await owner.post("/plans", plan_body(name="Twice"))
    hashed = await owner.post("/plans", plan_body(name="Hashed", password_storage="argon2id"))
    await other.post("/subscribers", {"username": "eve", "password": "x", "plan_id": theirs["id"]})
    lines = ("ada,x,Theirs", "bob,x,Twice", "cyd,x,", f"dan,x,{hashed['id']}", "eve,x,Twice", "fay,,Twice")
    report = await send(owner, "username,password,plan\n" + "\n".join(lines))
    assert report["created"] == 0
    found = [(problem["line"], problem["column"]) for problem in report["problems"]]
    assert found == [(2, "plan"), (3, "plan"), (4, "plan"), (5, "plan"), (6, "plan"), (6, "username"), (7, "password")]
    assert await usernames(owner) == []


async def test_fifty_thousand_lines_in_time_with_the_bad_ones_told(owner: Person, admin: Person) -> None:
    plan = await owner.post("/plans", plan_body())
    lines = [f"guest{number:05d}@café,=cmd|'{number}" for number in range(50_000)]
    bad = [*lines[:1000], "spoilt", *lines[1001:40_000], " x,y", *lines[40_001:]]
    report = await send(owner, "username,password\n" + "\n".join(bad), plan_id=plan["id"])
    assert (report["created"], report["problem_count"]) == (0, 2)
    assert [problem["line"] for problem in report["problems"]] == [1002, 40_002]
    report = await send(owner, "username,password\n" + "\n".join(lines), plan_id=plan["id"])
    assert (report["lines"], report["created"], report["problems"]) == (50_000, 50_000, [])


async def test_what_is_no_such_file_is_told_in_a_sentence(town: Town, owner: Person) -> None:
    plan = await owner.post("/plans", plan_body())
    for data in ("username,password\nJürgen,x".encode("latin-1"), "username".encode("utf-16"), b"", b"\x00" * 100):
        assert fields_of(await send(owner, data, expect=422, plan_id=plan["id"])) == ["body"]
    other = await town.move_in("Hotel")
    assert fields_of(await send(owner, "username,password\n", expect=404, host_id=other.host_id)) == ["host_id"]
    await send(owner, b"x" * (17 * 1024 * 1024), expect=413)
