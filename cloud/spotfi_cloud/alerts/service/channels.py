"""Where alerts are told, and the log of what was."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.repository import channels as repository
from spotfi_cloud.alerts.repository import deliveries
from spotfi_cloud.alerts.repository.channels import AlertChannel
from spotfi_cloud.alerts.repository.deliveries import AlertDelivery
from spotfi_cloud.alerts.rules import AlertKind
from spotfi_cloud.alerts.service.telling import delivery_row
from spotfi_cloud.alerts.targets import check_url
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.hosts.service import choose_host_id
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ForbiddenError, NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.storage.pages import PageQuery, Slice
from spotfi_cloud.storage.versions import ANY_VERSION, Expected

SECRET_PURPOSE = "webhook-secret"  # noqa: S105 - what the Sealer is made for, no secret
_SECRET_START = "whsec_"  # noqa: S105 - what every secret begins with


async def list_channels(session: AsyncSession, scope: Scope, page: PageQuery) -> Slice[AlertChannel]:
    """Channels in scope, newest first."""
    return await repository.list_channels(session, scope, page)


async def get_channel(session: AsyncSession, scope: Scope, channel_id: UUID, *, lock: bool = False) -> AlertChannel:
    """One channel. NotFoundError where there is none in scope."""
    channel = await repository.find_channel(session, scope, channel_id, lock=lock)
    if channel is None:
        msg = "There is no alert channel with this id."
        raise NotFoundError(msg)
    return channel


async def create_channel(
    session: AsyncSession,
    scope: Scope,
    host_id: UUID | None,
    fields: dict[str, Any],
    *,
    visible: frozenset[AlertKind],
    sealer: Sealer,
    allow_private: bool,
    clock: Clock,
) -> tuple[AlertChannel, str | None]:
    """A new channel, and the secret its webhooks are signed with. `fields` by column; `visible`: what the caller may see.

    ForbiddenError for kinds the caller may not see: every kind, for them, is every one they see. RejectedError where the
    target does not fit the kind, or a webhook leads into a private network.
    """
    owner = await choose_host_id(session, scope, host_id)
    fields = fields | {"alert_kinds": _told_kinds(fields["alert_kinds"], visible)}
    is_webhook = fields["kind"] == "webhook"
    needed, foreign = ("url", "recipient") if is_webhook else ("recipient", "url")
    if fields[needed] is None or fields[foreign] is not None:
        msg = f"A channel of kind {fields['kind']} has a {needed} and no {foreign}."
        raise RejectedError(msg, field=needed if fields[needed] is None else foreign)
    secret = _SECRET_START + secrets.token_urlsafe(32) if is_webhook else None
    if is_webhook:
        check_url(fields["url"], allow_private=allow_private)
    sealed = None if secret is None else sealer.seal(secret.encode())
    channel = AlertChannel(id=new_id(), host_id=owner, created_at=clock.now(), secret_sealed=sealed, **fields)
    await repository.add_channel(session, channel)
    return channel, secret


async def change_channel(
    session: AsyncSession,
    scope: Scope,
    channel_id: UUID,
    changes: dict[str, Any],
    *,
    visible: frozenset[AlertKind],
    allow_private: bool,
    expected: Expected = ANY_VERSION,
) -> AlertChannel:
    """Change the given fields. RejectedError for a target the kind has not, StaleError where it is not the expected one,
    ForbiddenError where it tells of kinds the caller may not see (`visible`)."""
    channel = await get_channel(session, scope, channel_id, lock=True)
    expected.require(channel)
    foreign = "recipient" if channel.kind == "webhook" else "url"
    if foreign in changes:
        msg = f"A channel of kind {channel.kind} has no {foreign}."
        raise RejectedError(msg, field=foreign)
    if "alert_kinds" in changes:
        changes = changes | {"alert_kinds": _told_kinds(changes["alert_kinds"], visible)}
    else:
        _require_visible(channel.alert_kinds or list(AlertKind), visible)
    if "url" in changes:
        check_url(changes["url"], allow_private=allow_private)
    for name, value in changes.items():
        setattr(channel, name, value)
    await session.flush()
    return channel


def _told_kinds(wanted: Sequence[str] | None, visible: frozenset[AlertKind]) -> list[str] | None:
    """What a channel tells of. None, every kind there is and will be, is for those who see every kind."""
    if wanted is not None:
        _require_visible(wanted, visible)
        return list(wanted)
    return None if visible >= frozenset(AlertKind) else [kind.value for kind in AlertKind if kind in visible]


def _require_visible(kinds: Sequence[str], visible: frozenset[AlertKind]) -> None:
    hidden = sorted(frozenset(kinds) - visible)
    if hidden:
        msg = f"This account may not see alerts of {', '.join(hidden)}, nor have them told: give other alert_kinds."
        raise ForbiddenError(msg, field="alert_kinds")


async def delete_channel(session: AsyncSession, scope: Scope, channel_id: UUID) -> None:
    """Tell nothing there any more; its log goes with it."""
    await repository.delete_channel(session, await get_channel(session, scope, channel_id, lock=True))


async def order_test(session: AsyncSession, scope: Scope, channel_id: UUID, *, clock: Clock) -> UUID:
    """Have a test sent; the id of its delivery, in whose log the outcome will be. RejectedError for one that is turned off."""
    channel = await get_channel(session, scope, channel_id)
    if not channel.enabled:
        msg = "This channel is turned off: turn it on before you try it."
        raise RejectedError(msg, field="enabled")
    row = delivery_row(channel, "test", None, clock.now(), None)
    await deliveries.add_deliveries(session, [row])
    delivery_id: UUID = row["id"]
    return delivery_id


async def list_deliveries(
    session: AsyncSession, scope: Scope, channel_id: UUID, page: PageQuery
) -> Slice[AlertDelivery]:
    """What was told over a channel, and is to be, newest first."""
    await get_channel(session, scope, channel_id)
    return await deliveries.list_deliveries(session, channel_id, page)


async def forget_channels_of(session: AsyncSession, host_id: UUID) -> Sequence[UUID]:
    """Delete the channels of a host whose data is erased, for they hold addresses of its people; their ids."""
    return await repository.delete_of_host(session, host_id)
