"""The audit log: every change is in it with who, whence, before and after; nobody changes it; erasing destroys a key."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from spotfi_cloud.entrypoints.cli import accounts
from spotfi_cloud.identity.service.audit import erase_person
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town, plan_body


async def newest(admin: Person, **wanted: str) -> Any:
    return (await admin.call("GET", "/audit", expect=200, params=wanted))["items"][0]


async def test_a_change_is_logged_with_who_whence_before_and_after(town: Town, admin: Person) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body(name="Old"))
    await owner.patch(f"/plans/{plan['id']}", {"name": "New"})
    entry = await newest(admin, subject_id=plan["id"])
    me = await owner.get("/auth/me")
    assert (entry["actor_kind"], entry["actor_id"], entry["actor_email"]) == ("person", me["id"], me["email"])
    assert (entry["action"], entry["address"]) == ("PATCH /api/v1/plans/{plan_id}", "127.0.0.1")
    assert (entry["kind"], entry["change"]) == ("plans", "update")
    assert (entry["before"]["name"], entry["after"]["name"]) == ("Old", "New")
    assert "period" not in entry["before"]


async def test_secrets_never_reach_the_log(town: Town, admin: Person, database: Database) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body())
    guest = {"username": "lovelace", "password": "correct horse", "plan_id": plan["id"]}
    subscriber = await owner.post("/subscribers", guest)
    await owner.patch(f"/subscribers/{subscriber['id']}", {"password": "another horse"})
    entry = await newest(admin, subject_id=subscriber["id"])
    assert entry["before"]["password_sealed"] == entry["after"]["password_sealed"] == "•••"
    async with database.unit_of_work() as session:
        log = str((await session.execute(text("SELECT audit_log::text FROM audit_log"))).all())
        assert (await session.execute(text("SELECT count(*) FROM audit_pending"))).scalar_one() == 0
        sealed = (await session.execute(text("SELECT password_sealed::text FROM subscribers"))).scalar_one()
    assert sealed not in log
    assert "$argon2" not in log
    assert "lovelace" not in log


async def test_what_fails_leaves_no_entry_and_reading_none(admin: Person) -> None:
    before = (await admin.get("/audit", limit=1))["items"][0]["id"]
    await admin.post("/plans", plan_body(currency="XXX"), expect=422)
    await admin.get("/plans")
    assert (await admin.get("/audit", limit=1))["items"][0]["id"] == before


async def test_signing_in_is_logged_for_who_did(admin: Person) -> None:
    me = await admin.get("/auth/me")
    entry = await newest(admin, actor_id=me["id"], kind="staff_sessions")
    assert (entry["actor_kind"], entry["action"], entry["change"]) == ("nobody", "POST /api/v1/auth/token", "insert")
    assert entry["actor_email"] == ADMIN_EMAIL
    assert entry["address"] == entry["after"]["address"] == "127.0.0.1"


async def test_the_command_line_is_logged(admin: Person, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_read_password", lambda _email: PASSWORD)
    await run_in_thread(accounts.create_admin, database_url, "second@spotfi.test")
    entry = await newest(admin, kind="staff_accounts")
    assert (entry["actor_kind"], entry["action"]) == ("command_line", "spotfi admin create")
    assert entry["after"]["email"] == "second@spotfi.test"


async def run_in_thread(work: Any, *arguments: Any) -> None:
    await asyncio.to_thread(work, *arguments)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET action = 'nothing'", "DELETE FROM audit_log", "TRUNCATE audit_log"],
)
async def test_the_application_cannot_change_the_log(
    town: Town, admin: Person, database_url: str, statement: str
) -> None:
    await town.move_in("Café")
    with psycopg.connect(database_url) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()
        connection.execute("GRANT ALL ON audit_log TO CURRENT_USER")  # even then
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="added to and read"):
            connection.execute(statement)
    assert (await admin.get("/audit"))["items"]


async def test_erasing_a_person_destroys_a_key_and_not_the_log(town: Town, admin: Person, database: Database) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body())
    guest = {"username": "lovelace", "password": "correct horse", "plan_id": plan["id"]}
    subscriber = await owner.post("/subscribers", guest)
    shown = await newest(admin, subject_id=subscriber["id"])
    assert (shown["after"]["username"], shown["erased"]) == ("lovelace", False)
    async with database.unit_of_work() as session:
        await erase_person(session, UUID(subscriber["id"]))
    shown = await newest(admin, subject_id=subscriber["id"])
    assert shown["erased"]
    assert "username" not in shown["after"]
    assert shown["after"]["plan_id"] == plan["id"]
    await owner.patch(f"/subscribers/{subscriber['id']}", {"username": "eve"})
    shown = await newest(admin, subject_id=subscriber["id"])
    assert "username" not in shown["after"]
