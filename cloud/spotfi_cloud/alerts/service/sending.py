"""Telling what is due: claimed, told without any lock held, and its outcome noted; tried again for a day.

A worker that dies after the telling and before the noting tells it again: a webhook's receiver knows it by its id.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.back_off import GIVES_UP_AFTER, retry_delay
from spotfi_cloud.alerts.letter import Line, alert_letter
from spotfi_cloud.alerts.repository import alerts, channels, deliveries, measuring
from spotfi_cloud.alerts.repository.alerts import Alert
from spotfi_cloud.alerts.repository.deliveries import AlertDelivery
from spotfi_cloud.alerts.rules import OF_GUESTS, UNITS, AlertKind, Severity
from spotfi_cloud.alerts.signature import HEADER, sign
from spotfi_cloud.hosts import service as hosts
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.service.letters import Letter
from spotfi_cloud.identity.wording import texts_in
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import DependencyError
from spotfi_cloud.kernel.sealing import Sealer

_LETTERS_APART = timedelta(minutes=5)
_WEBHOOK_LEASE = timedelta(minutes=1)
_LETTER_LEASE = timedelta(minutes=2)
_WEBHOOKS_AT_ONCE_PER_CHANNEL = 4
_MOST_IN_A_LETTER = 200
_MAX_ANSWER = 300


class WebhookError(DependencyError):
    """The webhook's receiver is away, refused it, or may not be reached; it will be tried again."""

    code = "webhook_failed"


Post = Callable[[str, bytes, dict[str, str]], Awaitable[str]]
"""Sends a body with headers to a URL, and answers what came of it in words; WebhookError where that failed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Deliveries that are told together, in one request or letter. `attempts`: with this one."""

    delivery_ids: tuple[UUID, ...]
    channel_id: UUID
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class DueWebhook:
    """A request that is to be sent. It is signed when it is, with the time of that."""

    attempt: Attempt
    url: str
    secret: str
    body: bytes

    def headers(self, now: datetime) -> dict[str, str]:
        """What goes with the body."""
        delivery_id = str(self.attempt.delivery_ids[0])
        signature = sign(self.secret, self.body, int(now.timestamp()))
        return {"Content-Type": "application/json", "SpotFi-Delivery": delivery_id, HEADER: signature}


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter that is to be sent."""

    attempt: Attempt
    letter: Letter


async def claim_webhooks(session: AsyncSession, sealer: Sealer, *, clock: Clock) -> list[DueWebhook]:
    """Webhooks that are due, a few of each channel: the caller sends them and notes the outcomes once this is committed."""
    claimed = await deliveries.claim_webhooks(session, clock.now(), _WEBHOOK_LEASE, _WEBHOOKS_AT_ONCE_PER_CHANNEL)
    due = []
    for each in claimed:
        channel = await channels.find_channel(session, Scope.everything(), each.channel_id)
        if channel is not None and channel.url is not None and channel.secret_sealed is not None:
            secret = sealer.open(channel.secret_sealed).decode()
            body = orjson.dumps(each.payload, option=orjson.OPT_SORT_KEYS)
            due.append(DueWebhook(_attempt_of([each]), channel.url, secret, body))
    return due


async def claim_letter(session: AsyncSession, *, public_url: str, default_zone: str, clock: Clock) -> DueLetter | None:
    """One channel's letter that is due, about all that is to be told there; None where none is."""
    claimed = await deliveries.claim_letter(session, clock.now(), _LETTER_LEASE, _MOST_IN_A_LETTER)
    if not claimed:
        return None
    channel = await channels.find_channel(session, Scope.everything(), claimed[0].channel_id)
    if channel is None or channel.recipient is None:
        return None
    language, zone = None, default_zone
    if channel.host_id is not None:
        host = await hosts.get_host(session, Scope.everything(), channel.host_id)
        language, zone = host.language, host.timezone
    lines = await _lines_of(session, claimed)
    text = alert_letter(
        texts_in(language), lines, zone=ZoneInfo(zone), url=f"{public_url}/#/alerts", is_test=len(lines) < len(claimed)
    )
    return DueLetter(_attempt_of(claimed), Letter(channel.recipient, *text))


async def _lines_of(session: AsyncSession, claimed: Sequence[AlertDelivery]) -> list[Line]:
    ids = {each.alert_id for each in claimed if each.alert_id is not None}
    found = {alert.id: alert for alert in await alerts.get_many(session, ids)}
    guests = [alert.subject_id for alert in found.values() if alert.kind in OF_GUESTS]
    routers = [alert.router_id for alert in found.values() if alert.router_id is not None]
    names = await measuring.find_names(session, routers, guests)
    return [
        _line_of(alert, each.event, names.get(alert.router_id or alert.subject_id, alert.details.get("invoice")))
        for each in claimed
        if each.alert_id is not None and (alert := found.get(each.alert_id)) is not None
    ]


def _line_of(alert: Alert, event: str, name: str | None) -> Line:
    is_over = event == "cleared"
    return Line(
        at=alert.cleared_at or alert.raised_at if is_over else alert.raised_at,
        is_over=is_over,
        kind=AlertKind(alert.kind),
        severity=Severity(alert.severity),
        name=name,
        value=None if is_over else alert.value,
        unit=UNITS.get(AlertKind(alert.kind)),
        command=alert.details.get("command"),
    )


def _attempt_of(claimed: Sequence[AlertDelivery]) -> Attempt:
    return Attempt(
        tuple(each.id for each in claimed),
        claimed[0].channel_id,
        min(each.created_at for each in claimed),
        max(each.attempts for each in claimed),
    )


async def note_success(session: AsyncSession, attempt: Attempt, answer: str, *, clock: Clock, letter: bool) -> None:
    """It was taken. After a letter the next one waits some minutes."""
    now = clock.now()
    await deliveries.set_outcome(session, attempt.delivery_ids, state="delivered", answer=answer, delivered_at=now)
    if letter:
        await channels.set_next_letter(session, attempt.channel_id, now + _LETTERS_APART)


async def note_failure(session: AsyncSession, attempt: Attempt, answer: str, *, clock: Clock) -> bool:
    """It was not taken: it is tried again later, False where it has been tried for a day."""
    now = clock.now()
    gives_up = now - attempt.created_at >= GIVES_UP_AFTER
    later = {"state": "failed"} if gives_up else {"next_attempt_at": now + retry_delay(attempt.attempts)}
    await deliveries.set_outcome(session, attempt.delivery_ids, answer=answer[:_MAX_ANSWER], **later)
    return not gives_up
