"""Looking for what is wrong: one look at all routers and guests, by whichever worker's turn it is.

A look is one transaction: conditions, alerts, what is to be told of them and how far events were read change together or not at
all, so nothing is raised twice and nothing forgotten, whenever a worker stops.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.observation import INSTALLATION_ID, Observation
from spotfi_cloud.alerts.repository import alerts, conditions, measuring
from spotfi_cloud.alerts.repository.conditions import Known
from spotfi_cloud.alerts.rules import (
    OF_GUESTS,
    OF_MONEY,
    AlertKind,
    Condition,
    Level,
    Phase,
    Rule,
    Turn,
    level_of,
    lost_share,
    step,
)
from spotfi_cloud.alerts.service.happenings import clear_old_happenings, read_happenings
from spotfi_cloud.alerts.service.rulebook import RuleBook, read_rulebook
from spotfi_cloud.alerts.service.telling import order_deliveries
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.ids import new_id
from spotfi_cloud.storage.events import Place, find_end

_OUTAGE_SPREAD = timedelta(minutes=10)
"""Routers that go within so long went at once: they are missed one after the other, by how often they report."""
_GUESTS_EVERY = timedelta(seconds=60)
"""Quotas and what is owed are looked at less often than routers."""
_OUTAGE = (AlertKind.FLEET_OFFLINE, INSTALLATION_ID)


LookAtMoney = Callable[[AsyncSession, datetime], Awaitable[Sequence[Observation]]]
"""Observations of the kinds `OF_MONEY`: all invoices that are overdue at an instant. What that is, billing knows."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many alerts a look raised and cleared."""

    raised: int
    cleared: int


@dataclass(slots=True)
class _Look:
    """What one look finds out."""

    now: datetime
    book: RuleBook
    known: dict[tuple[str, UUID], Known]
    changed: list[dict[str, Any]] = field(default_factory=list)
    over: list[tuple[AlertKind, UUID]] = field(default_factory=list)
    raised: list[dict[str, Any]] = field(default_factory=list)
    cleared: list[tuple[AlertKind, UUID]] = field(default_factory=list)

    def take(self, kinds: Sequence[AlertKind], found: Sequence[Observation]) -> None:
        """Follow up the observations, and what was wrong of these kinds and was not observed any more."""
        for each in found:
            rule = self.book.rule_of(each.kind, each.host_id)
            self._follow(each, level_of(rule, each.value), rule)
        seen = {(each.kind, each.subject_id) for each in found}
        for kind, subject_id in self.known:
            if kind in kinds and (AlertKind(kind), subject_id) not in seen:
                gone = Observation(AlertKind(kind), subject_id, None, None, None, None)
                self._follow(gone, Level.GONE, self.book.rule_of(gone.kind, None))

    def _follow(self, seen: Observation, level: Level, rule: Rule) -> None:
        place = (seen.kind, seen.subject_id)
        row = self.known.get(place)
        before = None if row is None else Condition(Phase(row.phase), row.held_s, row.seen_at)
        after, turn = step(before, level, rule, self.now)
        if after.phase is Phase.OK:
            if row is not None:
                self.over.append(place)
        elif before is None or after.phase is not Phase.RAISED or before.phase is not Phase.RAISED:
            self.changed.append(_row_of(place, after, self.now))
        if turn is Turn.RAISED:
            self.raised.append(alert_row(seen, rule, self.now))
        elif turn is Turn.CLEARED:
            self.cleared.append(place)


def alert_row(seen: Observation, rule: Rule, now: datetime) -> dict[str, Any]:
    """A new alert, by column."""
    return {
        "id": new_id(),
        "host_id": seen.host_id,
        "kind": seen.kind,
        "severity": rule.severity,
        "subject_id": seen.subject_id,
        "router_id": seen.router_id,
        "value": seen.value if rule.threshold is not None else None,
        "threshold": rule.threshold,
        "details": dict(seen.details),
        "raised_at": now,
    }


def _row_of(place: tuple[AlertKind, UUID], condition: Condition, now: datetime) -> dict[str, Any]:
    return {
        "kind": place[0],
        "subject_id": place[1],
        "phase": condition.phase,
        "held_s": condition.held_s,
        "seen_at": condition.seen_at,
        "began_at": now,
    }


async def look(session: AsyncSession, *, look_at_money: LookAtMoney, clock: Clock) -> Looked | None:
    """Look at everything once; None where another worker is looking. Times are by this worker's clock."""
    if not await conditions.take_turn(session):
        return None
    book, now = await read_rulebook(session), clock.now()
    looked = _Look(now, book, await conditions.list_conditions(session))
    outage = await _look_at_fleet(session, looked)
    least = {kind: book.least_threshold(kind) for kind in measuring.OF_SAMPLES}
    found = await measuring.measure_routers(session, least, looked.known, now, outage=outage)
    looked.take(measuring.ROUTER_KINDS, found)
    progress = await conditions.find_progress(session)
    guests_at = None if progress is None else progress.guests_at
    if guests_at is None or abs(now - guests_at) >= _GUESTS_EVERY:
        await _look_at_guests(session, looked, guests_at or now)
        looked.take(sorted(OF_MONEY), await look_at_money(session, now))
        guests_at = now
    place = await find_end(session) if progress is None else Place(progress.events_tx, progress.events_number)
    happened, place = await read_happenings(session, place, book, now)
    await conditions.put_progress(session, place, guests_at)
    return await _write(session, looked, happened)


async def _look_at_fleet(session: AsyncSession, looked: _Look) -> bool:
    """Whether most routers went at once, so that nobody can say of a single one that it is offline."""
    row = looked.known.get(_OUTAGE)
    since = (looked.now if row is None else row.began_at) - _OUTAGE_SPREAD
    share = lost_share(*await measuring.count_fleet(session, since))
    looked.take((AlertKind.FLEET_OFFLINE,), [Observation(*_OUTAGE, None, None, None, share)])
    begun = any(each["kind"] == AlertKind.FLEET_OFFLINE for each in looked.changed)
    return begun or (row is not None and _OUTAGE not in looked.over)


async def _look_at_guests(session: AsyncSession, looked: _Look, since: datetime) -> None:
    kinds = sorted(OF_GUESTS)
    least = min(looked.book.least_threshold(kind) for kind in kinds)
    looked.take(kinds, await measuring.measure_quotas(session, least, looked.now, since))


async def _write(session: AsyncSession, looked: _Look, happened: list[dict[str, Any]]) -> Looked:
    await conditions.put_conditions(session, looked.changed)
    await conditions.delete_conditions(session, looked.over)
    cleared = await alerts.clear_alerts(session, looked.cleared, looked.now)
    raised = await alerts.add_alerts(session, looked.raised + happened)
    over = await clear_old_happenings(session, looked.book, looked.now)
    await order_deliveries(session, Turn.RAISED, raised, looked.now)
    await order_deliveries(session, Turn.CLEARED, cleared, looked.now)
    return Looked(len(raised), len(cleared) + over)
