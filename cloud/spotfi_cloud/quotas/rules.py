"""Which period a byte counts in, when a quota is used up, and how patiently a session is told to end. Pure."""

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


class Reason(StrEnum):
    """Why a session must end."""

    QUOTA = "quota"
    DISABLED = "disabled"
    MANUAL = "manual"


class EnforcementState(StrEnum):
    """How far ending a session got. All are tried again but `proved` and `lapsed`: the NAS fell silent, or knows none."""

    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PROVED = "proved"
    LAPSED = "lapsed"


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


@dataclass(frozen=True, slots=True)
class BalanceKey:
    """Whose balance, for which period."""

    subscriber_id: UUID
    period: Period
