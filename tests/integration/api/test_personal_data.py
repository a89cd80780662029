"""A guest's data is handed out whole, and erased without a trace of who it was; what is billed stays."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from spotfi_cloud.entrypoints.worker.billing import Biller
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.sessions.service import verify
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town, plan_body
from tests.integration.api.furnishing import open_session
from tests.integration.api.monthly_run import run_month
from tests.integration.api.test_alerts import raise_alert


async def guest_of(owner: Person) -> Any:
    plan = await owner.post("/plans", plan_body())
    return await owner.post(
        "/subscribers", {"username": "lovelace", "password": "correct horse", "plan_id": plan["id"]}
    )


async def stay_of(owner: Person, subscriber: Any, database: Database) -> str:
    router = await owner.post(
        "/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent", "address": None}
    )
    session_id = await open_session(database, router["id"], owner.host_id, subscriber["id"])
    async with database.unit_of_work() as session:
        facts = "username = 'lovelace', calling_station_id = '02-00-00-00-00-01', framed_ip = '10.1.2.3'"
        await session.execute(text(f"UPDATE sessions SET {facts}"))
    return session_id


async def write_notes(owner: Person, subscriber: Any, database: Database, note: str) -> None:
    """Wherever staff may write something about a guest."""
    of_guest = f"/subscribers/{subscriber['id']}"
    await owner.post(f"{of_guest}/top-ups", {"bytes": 10**9, "note": note})
    await owner.post(f"{of_guest}/assignments", {"plan_id": subscriber["plan_id"], "start": "queue", "note": note})
    about = {"host_id": UUID(owner.host_id), "subject_id": UUID(subscriber["id"])}
    alert_id = await raise_alert(database, ManualClock(NOW), kind="quota_exhausted", severity="info", **about)
    await owner.post(f"/alerts/{alert_id}/acknowledge", {"note": note}, expect=200)


async def test_the_export_has_account_and_sessions(town: Town, database: Database) -> None:
    owner, stranger = await town.move_in("Café"), await town.move_in("Hotel")
    subscriber = await guest_of(owner)
    session_id = await stay_of(owner, subscriber, database)
    shown = await owner.get(f"/subscribers/{subscriber['id']}/export")
    assert shown["subscriber"]["username"] == "lovelace"
    assert [(each["id"], each["framed_ip"]) for each in shown["sessions"]] == [(session_id, "10.1.2.3")]
    assert "correct horse" not in json.dumps(shown)
    await stranger.get(f"/subscribers/{subscriber['id']}/export", expect=404)


async def test_erasing_leaves_what_is_billed_and_nothing_of_who_it_was(
    town: Town, admin: Person, database: Database
) -> None:
    owner = await town.move_in("Café")
    subscriber = await guest_of(owner)
    await stay_of(owner, subscriber, database)
    await write_notes(owner, subscriber, database, "for Mr lovelace")
    path = f"/subscribers/{subscriber['id']}/erase"
    await owner.post(path, None, expect=409)  # the session is open
    async with database.unit_of_work() as session:
        long_ago = {"at": NOW.replace(month=10)}
        await session.execute(text("UPDATE sessions SET ended_at = :at, heard_at = :at, stopped = true"), long_ago)
    await owner.post(path, None, expect=204)
    shown = await owner.get(f"/subscribers/{subscriber['id']}")
    assert shown["username"] == f"erased-{subscriber['id']}"
    assert shown["disabled_at"] is not None
    async with database.unit_of_work() as session:
        tables = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        for table in tables:
            rows = str((await session.execute(text(f"SELECT {table}::text FROM {table}"))).all())
            for trace in ("lovelace", "02-00-00-00-00-01", "10.1.2.3"):
                assert trace not in rows, (table, trace)
        assert (await session.execute(text("SELECT count(*) FROM sessions"))).scalar_one() == 1
        assert await verify(session) == []
    entries = (await admin.get("/audit", limit=50))["items"]
    mine = [entry for entry in entries if entry["subject_id"] == subscriber["id"]]
    assert (
        len([entry for entry in mine if entry["erased"]]) == 2
    )  # that it was made and renamed; the top-up names nobody
    assert {entry["kind"] for entry in entries if entry["erased"]} >= {"assignments", "top_ups", "alerts"}


async def test_a_host_with_open_invoices_is_not_erased(town: Town, admin: Person, database: Database) -> None:
    owner = await town.move_in("Café")
    await admin.put(f"/hosts/{owner.host_id}/tariff", {"valid_from": "2026-01", "base_fee_minor": 1000})
    await Biller(database, ManualClock(NOW + timedelta(days=20))).bill()
    [invoice] = (await admin.get("/invoices", host_id=owner.host_id))["items"]
    await admin.post(f"/hosts/{owner.host_id}/suspend", None, expect=200)
    refused = await admin.post(f"/hosts/{owner.host_id}/erase", None, expect=409)
    assert invoice["reference"] in refused["detail"]
    assert len((await admin.get(f"/hosts/{owner.host_id}/export"))["staff"]) == 1, "nothing is half erased"
    await admin.post(f"/invoices/{invoice['id']}/payments", {"amount_minor": 1000, "method": "bank transfer"})
    await admin.post(f"/hosts/{owner.host_id}/erase", None, expect=204)


async def test_a_host_that_has_left_is_erased_with_its_people_and_its_invoices_stay(
    town: Town, admin: Person, database: Database
) -> None:
    owner, other = await town.move_in("Café"), await town.move_in("Hotel")
    contact = {
        "contact_name": "Ada Lovelace",
        "contact_email": "ada@cafe.test",
        "support_contact": "Countess of the bar",
    }
    await owner.patch(f"/hosts/{owner.host_id}", contact)
    await run_month(admin, "2026-10")
    invoices = (await admin.get("/invoices", host_id=owner.host_id))["items"]
    shown = await admin.get(f"/hosts/{owner.host_id}/export")
    assert shown["host"]["contact_email"] == "ada@cafe.test"
    assert [account["email"] for account in shown["staff"]] == [f"owner@{owner.host_id}.test"]
    await admin.post(f"/hosts/{owner.host_id}/erase", None, expect=409)
    await admin.post(f"/hosts/{owner.host_id}/suspend", None, expect=200)
    await admin.post(f"/hosts/{owner.host_id}/erase", None, expect=204)
    assert (await admin.get("/invoices", host_id=owner.host_id))["items"] == invoices
    await owner.get("/auth/me", expect=401)
    await other.get("/auth/me")
    async with database.unit_of_work() as session:
        for table in ("hosts", "staff_accounts", "staff_sessions", "audit_log", "mail_outbox"):
            left = await session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert not [
                word for word in ("Lovelace", "ada@cafe", "Countess", f"owner@{owner.host_id}") if word in (left or "")
            ]
    entries = (await admin.get("/audit", subject_id=owner.host_id))["items"]
    assert any(entry["erased"] for entry in entries)
    assert "Lovelace" not in json.dumps(entries)
