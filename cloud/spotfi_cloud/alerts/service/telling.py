"""What is to be told of an alert, and to whom: written beside the alert, told later (`sending`)."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.repository import alerts, channels, deliveries, measuring
from spotfi_cloud.alerts.repository.alerts import Alert
from spotfi_cloud.alerts.repository.channels import AlertChannel
from spotfi_cloud.alerts.rules import UNITS, AlertKind, Severity, Turn
from spotfi_cloud.kernel.ids import new_id

GATHERED_FOR = timedelta(seconds=60)
"""What happens within so long goes into one letter."""


async def order_deliveries(session: AsyncSession, turn: Turn, alert_ids: Collection[UUID], now: datetime) -> None:
    """Have the alerts' raising or clearing told over every channel that wants it; a clearing where the raising was told."""
    wanted_by = await channels.list_enabled(session) if alert_ids else []
    if not wanted_by:
        return
    found = await alerts.get_many(session, alert_ids)
    told = await deliveries.channels_told(session, alert_ids) if turn is Turn.CLEARED else None
    names = await measuring.find_names(session, [each.router_id for each in found if each.router_id], [])
    rows = [
        delivery_row(channel, turn, _alert_body(alert, names), now, alert.id)
        for alert in found
        for channel in wanted_by
        if wants(channel, alert) and (told is None or (alert.id, channel.id) in told)
    ]
    await deliveries.add_deliveries(session, rows)


def wants(channel: AlertChannel, alert: Alert) -> bool:
    """Whether the channel is for alerts like this one."""
    return (
        channel.host_id in (None, alert.host_id)
        and Severity(alert.severity).rank >= Severity(channel.min_severity).rank
        and (channel.alert_kinds is None or alert.kind in channel.alert_kinds)
    )


def delivery_row(
    channel: AlertChannel, event: str, alert: dict[str, Any] | None, now: datetime, alert_id: UUID | None
) -> dict[str, Any]:
    """A delivery, by column. The webhook's body has the delivery's id, by which a receiver knows what it got already."""
    delivery_id = new_id()
    kind = "test" if alert is None else f"alert.{event}"
    return {
        "id": delivery_id,
        "channel_id": channel.id,
        "alert_id": alert_id,
        "event": event,
        "payload": {"id": str(delivery_id), "type": kind, "created_at": _stamp(now), "alert": alert},
        "created_at": now,
        "next_attempt_at": now + GATHERED_FOR if channel.kind == "email" and alert is not None else now,
    }


def _alert_body(alert: Alert, names: dict[UUID, str]) -> dict[str, Any]:
    """The alert as webhooks show it; without the name of a guest."""
    return {
        "id": str(alert.id),
        "kind": alert.kind,
        "severity": alert.severity,
        "host_id": _text(alert.host_id),
        "router_id": _text(alert.router_id),
        "router_name": names.get(alert.router_id) if alert.router_id else None,
        "subject_id": str(alert.subject_id),
        "value": alert.value,
        "threshold": alert.threshold,
        "unit": UNITS.get(AlertKind(alert.kind)),
        "details": alert.details,
        "raised_at": _stamp(alert.raised_at),
        "cleared_at": None if alert.cleared_at is None else _stamp(alert.cleared_at),
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
