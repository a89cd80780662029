"""The worker's part of alerts: looking, telling, forgetting."""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.observation import Observation
from spotfi_cloud.alerts.rules import AlertKind
from spotfi_cloud.alerts.service import alerts, looking, sending
from spotfi_cloud.alerts.service.channels import SECRET_PURPOSE
from spotfi_cloud.billing.service.accounts import list_overdue
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.entrypoints.worker.mail import smtp_sender
from spotfi_cloud.entrypoints.worker.webhooks import webhook_poster
from spotfi_cloud.identity.service.letters import Letter, MailError, Send
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_LOOK_EVERY_S = 15.0
_TELL_EVERY_S = 2.0
_FORGET_EVERY_S = 600.0


def alert_loops(database: Database, settings: Settings, clock: Clock) -> list[Loop]:
    """The loops of this part."""
    sealer = Sealer(settings.require_secret_key(), SECRET_PURPOSE)
    post = webhook_poster(allow_private=settings.webhook_allow_private)
    smtp_url = settings.smtp_url
    send = _no_server if smtp_url is None else smtp_sender(smtp_url.get_secret_value(), settings.mail_from)

    async def look() -> None:
        async with database.unit_of_work() as session:
            looked = await looking.look(session, look_at_money=find_overdue_invoices, clock=clock)
        if looked is not None and (looked.raised or looked.cleared):
            _log.info("alerts_changed", raised=looked.raised, cleared=looked.cleared)

    async def tell_by_webhook() -> None:
        await send_due_webhooks(database, sealer, post, clock)

    async def tell_by_letter() -> None:
        await send_due_letters(database, send, settings.public_url, settings.timezone, clock)

    async def forget() -> None:
        while True:
            async with database.unit_of_work() as session:
                if not await alerts.forget_old_alerts(session, clock=clock):
                    return

    return [
        periodic("alerts", _LOOK_EVERY_S, look),
        periodic("alert_webhooks", _TELL_EVERY_S, tell_by_webhook),
        periodic("alert_letters", _TELL_EVERY_S, tell_by_letter),
        periodic("alerts_forgotten", _FORGET_EVERY_S, forget),
    ]


async def find_overdue_invoices(session: AsyncSession, now: datetime) -> list[Observation]:
    """What hosts owe too long, by the days since it was due."""
    return [
        Observation(
            AlertKind.INVOICE_OVERDUE,
            each.invoice_id,
            each.host_id,
            None,
            None,
            float((each.today - each.due_on).days),
            {"invoice": each.reference},
        )
        for each in await list_overdue(session, now)
    ]


async def _no_server(_letter: Letter) -> None:
    msg = "there is no mail server: SPOTFI_SMTP_URL is not set"
    raise MailError(msg)


async def send_due_webhooks(database: Database, sealer: Sealer, post: sending.Post, clock: Clock) -> None:
    """Send what is due, a few of each channel at a time, until nothing is."""

    async def send_one(due: sending.DueWebhook) -> None:
        try:
            answer = await post(due.url, due.body, due.headers(clock.now()))
        except sending.WebhookError as error:
            async with database.unit_of_work() as session:
                again = await sending.note_failure(session, due.attempt, error.message, clock=clock)
            _log.warning("webhook_failed", delivery=str(due.attempt.delivery_ids[0]), error=error.message, again=again)
            return
        async with database.unit_of_work() as session:
            await sending.note_success(session, due.attempt, answer, clock=clock, letter=False)

    while True:
        async with database.unit_of_work() as session:
            claimed = await sending.claim_webhooks(session, sealer, clock=clock)
        if not claimed:
            return
        await asyncio.gather(*(send_one(due) for due in claimed))


async def send_due_letters(database: Database, send: Send, public_url: str, default_zone: str, clock: Clock) -> None:
    """Send the letters that are due."""
    while True:
        async with database.unit_of_work() as session:
            due = await sending.claim_letter(session, public_url=public_url, default_zone=default_zone, clock=clock)
        if due is None:
            return
        try:
            await send(due.letter)
        except MailError as error:
            async with database.unit_of_work() as session:
                await sending.note_failure(session, due.attempt, error.message, clock=clock)
            continue
        async with database.unit_of_work() as session:
            await sending.note_success(session, due.attempt, "taken by the mail server", clock=clock, letter=True)
