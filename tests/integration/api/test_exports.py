"""What is known about a guest or a host's people is handed out whole: nothing that other answers show is missing."""

import json
from uuid import UUID

from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import NOW, Person, Town, plan_body
from tests.integration.api.test_alerts import raise_alert

CHANNELS = (
    {"name": "On call", "kind": "email", "recipient": "noc@cafe.test"},
    {"name": "Desk", "kind": "webhook", "url": "https://hooks.cafe.test/x"},
)


async def test_a_guests_export_has_its_plans_top_ups_and_what_was_told_of_it(town: Town, database: Database) -> None:
    owner = await town.move_in("Café")
    plan = await owner.post("/plans", plan_body())
    body = {"username": "lovelace", "password": "correct horse", "plan_id": plan["id"]}
    guest = await owner.post("/subscribers", body)
    path = f"/subscribers/{guest['id']}"
    for number in range(3):
        await owner.post(f"{path}/top-ups", {"bytes": 10**6 + number, "note": f"at the counter {number}"})
    await owner.post(f"{path}/assignments", {"plan_id": plan["id"], "start": "queue", "note": "next week too"})
    about = {"host_id": UUID(owner.host_id), "subject_id": UUID(guest["id"])}
    await raise_alert(database, ManualClock(NOW), kind="quota_exhausted", severity="info", **about)
    shown = await owner.get(f"{path}/export")
    assert shown["assignments"] == (await owner.get(f"{path}/assignments"))["items"]
    assert shown["top_ups"] == (await owner.get(f"{path}/top-ups"))["items"]
    assert shown["alerts"] == (await owner.get("/alerts", subject_id=guest["id"]))["items"]
    assert shown["login_attempts"] == []
    assert [len(shown[name]) for name in ("assignments", "top_ups", "alerts")] == [2, 3, 1]
    other = await owner.post("/subscribers", body | {"username": "babbage"})
    assert "counter" not in json.dumps(await owner.get(f"/subscribers/{other['id']}/export"))


async def test_a_hosts_export_has_where_it_is_told_of_alerts_and_what_documents_say(town: Town, admin: Person) -> None:
    owner, other = await town.move_in("Café"), await town.move_in("Hotel")
    for channel in CHANNELS:
        await owner.post("/alert-channels", channel)
    await other.post("/alert-channels", {"name": "Other", "kind": "email", "recipient": "noc@hotel.test"})
    shown = await admin.get(f"/hosts/{owner.host_id}/export")
    assert shown["alert_channels"] == (await owner.get("/alert-channels"))["items"]
    assert {each["recipient"] or each["url"] for each in shown["alert_channels"]} == {
        "noc@cafe.test",
        "https://hooks.cafe.test/x",
    }
    assert shown["billing_details"] == await admin.get(f"/hosts/{owner.host_id}/billing-details")
    assert "whsec_" not in json.dumps(shown)
