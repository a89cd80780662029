"""Alerts of what happens and does not last, read from the fleet's events, each exactly once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.repository import alerts
from spotfi_cloud.alerts.rules import HAPPENINGS, AlertKind
from spotfi_cloud.alerts.service.rulebook import RuleBook
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.events import Event, Place, read_events

_BATCH = 1000
_FAILURES = {"command.failed": "failed", "command.expired": "expired"}
_OF_ITS_OWN = "kick"
"""Ends sessions, is repeated until that is proved, and has a page of its own: enforcements."""


async def read_happenings(
    session: AsyncSession, after: Place, book: RuleBook, now: datetime
) -> tuple[list[dict[str, Any]], Place]:
    """New alerts, by column, of events after the place; and the place up to which they were read."""
    found: list[dict[str, Any]] = []
    while True:
        events = await read_events(session, after, _BATCH)
        for event in events:
            after = Place(event.tx, event.number)
            if event.kind in _FAILURES and event.data.get("kind") != _OF_ITS_OWN:
                rule = book.rule_of(AlertKind.COMMAND_FAILED, event.host_id)
                found += [_alert_of(event) | {"severity": rule.severity, "raised_at": now}] if rule.enabled else []
        if len(events) < _BATCH:
            return found, after


def _alert_of(event: Event) -> dict[str, Any]:
    return {
        "id": new_id(),
        "host_id": event.host_id,
        "kind": AlertKind.COMMAND_FAILED,
        "subject_id": event.subject_id,
        "router_id": event.router_id,
        "value": None,
        "threshold": None,
        "details": {"command": event.data.get("kind"), "state": _FAILURES[event.kind]},
    }


async def clear_old_happenings(session: AsyncSession, book: RuleBook, now: datetime) -> int:
    """Clear those that are older than their rule says; nobody is told of that."""
    shortest_s = min(book.shortest_clearing_s(kind) for kind in HAPPENINGS)
    found = await alerts.find_open_before(session, HAPPENINGS, now - timedelta(seconds=shortest_s))
    over = [
        each.id
        for each in found
        if now - each.raised_at >= timedelta(seconds=book.rule_of(AlertKind(each.kind), each.host_id).clear_duration_s)
    ]
    if over:
        await alerts.set_cleared(session, over, now)
    return len(over)
