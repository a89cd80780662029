"""Documents and reminders by e-mail: each once, in the host's language, also when the mail server was down."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.billing import order_letters
from spotfi_cloud.entrypoints.worker.mail import send_due_mail, smtp_sender
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.identity.service.letters import Send
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town
from tests.integration.api.monthly_run import run_month
from tests.integration.api.test_letters import Mailbox, mailbox

__all__ = ["mailbox"]
TARIFF = {"valid_from": "2026-01", "base_fee_minor": 1000, "tax_rate_percent": "20"}


@pytest.fixture
def send(mailbox: Mailbox) -> Send:
    return smtp_sender(f"smtp://127.0.0.1:{mailbox.port}", "spotfi@spotfi.test")


@pytest.fixture
async def app(settings: Settings, database: Database, clock: ManualClock) -> FastAPI:
    async with database.unit_of_work() as session:
        await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=clock)
    mailing = settings.changed(smtp_url=SecretStr("smtp://127.0.0.1"))
    return create_app(mailing, database, clock, ca_pem=settings.tls_ca_file.read_text())


@pytest.fixture
async def invoice(town: Town, admin: Person) -> dict[str, Any]:
    """Issued on 15 November, due on the 29th, of a host that reads French."""
    owner = await town.move_in("Café")
    await admin.put(f"/hosts/{owner.host_id}/tariff", TARIFF)
    details = {"legal_name": "Café Central OG", "email": "books@cafe.test", "language": "fr"}
    await admin.put(f"/hosts/{owner.host_id}/billing-details", details)
    (issued,) = await run_month(admin, "2026-10")
    return issued


async def work(database: Database, send: Send, clock: ManualClock) -> None:
    await order_letters(database, clock)
    await send_due_mail(database, send, "https://spotfi.test", clock)


def messages(mailbox: Mailbox) -> list[EmailMessage]:
    return [message_from_bytes(bytes(letter.content or b""), policy=default) for letter in mailbox.letters]  # type: ignore[arg-type] # aiosmtpd says str too


async def test_an_overdue_invoice_is_reminded_of_on_the_days_of_the_schedule_once_each(
    town: Town, invoice: dict[str, Any], mailbox: Mailbox, send: Send, clock: ManualClock, database: Database
) -> None:
    for _ in range(50):  # until 4 January
        await work(database, send, clock)
        clock.advance(timedelta(days=1))
    found = messages(mailbox)
    assert [message["To"] for message in found] == ["books@cafe.test"] * 3
    assert found[0]["Subject"] == "Rappel : la facture INV-000001 est échue"
    body = found[0].get_body()
    assert body is not None
    assert "12.00 EUR" in body.get_content()
    (file,) = found[0].iter_attachments()
    assert (file.get_filename(), file.get_content()[:4]) == ("INV-000001.pdf", b"%PDF")
    letters = (await (await town.admin()).get(f"/invoices/{invoice['id']}/letters"))["items"]
    assert [(each["step"], each["ordered_at"][:10]) for each in letters] == [
        (3, "2026-12-02"),
        (10, "2026-12-09"),
        (21, "2026-12-20"),
    ]


async def test_what_was_missed_is_one_reminder_and_what_is_paid_none(
    town: Town, invoice: dict[str, Any], mailbox: Mailbox, send: Send, clock: ManualClock, database: Database
) -> None:
    clock.advance(timedelta(days=30))
    mailbox.refuses = True
    await work(database, send, clock)
    assert mailbox.letters == []
    mailbox.refuses = False
    clock.advance(timedelta(minutes=5))
    await work(database, send, clock)
    await work(database, send, clock)
    assert len(mailbox.letters) == 1
    admin = await town.admin()
    await admin.post(f"/invoices/{invoice['id']}/payments", {"amount_minor": 1200})
    clock.advance(timedelta(days=60))
    await work(database, send, clock)
    assert len(mailbox.letters) == 1


async def test_documents_go_out_on_issue_where_the_installation_says_so_and_when_somebody_has_them_sent(
    admin: Person, invoice: dict[str, Any], mailbox: Mailbox, send: Send, clock: ManualClock, database: Database
) -> None:
    await work(database, send, clock)
    assert mailbox.letters == []
    await admin.put("/billing/issuer", {"legal_name": "Alpine Net GmbH", "send_documents": True})
    for _ in range(2):
        await work(database, send, clock)
    (message,) = messages(mailbox)
    assert message["Subject"] == "Facture INV-000001 pour 2026-10"
    path = f"/invoices/{invoice['id']}/send"
    assert await admin.post(path, None, expect=202) == {"recipient": "books@cafe.test"}
    await admin.post(path, {"recipient": "tax@adviser.test"}, expect=202)
    await admin.post(path, {"recipient": "nobody"}, expect=422)
    await work(database, send, clock)
    assert [message["To"] for message in messages(mailbox)[1:]] == ["books@cafe.test", "tax@adviser.test"]
