"""What a plan allows in a period, what of it was used, and what is left. Pure.

Four things may be limited at once: volume in all, volume from the guest, volume to the guest, and session time. Where any one
of them is used up, the quota is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.plans.at_limit import AtLimit


class Measure(StrEnum):
    """What a quota limits."""

    VOLUME = "volume"
    UP = "up"
    DOWN = "down"
    TIME = "time"


class Used(NamedTuple):
    """Bytes and seconds of session time; up = from the guest."""

    up_bytes: int = 0
    down_bytes: int = 0
    time_s: int = 0

    @property
    def total_bytes(self) -> int:
        return self.up_bytes + self.down_bytes

    def less(self, other: "Used") -> "Used":
        """What it was before it grew by the other."""
        return Used(self.up_bytes - other.up_bytes, self.down_bytes - other.down_bytes, self.time_s - other.time_s)


@dataclass(slots=True)
class Terms:
    """What a subscriber's plan says about quotas; not changed once made. None = no such limit.

    `zone`: the home host's time zone, else the installation's.
    """

    quota_bytes: int | None
    """With top-ups, and what rolled over."""
    period_kind: PeriodKind
    zone: str
    since: datetime
    """When the plan began: where a period `once` begins, and those that run from the start."""
    up_bytes: int | None = None
    down_bytes: int | None = None
    time_s: int | None = None
    at_limit: AtLimit = AtLimit.END
    session_bytes: int | None = None
    """What one session may use."""
    warn_at_percent: tuple[int, ...] = ()


class Left(NamedTuple):
    """What is left of each quota, never below 0; None where there is none."""

    total_bytes: int | None
    up_bytes: int | None
    down_bytes: int | None
    time_s: int | None


NO_LIMIT = Left(None, None, None, None)


def with_rolled(terms: Terms, rolled_bytes: int) -> Terms:
    """The terms of a period to which so much rolled over."""
    if not rolled_bytes or terms.quota_bytes is None:
        return terms
    return replace(terms, quota_bytes=terms.quota_bytes + rolled_bytes)


def _less(quota: int | None, used: int) -> int | None:
    return None if quota is None else max(0, quota - used)


def left_of(terms: Terms, used: Used) -> Left:
    """What is left in the period."""
    return Left(
        _less(terms.quota_bytes, used.total_bytes),
        _less(terms.up_bytes, used.up_bytes),
        _less(terms.down_bytes, used.down_bytes),
        _less(terms.time_s, used.time_s),
    )


def binding_left(terms: Terms, used: Used) -> Left:
    """What a NAS may let through until the session must end: nothing binds where the plan throttles or goes on at its limit."""
    return left_of(terms, used) if terms.at_limit is AtLimit.END else NO_LIMIT


def _measured(terms: Terms, used: Used) -> Iterator[tuple[Measure, int, int]]:
    """(what, its quota, how much was used) of each limit there is."""
    if terms.quota_bytes is not None:
        yield Measure.VOLUME, terms.quota_bytes, used.total_bytes
    if terms.up_bytes is not None:
        yield Measure.UP, terms.up_bytes, used.up_bytes
    if terms.down_bytes is not None:
        yield Measure.DOWN, terms.down_bytes, used.down_bytes
    if terms.time_s is not None:
        yield Measure.TIME, terms.time_s, used.time_s


def is_far_from_any(terms: Terms, used: Used) -> bool:
    """Whether not even the lowest threshold of any quota is reached, as almost always. `warn_at_percent` ascends."""
    lowest = terms.warn_at_percent[0] if terms.warn_at_percent else 100
    return all(amount * 100 < quota * lowest for _, quota, amount in _measured(terms, used))


def used_up(terms: Terms, used: Used) -> Measure | None:
    """Which quota is used up; None where there is something left of each."""
    return next((measure for measure, quota, amount in _measured(terms, used) if amount >= quota), None)


def is_used_up(terms: Terms, used: Used) -> bool:
    """Whether nothing is left of a quota, whatever the plan does then."""
    return used_up(terms, used) is not None


def must_end(terms: Terms, used: Used) -> bool:
    """Whether sessions in this state must end and none may begin."""
    return terms.at_limit is AtLimit.END and is_used_up(terms, used)


def is_throttled(terms: Terms, used: Used) -> bool:
    """Whether sessions in this state have the throttled speed."""
    return terms.at_limit is AtLimit.THROTTLE and is_used_up(terms, used)


def slower(rate_bps: int | None, throttle_bps: int | None) -> int | None:
    """The throttled speed: never above the plan's. None = no limit."""
    return min((rate for rate in (rate_bps, throttle_bps) if rate is not None), default=None)


class Crossing(NamedTuple):
    """A threshold that usage has passed; `quota` in bytes or seconds."""

    measure: Measure
    percent: int
    quota: int
    used: int


def crossings(terms: Terms, before: Used, after: Used) -> list[Crossing]:
    """The thresholds between two states of a period, the lower first. Each lies between two states only once as usage grows."""
    if not terms.warn_at_percent:
        return []
    earlier = {measure: amount for measure, _, amount in _measured(terms, before)}
    return [
        Crossing(measure, percent, quota, amount)
        for measure, quota, amount in _measured(terms, after)
        for percent in terms.warn_at_percent
        if earlier[measure] * 100 < quota * percent <= amount * 100
    ]
