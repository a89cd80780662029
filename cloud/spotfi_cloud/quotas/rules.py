"""Which period a byte counts in, and how patiently a NAS is told what becomes of a session. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.periods import Period, PeriodKind, current_period, quarter_of
from spotfi_cloud.quotas.terms import Terms

_DISCONNECT_DELAYS_S = (2, 5, 15, 60, 300)
_KICK_DELAYS_S = (15, 60, 300)
ANY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Says nothing: with it, subscribers share what is known about calendar periods."""

_UINT32_MAX = 2**32 - 1
_MOST_CHANGE_ATTEMPTS = 6
"""The last one some six minutes after the first."""
_MOST_THROTTLE_ATTEMPTS = 4
"""The last one some 20 seconds after the first: until then the session is as fast as ever."""


LIMITS_CHANGED = "limits"
"""In an announcement on the channel `enforcement`: there are changes of limits to be spread."""


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
    SESSION_QUOTA = "session_quota"
    """The session has used what the plan allows one session."""
    LIMITS = "limits"
    """The plan's limits were changed, the subscriber got another plan or a top-up, or a new period began."""


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


def period_at(terms: Terms, instant: datetime) -> Period:
    """The quota period of these terms that holds the instant."""
    return period_of(terms.period_kind, terms.zone, terms.since, instant)


def period_of(kind: PeriodKind, zone: str, since: datetime | None, instant: datetime) -> Period:
    """The same of terms of this kind; `since` matters to the kinds that run from the start only."""
    return _period(kind, zone, quarter_of(instant), since if since and kind.runs_from_start else ANY_SINCE)


@lru_cache(maxsize=16384)
def _period(kind: PeriodKind, zone: str, quarter: datetime, since: datetime) -> Period:
    return current_period(kind, ZoneInfo(zone), quarter, since=since)


def retry_delay_s(attempts: int, *, through_agent: bool) -> int:
    """Seconds until the next try after this many. A command to an agent waits by itself for the router to come back."""
    delays = _KICK_DELAYS_S if through_agent else _DISCONNECT_DELAYS_S
    return delays[min(attempts, len(delays)) - 1]


def gives_up(attempts: int, reason: str) -> bool:
    """Whether a change that this many attempts got no answer to is tried no more: the next login brings the limits anyway."""
    return attempts >= (_MOST_THROTTLE_ATTEMPTS if reason == Reason.QUOTA else _MOST_CHANGE_ATTEMPTS)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a session that is open; None = no limit. Volumes and times are the NAS's: from the session's beginning."""

    rate_up_bps: int | None
    rate_down_bps: int | None
    session_timeout_s: int | None
    idle_timeout_s: int | None
    interim_interval_s: int
    volume_bytes: int | None
    volume_up_bytes: int | None = None
    volume_down_bytes: int | None = None
    throttled: bool = False


def session_timeout_s(
    timeout_s: int | None, valid_until: datetime | None, left_s: int | None, *, session_s: int, now: datetime
) -> int | None:
    """Seconds from a session's beginning to its end, the session being `session_s` old: the plan's, but never beyond what the
    account is valid for, or what time is left. At least 1, because 0 would mean that there is no end."""
    bounds = [bound for bound in (timeout_s, _after(session_s, left_s), _valid_s(valid_until, session_s, now)) if bound]
    return min(_UINT32_MAX, *bounds) if bounds else None


def _after(session_s: int, left_s: int | None) -> int | None:
    return None if left_s is None else max(1, session_s + left_s)


def _valid_s(valid_until: datetime | None, session_s: int, now: datetime) -> int | None:
    return None if valid_until is None else max(1, session_s + int((valid_until - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class BalanceKey:
    """Whose balance, for which period."""

    subscriber_id: UUID
    period: Period
