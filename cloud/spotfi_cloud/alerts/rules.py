"""What may be wrong, from which figure on and for how long; and when an alert is raised and cleared. Pure.

A condition counts as bad, or as good again, only for the time it was seen to be so: two looks further apart than
`LONGEST_GAP_S` (the worker was away, the clock jumped) add no more than that, a clock that goes back adds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from spotfi_cloud.identity.rules import Area

LONGEST_GAP_S = 60.0
MAX_DURATION_S = 30 * 86_400
MIN_LOST_ROUTERS = 10
"""Fewer routers gone at once are told one by one, whatever their share."""


class AlertKind(StrEnum):
    """What is wrong."""

    FLEET_OFFLINE = "fleet_offline"
    """Most routers went at once: something of the installation's own is down. In place of an alert for each router."""
    ROUTER_OFFLINE = "router_offline"
    TELEMETRY_MISSING = "telemetry_missing"
    CPU_HIGH = "cpu_high"
    MEMORY_HIGH = "memory_high"
    STORAGE_HIGH = "storage_high"
    TEMPERATURE_HIGH = "temperature_high"
    QUOTA_THRESHOLD = "quota_threshold"
    QUOTA_EXHAUSTED = "quota_exhausted"
    COMMAND_FAILED = "command_failed"
    INVOICE_OVERDUE = "invoice_overdue"


class Severity(StrEnum):
    """How bad it is, from the least."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class AlertState(StrEnum):
    """Where an alert is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alert of a kind is raised and cleared.

    Raised once the figure was `threshold` or more for `duration_s`; cleared once it was below `clear_threshold` for
    `clear_duration_s`. Kinds without a figure have no thresholds: it is so, or it is not.
    """

    severity: Severity
    threshold: float | None
    clear_threshold: float | None
    duration_s: int
    clear_duration_s: int
    enabled: bool = True


DEFAULTS: Mapping[AlertKind, Rule] = MappingProxyType(
    {
        AlertKind.FLEET_OFFLINE: Rule(Severity.CRITICAL, 50, 20, 60, 60),
        AlertKind.ROUTER_OFFLINE: Rule(Severity.CRITICAL, None, None, 300, 30),
        AlertKind.TELEMETRY_MISSING: Rule(Severity.WARNING, 600, 600, 0, 60),
        AlertKind.CPU_HIGH: Rule(Severity.WARNING, 90, 80, 600, 300),
        AlertKind.MEMORY_HIGH: Rule(Severity.WARNING, 90, 85, 600, 300),
        AlertKind.STORAGE_HIGH: Rule(Severity.WARNING, 90, 85, 600, 300),
        AlertKind.TEMPERATURE_HIGH: Rule(Severity.WARNING, 85, 75, 300, 300),
        AlertKind.QUOTA_THRESHOLD: Rule(Severity.INFO, 80, 80, 0, 0),
        AlertKind.QUOTA_EXHAUSTED: Rule(Severity.INFO, 100, 100, 0, 0),
        AlertKind.COMMAND_FAILED: Rule(Severity.WARNING, None, None, 0, 86_400),
        AlertKind.INVOICE_OVERDUE: Rule(Severity.WARNING, 1, 1, 0, 0),
    }
)
"""What holds where nobody has said otherwise."""

UNITS: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.FLEET_OFFLINE: "%",
        AlertKind.TELEMETRY_MISSING: "s",
        AlertKind.CPU_HIGH: "%",
        AlertKind.MEMORY_HIGH: "%",
        AlertKind.STORAGE_HIGH: "%",
        AlertKind.TEMPERATURE_HIGH: "°C",
        AlertKind.QUOTA_THRESHOLD: "%",
        AlertKind.QUOTA_EXHAUSTED: "%",
        AlertKind.INVOICE_OVERDUE: "d",
    }
)
"""Of the figures; a kind that is not here has none."""

HAPPENINGS = frozenset({AlertKind.COMMAND_FAILED})
"""Kinds that happen and do not last: raised at once, over when somebody has acknowledged them, or after `clear_duration_s`."""
OF_GUESTS = frozenset({AlertKind.QUOTA_THRESHOLD, AlertKind.QUOTA_EXHAUSTED})
OF_MONEY = frozenset({AlertKind.INVOICE_OVERDUE})
OF_THE_INSTALLATION = frozenset({AlertKind.FLEET_OFFLINE})
"""Kinds that no host has a rule for."""


def area_of(kind: AlertKind) -> Area:
    """What somebody has to be permitted to read, besides alerts, to see alerts of the kind."""
    if kind in OF_MONEY:
        return Area.MONEY
    return Area.GUESTS if kind in OF_GUESTS else Area.ROUTERS


class Level(StrEnum):
    """How the figure stands towards the rule."""

    BAD = "bad"
    BETWEEN = "between"
    GOOD = "good"
    UNKNOWN = "unknown"
    """There is no figure now, which proves neither."""
    GONE = "gone"
    """What the alert was about is there no more, or the rule is off."""


def level_of(rule: Rule, value: float | None) -> Level:
    """Where the figure stands. Kinds without thresholds give 1 for bad and 0 for good."""
    if not rule.enabled:
        return Level.GONE
    if value is None:
        return Level.UNKNOWN
    if value >= (1.0 if rule.threshold is None else rule.threshold):
        return Level.BAD
    return Level.GOOD if value < (1.0 if rule.clear_threshold is None else rule.clear_threshold) else Level.BETWEEN


class Phase(StrEnum):
    """How far a condition is."""

    OK = "ok"
    PENDING = "pending"
    RAISED = "raised"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as last seen: for how many seconds it was seen to be bad (pending) or good again (clearing)."""

    phase: Phase
    held_s: float
    seen_at: datetime


