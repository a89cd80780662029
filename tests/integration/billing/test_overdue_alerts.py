"""An invoice that is overdue is an alert, told by e-mail and webhook, until it is paid."""

from datetime import timedelta
from typing import Any

from spotfi_cloud.alerts.service import looking
from spotfi_cloud.entrypoints.worker.alerts import find_overdue_invoices, send_due_letters
from spotfi_cloud.identity.rules import Role
from spotfi_cloud.identity.service.letters import Send
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town
from tests.integration.api.test_letters import Mailbox, mailbox
from tests.integration.billing.test_payments import pay
from tests.integration.billing.test_reminders import app, invoice, messages, send

__all__ = ["app", "invoice", "mailbox", "send"]


async def look(database: Database, clock: ManualClock) -> tuple[int, int]:
    """A minute later: how many alerts were raised and cleared."""
    clock.advance(timedelta(minutes=1))
    async with database.unit_of_work() as session:
        looked = await looking.look(session, look_at_money=find_overdue_invoices, clock=clock)
    assert looked is not None
    return looked.raised, looked.cleared


async def test_an_overdue_invoice_is_an_alert_until_it_is_paid(
    town: Town, invoice: dict[str, Any], mailbox: Mailbox, send: Send, clock: ManualClock, database: Database
) -> None:
    admin = await town.admin()
    await admin.post("/alert-channels", {"name": "Books", "kind": "email", "recipient": "isp@spotfi.test"})
    await admin.post("/alert-channels", {"name": "ERP", "kind": "webhook", "url": "https://example.com/hook"})
    assert await look(database, clock) == (0, 0)
    clock.advance(timedelta(days=15))  # it was due on the 29th
    assert await look(database, clock) == (1, 0)
    assert await look(database, clock) == (0, 0)
    admin = await town.admin()
    [alert] = (await admin.get("/alerts", open=True))["items"]
    assert (alert["kind"], alert["host_id"], alert["subject_id"], alert["name"], alert["value"], alert["unit"]) == (
        "invoice_overdue", invoice["host_id"], invoice["id"], invoice["reference"], 1.0, "d",
    )  # fmt: skip
    technician = await town.employ(admin, Role.TECHNICIAN, host_ids=[invoice["host_id"]])
    assert (await technician.get("/alerts"))["items"] == []
    await pay(admin, invoice, invoice["total_minor"])
    assert await look(database, clock) == (0, 1)
    await send_due_letters(database, send, "https://spotfi.test", "UTC", clock)
    [letter] = messages(mailbox)
    assert "invoice overdue: INV-000001" in letter.get_content()
    told = await deliveries(admin)
    assert [(each["event"], each["state"]) for each in told] == [("raised", "pending"), ("cleared", "pending")]


async def test_a_host_sets_after_how_many_days_it_is_told(
    town: Town, invoice: dict[str, Any], clock: ManualClock, database: Database
) -> None:
    admin = await town.admin()
    rule = {"threshold": 10, "clear_threshold": 10}
    await admin.put(f"/hosts/{invoice['host_id']}/alert-rules/invoice_overdue", rule)
    clock.advance(timedelta(days=20))
    assert await look(database, clock) == (0, 0)
    clock.advance(timedelta(days=4))
    assert await look(database, clock) == (1, 0)


async def deliveries(admin: Person) -> list[dict[str, Any]]:
    channels = (await admin.get("/alert-channels"))["items"]
    [hook] = [each for each in channels if each["kind"] == "webhook"]
    told: list[dict[str, Any]] = (await admin.get(f"/alert-channels/{hook['id']}/deliveries", sort="created_at"))[
        "items"
    ]
    return told
