"""How long a plan is valid, when a renewal ends, and from when a quota counts. Pure; instants are aware."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.periods import PeriodKind, months_after


class AssignmentState(StrEnum):
    """Where an assignment is on its way from queued to over."""

    QUEUED = "queued"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class EndReason(StrEnum):
    """Why an assignment is active no more."""

    EXPIRED = "expired"
    RENEWED = "renewed"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class VoucherState(StrEnum):
    """What became of a voucher. One that is used up or in use is `used` until its time is over."""

    UNUSED = "unused"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


def voucher_state(
    now: datetime, *, disabled_at: datetime | None, valid_until: datetime | None, first_used_at: datetime | None
) -> VoucherState:
    """What became of a voucher, from its account's row."""
    if disabled_at is not None:
        return VoucherState.REVOKED
    if valid_until is not None and valid_until <= now:
        return VoucherState.EXPIRED
    return VoucherState.UNUSED if first_used_at is None else VoucherState.USED


@dataclass(frozen=True, slots=True)
class Validity:
    """How long an assignment lasts: seconds, or months of a time zone, or neither: without end."""

    seconds: int | None
    months: int | None
    zone: str

    def end(self, start: datetime, times: int = 1) -> datetime | None:
        """The end of so many terms from `start`. Months keep the day of the start, or end with a shorter month."""
        if self.seconds is not None:
            return start + timedelta(seconds=self.seconds * times)
        if self.months is not None:
            return months_after(start, self.months * times, ZoneInfo(self.zone))
        return None


@dataclass(frozen=True, slots=True)
class Term:
    """One stretch of a chain of renewals: `renewals` is how many came before it, `chain_start` where the first began."""

    start: datetime
    chain_start: datetime
    renewals: int
    end: datetime | None


def first_term(start: datetime, validity: Validity) -> Term:
    """The term of an assignment that begins."""
    return Term(start, start, 0, validity.end(start))


def renewed_term(before: Term, validity: Validity, now: datetime) -> Term:
    """The term that follows one that is over, and holds `now`.

    It begins where the last one ended, so that no day is lost or given away; the terms between, if nobody looked for long,
    are skipped. One whose end was moved by hand begins a chain of its own there. Without a validity (any more) it has no end.
    """
    ended = before.end or now
    regular = before.end == validity.end(before.chain_start, before.renewals + 1)
    chain_start, renewals = (before.chain_start, before.renewals + 1) if regular else (ended, 0)
    if validity.seconds is not None:  # thousands of short terms may have gone by
        terms = math.floor((now - chain_start) / timedelta(seconds=validity.seconds))
        renewals = max(renewals, terms)
    end = validity.end(chain_start, renewals + 1)
    while end is not None and end <= now:
        renewals += 1
        end = validity.end(chain_start, renewals + 1)
    start = ended if renewals == 0 else validity.end(chain_start, renewals) or ended
    return Term(start, chain_start, renewals, end)


def counts_from(kind: PeriodKind, term: Term) -> datetime:
    """From when the quota's periods count: each renewal brings a `once` quota afresh, others go on in the chain's rhythm."""
    return term.start if kind is PeriodKind.ONCE else term.chain_start


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two ends; None is never."""
    return min((instant for instant in (one, other) if instant is not None), default=None)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a quota has on top, and until when; None: as long as the plan lasts."""

    bytes: int
    until: datetime | None

    def plus(self, more_bytes: int, until: datetime | None, now: datetime) -> "Grant":
        """With more until the instant given. What is over is not carried along; of two ends the later holds for both."""
        if self.bytes == 0 or (self.until is not None and self.until <= now):
            return Grant(more_bytes, until)
        later = None if self.until is None or until is None else max(self.until, until)
        return Grant(self.bytes + more_bytes, later)