class Turn(StrEnum):
    """What somebody is told of."""

    RAISED = "raised"
    CLEARED = "cleared"


def step(known: Condition | None, level: Level, rule: Rule, now: datetime) -> tuple[Condition, Turn | None]:
    """The condition after a look at it, and whether the alert is raised or cleared by that. None: nothing was wrong so far."""
    before = known or Condition(Phase.OK, 0.0, now)
    held_s = before.held_s + min(max((now - before.seen_at).total_seconds(), 0.0), LONGEST_GAP_S)
    if before.phase in (Phase.OK, Phase.PENDING):
        if level is not Level.BAD:
            return Condition(Phase.OK, 0.0, now), None
        held_s = held_s if before.phase is Phase.PENDING else 0.0
        if held_s >= rule.duration_s:
            return Condition(Phase.RAISED, 0.0, now), Turn.RAISED
        return Condition(Phase.PENDING, held_s, now), None
    return _step_of_raised(before.phase, held_s, level, rule, now)


def _step_of_raised(
    phase: Phase, held_s: float, level: Level, rule: Rule, now: datetime
) -> tuple[Condition, Turn | None]:
    if level is Level.GONE:
        return Condition(Phase.OK, 0.0, now), Turn.CLEARED
    if level is not Level.GOOD:
        return Condition(Phase.RAISED, 0.0, now), None
    held_s = held_s if phase is Phase.CLEARING else 0.0
    if held_s >= rule.clear_duration_s:
        return Condition(Phase.OK, 0.0, now), Turn.CLEARED
    return Condition(Phase.CLEARING, held_s, now), None


def lost_share(online: int, lost: int, hosts: int) -> float:
    """Percentage of routers that went at once; 0 where so few are gone, or only those of one host, that it is no outage.

    `lost`: routers that went lately, or since the outage began; `hosts`: how many hosts they are of.
    """
    if lost < MIN_LOST_ROUTERS or (online and hosts < 2):
        return 0.0
    return 100 * lost / (online + lost)
