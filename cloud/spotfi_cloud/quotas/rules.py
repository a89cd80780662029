"""Which period a byte counts in, when a quota is used up, and how patiently a NAS is told what becomes of a session. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.periods import Period, PeriodKind, current_period, quarter_of

_DISCONNECT_DELAYS_S = (2, 5, 15, 60, 300)
_KICK_DELAYS_S = (15, 60, 300)
_ANY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Says nothing: with it, subscribers share what is known about calendar periods."""


_MOST_CHANGE_ATTEMPTS = 6
"""The last one some six minutes after the first."""


class Action(StrEnum):
    """What a NAS is told about a session."""

    DISCONNECT = "disconnect"
    CHANGE = "change"


class Reason(StrEnum):
    """Why a session must end, or why its limits are told anew."""

    QUOTA = "quota"
    DISABLED = "disabled"
    VALIDITY = "validity"
    """What the subscriber's plan is valid for is over."""
    MANUAL = "manual"
    LIMITS = "limits"
    """The plan's limits were changed, or the subscriber got another plan."""


class EnforcementState(StrEnum):
    """How far it got.

    An end is tried again until `proved` (its Stop has arrived) or `lapsed` (the NAS fell silent, or knows no such session). A
    change is tried again until `acknowledged`, `refused`, `gave_up` (no answer), `deferred` (the NAS takes none: the new limits
    hold from the next login) or `lapsed` (the session ended first).
    """

    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PROVED = "proved"
    LAPSED = "lapsed"
    GAVE_UP = "gave_up"
    DEFERRED = "deferred"


@dataclass(slots=True)
class Terms:
    """What a subscriber's plan says about volume; not changed once made.

    `zone`: the home host's time zone, else the installation's.
    """

    quota_bytes: int | None
    period_kind: PeriodKind
    zone: str
    since: datetime
    """When the plan began: where a period `once` begins, and those that run from the start."""


def period_at(terms: Terms, instant: datetime) -> Period:
    """The quota period of these terms that holds the instant."""
    since = terms.since if terms.period_kind.runs_from_start else _ANY_SINCE
    return _period(terms.period_kind, terms.zone, quarter_of(instant), since)


@lru_cache(maxsize=16384)
def _period(kind: PeriodKind, zone: str, quarter: datetime, since: datetime) -> Period:
    return current_period(kind, ZoneInfo(zone), quarter, since=since)


def remaining_bytes(terms: Terms, used_bytes: int) -> int | None:
    """What is left of the quota, never below 0; None where there is no quota."""
    return None if terms.quota_bytes is None else max(0, terms.quota_bytes - used_bytes)


def is_used_up(terms: Terms, used_bytes: int) -> bool:
    """Whether nothing is left: a session in this state must end and none may begin."""
    return remaining_bytes(terms, used_bytes) == 0


def retry_delay_s(attempts: int, *, through_agent: bool) -> int:
    """Seconds until the next try after this many. A command to an agent waits by itself for the router to come back."""
    delays = _KICK_DELAYS_S if through_agent else _DISCONNECT_DELAYS_S
    return delays[min(attempts, len(delays)) - 1]


def gives_up(attempts: int) -> bool:
    """Whether a change that this many attempts got no answer to is tried no more: the next login brings the limits anyway."""
    return attempts >= _MOST_CHANGE_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a session that is open; None = no limit."""

    rate_up_bps: int | None
    rate_down_bps: int | None
    session_timeout_s: int | None
    idle_timeout_s: int | None
    interim_interval_s: int
    volume_bytes: int | None
    """As the NAS counts it: what the session has used already, and what is left of the quota."""


def session_timeout_s(timeout_s: int | None, valid_until: datetime | None, started_at: datetime) -> int | None:
    """Seconds from a session's beginning to its end: the plan's, but never beyond what the account is valid for."""
    if valid_until is None:
        return timeout_s
    valid_s = max(1, int((valid_until - started_at).total_seconds()))
    return valid_s if timeout_s is None else min(timeout_s, valid_s)


@dataclass(frozen=True, slots=True)
class BalanceKey:
    """Whose balance, for which period."""

    subscriber_id: UUID
    period: Period
