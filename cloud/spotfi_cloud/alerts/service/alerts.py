"""What people see of alerts, and their acknowledgement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.repository import alerts as repository
from spotfi_cloud.alerts.repository import deliveries, measuring
from spotfi_cloud.alerts.repository.alerts import Alert, AlertFilter
from spotfi_cloud.alerts.rules import HAPPENINGS, OF_GUESTS, AlertKind, AlertState, Severity
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError
from spotfi_cloud.storage.pages import PageQuery, Slice

__all__ = [
    "Alert",
    "AlertCounts",
    "AlertFilter",
    "AlertView",
    "acknowledge_alert",
    "count_open_alerts",
    "forget_notes_about",
    "forget_old_alerts",
    "get_alert",
    "list_alerts",
]
_ALERTS_KEPT = timedelta(days=365)
_DELIVERIES_KEPT = timedelta(days=30)
_FORGET_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert with the name of its router or guest, or the number of its invoice."""

    alert: Alert
    name: str | None

    @property
    def state(self) -> AlertState:
        if self.alert.cleared_at is not None:
            return AlertState.CLEARED
        return AlertState.RAISED if self.alert.acknowledged_at is None else AlertState.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """Open alerts by severity; `unacknowledged`: of all of them."""

    critical: int
    warning: int
    info: int
    unacknowledged: int


async def list_alerts(session: AsyncSession, scope: Scope, wanted: AlertFilter, page: PageQuery) -> Slice[AlertView]:
    """Alerts in scope, the last raised first."""
    found = await repository.list_alerts(session, scope, wanted, page)
    return Slice(await _shown(session, found.items), found.next, found.prev)


async def get_alert(session: AsyncSession, scope: Scope, alert_id: UUID, kinds: Collection[AlertKind]) -> AlertView:
    """One alert of the kinds the caller may see. NotFoundError where there is none in scope."""
    return (await _shown(session, [await _find(session, scope, alert_id, kinds)]))[0]


async def acknowledge_alert(
    session: AsyncSession,
    scope: Scope,
    alert_id: UUID,
    kinds: Collection[AlertKind],
    *,
    account_id: UUID,
    note: str | None,
    clock: Clock,
) -> AlertView:
    """Somebody looks after it: it stays open until it is over, or is over at once where it does not last.

    Repeating it changes nothing but the note, where one is given. NotFoundError where there is none in scope.
    """
    alert, now = await _find(session, scope, alert_id, kinds), clock.now()
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, account_id
        if alert.cleared_at is None and alert.kind in HAPPENINGS:
            alert.cleared_at = now
    if note is not None:
        alert.note = note
    await session.flush()
    return (await _shown(session, [alert]))[0]


async def count_open_alerts(session: AsyncSession, scope: Scope, kinds: Collection[AlertKind]) -> AlertCounts:
    """Open alerts of the scope."""
    found = await repository.count_open(session, scope, kinds)
    by = {each: sum(n for (severity, _), n in found.items() if severity == each) for each in Severity}
    unacknowledged = sum(n for (_, acknowledged), n in found.items() if not acknowledged)
    return AlertCounts(by[Severity.CRITICAL], by[Severity.WARNING], by[Severity.INFO], unacknowledged)


async def forget_notes_about(session: AsyncSession, subject_id: UUID) -> None:
    """Take out what people wrote to alerts about somebody who is erased."""
    await repository.clear_notes(session, subject_id)


async def forget_old_alerts(session: AsyncSession, *, clock: Clock) -> int:
    """Delete some alerts that were cleared a year ago, and deliveries of 30 days ago; how many rows went."""
    now: datetime = clock.now()
    gone = await deliveries.delete_old(session, now - _DELIVERIES_KEPT, _FORGET_AT_ONCE)
    return gone + await repository.delete_cleared(session, now - _ALERTS_KEPT, _FORGET_AT_ONCE)


async def _find(session: AsyncSession, scope: Scope, alert_id: UUID, kinds: Collection[AlertKind]) -> Alert:
    alert = await repository.find_alert(session, scope, alert_id, kinds)
    if alert is None:
        msg = "There is no alert with this id."
        raise NotFoundError(msg)
    return alert


async def _shown(session: AsyncSession, found: Sequence[Alert]) -> list[AlertView]:
    guest_ids = [each.subject_id for each in found if each.kind in OF_GUESTS]
    names = await measuring.find_names(session, [each.router_id for each in found if each.router_id], guest_ids)
    return [
        AlertView(each, names.get(each.router_id or each.subject_id, each.details.get("invoice"))) for each in found
    ]
