"""What unused volume of a period the next one has on top. Pure."""

from dataclasses import dataclass
from datetime import datetime

from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Terms


@dataclass(frozen=True, slots=True)
class RollOver:
    """What a plan lets roll over: a part of what is unused of a period's own volume, at most so much; 0 %: nothing."""

    quota_bytes: int
    """The plan's or the subscriber's own, without top-ups, which end with their period."""
    percent: int
    max_bytes: int | None
    """None: as much as the quota."""

    def after(self, rolled_bytes: int, used_bytes: int) -> int:
        """What the next period has on top, of one that had `rolled_bytes` on top and in which so much was used."""
        unused = max(0, self.quota_bytes + rolled_bytes - used_bytes)
        most = self.quota_bytes if self.max_bytes is None else self.max_bytes
        return min(most, unused * self.percent // 100)


@dataclass(frozen=True, slots=True)
class LastPeriod:
    """What a plan lets roll over, and the latest of its periods in which anything was used; `ended_at` None: there was none."""

    rule: RollOver
    ended_at: datetime | None
    rolled_bytes: int = 0
    used_bytes: int = 0


def rolled_into(terms: Terms, period_start: datetime, last: LastPeriod) -> int:
    """What the period has on top: from the last one in which anything was used, through those in which nothing was.

    A subscriber who never used anything saves from the period on in which the plan began.
    """
    if last.ended_at is None:
        first = period_at(terms, terms.since)
        if first.end is None or period_start < first.end:
            return 0
        rolled_bytes, following_at = last.rule.after(0, 0), first.end
    else:
        rolled_bytes, following_at = last.rule.after(last.rolled_bytes, last.used_bytes), last.ended_at
    while following_at < period_start:
        following = period_at(terms, following_at)
        after = last.rule.after(rolled_bytes, 0)
        if after == rolled_bytes or following.end is None:
            break
        rolled_bytes, following_at = after, following.end
    return rolled_bytes
