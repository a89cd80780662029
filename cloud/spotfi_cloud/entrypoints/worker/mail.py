"""The worker's part of e-mail, by SMTP (RFC 5321) to the server the settings name, and the forgetting of old sign-in data."""

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.entrypoints.worker.loops import Loop, periodic
from spotfi_cloud.hosts import service as hosts
from spotfi_cloud.identity.service import letters
from spotfi_cloud.identity.service.brake import forget_old_delays
from spotfi_cloud.identity.service.letters import Letter, MailError, Send
from spotfi_cloud.identity.service.links import forget_old_links
from spotfi_cloud.identity.service.sessions import forget_old_sessions
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.storage.database import Database

_log = structlog.get_logger(__name__)
_MAIL_EVERY_S = 2.0
_FORGET_EVERY_S = 600.0
_TIMEOUT_S = 20.0
_SMTP_PORT, _SMTPS_PORT = 25, 465


def smtp_sender(url: str, sender: str) -> Send:
    """Sends by the server of an `smtp://` URL (with STARTTLS where it offers it) or an `smtps://` one."""
    parts = urlsplit(url)
    implicit_tls = parts.scheme == "smtps"

    async def send(letter: Letter) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, letter.recipient, letter.subject
        message.set_content(letter.text)
        if letter.attachment is not None:
            file = letter.attachment
            message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
        try:
            await aiosmtplib.send(
                message,
                hostname=parts.hostname,
                port=parts.port or (_SMTPS_PORT if implicit_tls else _SMTP_PORT),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=implicit_tls,
                timeout=_TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            _log.warning("mail_failed", error=f"{type(error).__name__}: {error}"[:300])
            msg = "The mail server did not take the e-mail."
            raise MailError(msg) from error

    return send


def identity_loops(database: Database, settings: Settings, clock: Clock) -> list[Loop]:
    """The loops of this part; without a mail server none sends."""

    async def forget() -> None:
        for delete in (forget_old_delays, forget_old_sessions, forget_old_links):
            async with database.unit_of_work() as session:
                await delete(session, clock=clock)

    loops = [periodic("sign_in_retention", _FORGET_EVERY_S, forget)]
    if settings.smtp_url is not None:
        send = smtp_sender(settings.smtp_url.get_secret_value(), settings.mail_from)

        async def send_due() -> None:
            await send_due_mail(database, send, settings.public_url, clock)

        loops.append(periodic("mail", _MAIL_EVERY_S, send_due))
    return loops


async def send_due_mail(database: Database, send: Send, public_url: str, clock: Clock) -> None:
    """Send what is due, each in a transaction of its own."""
    while True:
        async with database.unit_of_work() as session:
            outcome = await letters.send_next(
                session, send, language_of=hosts.language_of, public_url=public_url, clock=clock
            )
        if outcome is None:
            return
        _log.info("mail_handled", outcome=outcome)
