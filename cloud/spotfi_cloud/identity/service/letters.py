"""E-mails: ordered in the transaction that wants them, written and sent later by the worker, retried.

The API orders a password reset whether or not the address has an account, so nobody learns from the answer, or from the time it
takes, which addresses have one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.identity.repository import accounts, links
from spotfi_cloud.identity.repository.links import OutgoingMail
from spotfi_cloud.identity.rules import normal_email
from spotfi_cloud.identity.service.brake import Brake
from spotfi_cloud.identity.service.links import make_link
from spotfi_cloud.identity.wording import texts_in
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import DependencyError
from spotfi_cloud.kernel.ids import new_id

_FIRST_RETRY = timedelta(seconds=30)
_MAX_ATTEMPTS = 12
_RESET_AT_MOST_EVERY = timedelta(minutes=2)


class Kind(StrEnum):
    """What an e-mail is about."""

    INVITATION = "invitation"
    RESET = "reset"
    WRITTEN = "written"


_LIVES = {Kind.INVITATION: timedelta(days=7), Kind.RESET: timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with an e-mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail ready to be sent."""

    recipient: str
    subject: str
    text: str
    attachment: Attachment | None = None


class MailError(DependencyError):
    """The mail server is away or refused the e-mail; it will be tried again."""

    code = "mail_failed"


Send = Callable[[Letter], Awaitable[None]]
"""Hands a letter to a mail server; MailError where that fails."""
LanguageOf = Callable[[AsyncSession, UUID], Awaitable[str | None]]
"""The language of a host (BCP 47), where it has chosen one; hosts lie above."""


async def order(session: AsyncSession, kind: Kind, recipient: str, *, clock: Clock) -> None:
    """Have an e-mail sent once the transaction is committed."""
    await links.add_mail(session, new_id(), kind, normal_email(recipient), clock.now())


async def order_letter(session: AsyncSession, letter: Letter, *, clock: Clock) -> None:
    """Have a letter that says all it has to say sent once the transaction is committed."""
    written: dict[str, Any] = {"subject": letter.subject, "text": letter.text}
    if letter.attachment is not None:
        written |= {"attachment_name": letter.attachment.name, "attachment": letter.attachment.content}
    await links.add_mail(session, new_id(), Kind.WRITTEN, letter.recipient, clock.now(), written=written)


async def order_reset(session: AsyncSession, email: str, address: str, *, clock: Clock) -> None:
    """Order a password reset for whoever has the e-mail. TooManySignInsError where the client asks too often."""
    brake = Brake(f"reset of {normal_email(email)}", address)
    await brake.check(session, clock=clock)
    await brake.note_failure(session, clock=clock)
    await order(session, Kind.RESET, email, clock=clock)


async def send_next(
    session: AsyncSession, send: Send, *, language_of: LanguageOf, public_url: str, clock: Clock
) -> str | None:
    """Write and send the e-mail that is due: `sent`, `dropped` or `postponed`; None where none is due.

    A Host's people are written to in the language of their host, everyone else in English.

    A crash between the sending and the commit sends it once more, with a link of its own.
    """
    mail = await links.lock_due_mail(session, clock.now())
    if mail is None:
        return None
    try:
        async with session.begin_nested():
            letter = await _write(session, mail, language_of, public_url, clock)
            if letter is not None:
                await send(letter)
    except MailError:
        return await _try_later(session, mail, clock)
    await links.delete_mail(session, mail.id)
    return "dropped" if letter is None else "sent"


async def _write(
    session: AsyncSession, mail: OutgoingMail, language_of: LanguageOf, public_url: str, clock: Clock
) -> Letter | None:
    """The letter, with a fresh link where it has one; None where nobody is to get it."""
    if mail.kind == Kind.WRITTEN:
        return _as_written(mail)
    account, kind = await accounts.find_by_email(session, mail.recipient), Kind(mail.kind)
    if account is None or account.disabled_at is not None:
        return None
    since = clock.now() - _RESET_AT_MOST_EVERY
    if kind is Kind.RESET and await links.made_since(session, account.id, since):
        return None
    token = await make_link(session, account.id, _LIVES[kind], clock=clock)
    said = texts_in(None if account.host_id is None else await language_of(session, account.host_id))
    # After the #, so that the token reaches no server's log.
    text = f"{said[f'{kind}_opening']}\n\n{public_url}/#/set-password?token={token}\n\n{said['closing']}\n"
    return Letter(account.email, said[f"{kind}_subject"], text)


def _as_written(mail: OutgoingMail) -> Letter:
    file = None if mail.attachment is None else Attachment(mail.attachment_name or "", mail.attachment)
    return Letter(mail.recipient, mail.subject or "", mail.text or "", file)


async def _try_later(session: AsyncSession, mail: OutgoingMail, clock: Clock) -> str:
    attempts = mail.attempts + 1
    if attempts >= _MAX_ATTEMPTS:
        await links.delete_mail(session, mail.id)
        return "dropped"
    await links.postpone_mail(session, mail.id, attempts, clock.now() + _FIRST_RETRY * 2 ** (attempts - 1))
    return "postponed"
