"""Invitations and password resets reach a real SMTP server, are retried, and their links work once."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.mail import send_due_mail, smtp_sender
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.identity.service.letters import Send
from spotfi_cloud.identity.wording import texts_in
from spotfi_cloud.kernel.clock import ManualClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import ADMIN_EMAIL, PASSWORD, Person, Town

PUBLIC_URL = "https://spotfi.test:8443"


class Mailbox:
    """What the SMTP server received; may be told to refuse."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refuses = False
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 Try again later"
        self.letters.append(envelope)
        return "250 OK"

    def last(self) -> tuple[str, str]:
        """Subject and text of the newest letter."""
        content = self.letters[-1].content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        body = letter.get_body()
        assert body is not None
        return letter["Subject"], body.get_content()

    def last_token(self) -> str:
        found = re.search(r"token=([\w-]+)", self.last()[1])
        assert found is not None
        return found[1]


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="mail.spotfi.test", loop=loop), "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


@pytest.fixture
def send(mailbox: Mailbox) -> Send:
    return smtp_sender(f"smtp://127.0.0.1:{mailbox.port}", "spotfi@spotfi.test")


@pytest.fixture
async def app(settings: Settings, database: Database, clock: ManualClock) -> FastAPI:
    async with database.unit_of_work() as session:
        await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=clock)
    mailing = settings.changed(smtp_url=SecretStr("smtp://127.0.0.1"))
    return create_app(mailing, database, clock, ca_pem=settings.tls_ca_file.read_text())


async def test_an_invitation_sets_the_first_password(
    town: Town, admin: Person, mailbox: Mailbox, send: Send, database: Database, clock: ManualClock
) -> None:
    await admin.post("/staff", {"email": "new@spotfi.test", "role": "support"})
    form = {"username": "new@spotfi.test", "password": PASSWORD}
    await town.anyone.call("POST", "/auth/token", expect=401, data=form)
    await send_due_mail(database, send, PUBLIC_URL, clock)
    assert mailbox.letters[0].rcpt_tos == ["new@spotfi.test"]
    new = {"token": mailbox.last_token(), "password": PASSWORD}
    await town.anyone.post("/auth/password", new, expect=204)
    await town.sign_in("new@spotfi.test")
    await town.anyone.post("/auth/password", new, expect=410)


async def test_a_reset_tells_nobody_which_addresses_have_accounts(
    town: Town, mailbox: Mailbox, send: Send, database: Database, clock: ManualClock
) -> None:
    for email in ("nobody@spotfi.test", ADMIN_EMAIL):
        assert await town.anyone.post("/auth/password-reset", {"email": email}, expect=202) is None
    await send_due_mail(database, send, PUBLIC_URL, clock)
    assert [letter.rcpt_tos for letter in mailbox.letters] == [[ADMIN_EMAIL]]
    old = await town.admin()
    new = {"token": mailbox.last_token(), "password": "another good one"}
    await town.anyone.post("/auth/password", new, expect=204)
    await old.get("/auth/me", expect=401)
    await town.sign_in(ADMIN_EMAIL, "another good one")


async def test_a_link_expires_and_a_newer_one_voids_it(
    town: Town, mailbox: Mailbox, send: Send, database: Database, clock: ManualClock
) -> None:
    tokens = []
    for _ in range(2):
        await town.anyone.post("/auth/password-reset", {"email": ADMIN_EMAIL}, expect=202)
        await send_due_mail(database, send, PUBLIC_URL, clock)
        tokens.append(mailbox.last_token())
        clock.advance(timedelta(minutes=3))
    await town.anyone.post("/auth/password", {"token": tokens[0], "password": PASSWORD}, expect=410)
    clock.advance(timedelta(hours=1))
    await town.anyone.post("/auth/password", {"token": tokens[1], "password": PASSWORD}, expect=410)


async def test_a_mail_server_that_is_busy_gets_it_later(
    town: Town, mailbox: Mailbox, send: Send, database: Database, clock: ManualClock
) -> None:
    mailbox.refuses = True
    await town.anyone.post("/auth/password-reset", {"email": ADMIN_EMAIL}, expect=202)
    await send_due_mail(database, send, PUBLIC_URL, clock)
    mailbox.refuses = False
    await send_due_mail(database, send, PUBLIC_URL, clock)
    assert mailbox.letters == []
    clock.advance(timedelta(seconds=31))
    await send_due_mail(database, send, PUBLIC_URL, clock)
    assert len(mailbox.letters) == 1


async def test_many_resets_from_one_client_are_slowed(town: Town) -> None:
    for _ in range(6):
        await town.anyone.post("/auth/password-reset", {"email": ADMIN_EMAIL}, expect=202)
    await town.anyone.post("/auth/password-reset", {"email": ADMIN_EMAIL}, expect=429)
    await town.admin()


async def test_a_hosts_people_are_written_to_in_its_language(
    town: Town, admin: Person, mailbox: Mailbox, send: Send, database: Database, clock: ManualClock
) -> None:
    for language in ("ar", "pt-BR", None):
        host = await admin.post("/hosts", {"name": "Bar", "timezone": "UTC", "currency": "EUR", "language": language})
        invited = {"email": f"owner@{host['id']}.test", "role": "host", "host_id": host["id"]}
        await admin.post("/staff", invited)
        await send_due_mail(database, send, PUBLIC_URL, clock)
        subject, body = mailbox.last()
        assert subject == texts_in(language)["invitation_subject"]
        assert texts_in(language)["invitation_opening"] in body
        assert mailbox.last_token()
