"""Alerts over the API: who sees which, acknowledgement, rules, channels, and what the event stream's events say."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from spotfi_cloud.identity.rules import Role
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of


async def raise_alert(database: Database, clock: ManualClock, **values: Any) -> str:
    """An alert as the worker writes it; its id."""
    row = {"id": new_id(), "subject_id": new_id(), "router_id": None, "host_id": None, "at": clock.now()} | values
    async with database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO alerts (id, host_id, kind, severity, subject_id, router_id, details, raised_at)"
                " VALUES (:id, :host_id, :kind, :severity, :subject_id, :router_id, '{}', :at)"
            ),
            row,
        )
    return str(row["id"])


async def test_who_sees_which_alerts_and_how_they_are_acknowledged(
    town: Town, admin: Person, database: Database, clock: ManualClock
) -> None:
    owner = await town.move_in("Café")
    router = await owner.post("/routers", {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent"})
    mine = {"host_id": UUID(owner.host_id), "router_id": UUID(router["id"]), "subject_id": UUID(router["id"])}
    cpu = await raise_alert(database, clock, kind="cpu_high", severity="warning", **mine)
    clock.advance(timedelta(seconds=1))
    quota = await raise_alert(database, clock, kind="quota_exhausted", severity="info", host_id=UUID(owner.host_id))
    fleet = await raise_alert(database, clock, kind="fleet_offline", severity="critical")
    failed = await raise_alert(database, clock, kind="command_failed", severity="warning", **mine)
    technician = await town.employ(admin, Role.TECHNICIAN, host_ids=[owner.host_id or ""])

    async def seen(person: Person, **query: Any) -> set[str]:
        return {each["id"] for each in (await person.get("/alerts", **query))["items"]}

    assert await seen(owner) == {cpu, quota, failed}
    assert await seen(admin) == {cpu, quota, failed, fleet}
    assert await seen(technician) == {cpu, failed}
    await technician.get(f"/alerts/{quota}", expect=404)
    assert await seen(owner, kind="cpu_high", severity="warning", router_id=router["id"]) == {cpu}
    assert (await owner.get(f"/alerts/{cpu}"))["name"] == "Bar"

    done = await owner.post(f"/alerts/{cpu}/acknowledge", {"note": "on my way"}, expect=200)
    assert (done["state"], done["note"], done["acknowledged_by"]) == (
        "acknowledged", "on my way", (await owner.get("/auth/me"))["id"],
    )  # fmt: skip
    over = await owner.post(f"/alerts/{failed}/acknowledge", None, expect=200)
    assert over["state"] == "cleared"
    assert await seen(owner, open=True) == {cpu, quota}
    assert await seen(owner, state="acknowledged") == {cpu}
    counts = (await owner.get("/overview"))["alerts"]
    assert counts == {"critical": 0, "warning": 1, "info": 1, "unacknowledged": 1}
    table = (await owner.call("GET", "/alerts?format=csv", expect=200)).decode()
    assert table.count("\r\n") == 4
    entries = await admin.get("/audit", kind="alerts")
    assert {entry["subject_id"] for entry in entries["items"]} == {cpu, failed}


async def test_rules_of_the_installation_hold_until_a_host_sets_its_own(town: Town, admin: Person) -> None:
    owner = await town.move_in("Café")
    path = f"/hosts/{owner.host_id}/alert-rules"

    async def rule() -> tuple[str, float]:
        items = {each["kind"]: each for each in (await owner.get(path))["items"]}
        assert "fleet_offline" not in items
        return items["cpu_high"]["source"], items["cpu_high"]["threshold"]

    assert await rule() == ("default", 90)
    await admin.put("/alert-rules/cpu_high", {"threshold": 97})
    assert await rule() == ("installation", 97)
    await owner.put(f"{path}/cpu_high", {"threshold": 85, "enabled": False})
    assert await rule() == ("host", 85)
    await owner.delete(f"{path}/cpu_high")
    await admin.delete("/alert-rules/cpu_high")
    assert await rule() == ("default", 90)
    wrong = await owner.put(f"{path}/cpu_high", {"threshold": 50}, expect=422)
    assert fields_of(wrong) == ["clear_threshold"]
    await owner.put(f"{path}/router_offline", {"threshold": 1}, expect=422)
    await owner.put(f"{path}/fleet_offline", {"enabled": False}, expect=404)
    await admin.put("/alert-rules/nothing", {"enabled": False}, expect=404)


async def test_channels_keep_their_secret_and_refuse_private_targets(
    town: Town, admin: Person, database: Database
) -> None:
    owner = await town.move_in("Café")
    hook = {"name": "Ops", "kind": "webhook", "url": "https://example.com/hook"}
    made = await owner.post("/alert-channels", hook)
    assert made["secret"].startswith("whsec_")
    assert made["host_id"] == owner.host_id
    assert "secret" not in await owner.get(f"/alert-channels/{made['id']}")
    for url in ("http://example.com/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://u:p@example.com/"):
        refused = await owner.post("/alert-channels", hook | {"url": url}, expect=422)
        assert fields_of(refused) == ["url"]
        await owner.patch(f"/alert-channels/{made['id']}", {"url": url}, expect=422)
    await owner.post("/alert-channels", hook | {"recipient": "a@b.test"}, expect=422)
    await owner.patch(f"/alert-channels/{made['id']}", {"recipient": "a@b.test"}, expect=422)
    ordered = await owner.post(f"/alert-channels/{made['id']}/test", None, expect=202)
    log = await owner.get(f"/alert-channels/{made['id']}/deliveries")
    assert [(each["id"], each["state"]) for each in log["items"]] == [(ordered["delivery_id"], "pending")]
    await owner.patch(f"/alert-channels/{made['id']}", {"enabled": False})
    await owner.post(f"/alert-channels/{made['id']}/test", None, expect=422)
    audit = (await admin.get("/audit", kind="alert_channels"))["items"]
    assert "whsec_" not in str(audit)
    assert "example.com" not in str(audit)
    await owner.delete(f"/alert-channels/{made['id']}")
    async with database.unit_of_work() as session:
        assert (await session.execute(text("SELECT count(*) FROM alert_deliveries"))).scalar_one() == 0


async def test_nobody_has_alerts_told_that_they_may_not_see(town: Town, admin: Person) -> None:
    support = await town.employ(admin, Role.SUPPORT)
    mail = {"name": "Desk", "kind": "email", "recipient": "desk@spotfi.test"}
    mine = await support.post("/alert-channels", mail)
    assert "invoice_overdue" not in mine["alert_kinds"]
    assert "quota_exhausted" in mine["alert_kinds"]
    assert fields_of(
        await support.post("/alert-channels", mail | {"alert_kinds": ["invoice_overdue"]}, expect=403)
    ) == ["alert_kinds"]
    of_admin = await admin.post("/alert-channels", mail)
    assert of_admin["alert_kinds"] is None
    await support.patch(f"/alert-channels/{of_admin['id']}", {"recipient": "me@spotfi.test"}, expect=403)
    narrowed = await support.patch(f"/alert-channels/{mine['id']}", {"alert_kinds": None})
    assert narrowed["alert_kinds"] == mine["alert_kinds"]


async def test_a_host_that_is_erased_is_told_nothing_any_more(town: Town, admin: Person) -> None:
    owner = await town.move_in("Café")
    await owner.post("/alert-channels", {"name": "Me", "kind": "email", "recipient": "me@spotfi.test"})
    await admin.post(f"/hosts/{owner.host_id}/suspend", None, expect=200)
    await admin.post(f"/hosts/{owner.host_id}/erase", None, expect=204)
    assert (await admin.get("/alert-channels"))["items"] == []
    assert "me@spotfi.test" not in str(await admin.get("/audit", kind="alert_channels"))
