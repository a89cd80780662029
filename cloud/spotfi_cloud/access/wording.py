"""Why a login is refused, in words with dates: for the guest, and for staff, who may know more. Pure.

Dates are those of the calendar where the subscriber is at home.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.periods import PeriodKind
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Measure, Terms

WRONG = "The user name or the password is wrong."
"""For an unknown name, too: whether a name exists is nobody's business."""
UNKNOWN_FOR_STAFF = "There is no subscriber of this user name."
WRONG_FOR_STAFF = "The password is wrong."
NEEDS_PAP = "This account's password is kept as a hash, so it cannot be checked by CHAP. Its hotspot must use PAP."
DISABLED = "This account is disabled. Please ask where you got it."
DISABLED_FOR_STAFF = "The subscriber is disabled."
HOST_SUSPENDED = "This account's provider is suspended. Please ask there."
HOST_SUSPENDED_FOR_STAFF = "The subscriber's home host is suspended."
THROTTLED = "What your plan includes is used up. You may go on, more slowly."
THROTTLED_FOR_STAFF = "Quota used up: at the throttled speed."
_PERIOD_WORDS = {
    PeriodKind.ONCE: "for this account",
    PeriodKind.DAY: "for today",
    PeriodKind.WEEK: "for this week",
    PeriodKind.MONTH: "for this month",
    PeriodKind.DAY_FROM_START: "for this day",
    PeriodKind.WEEK_FROM_START: "for this week",
    PeriodKind.MONTH_FROM_START: "for this month",
}

_MEASURES = {
    Measure.VOLUME: "data volume",
    Measure.UP: "upload volume",
    Measure.DOWN: "download volume",
    Measure.TIME: "online time",
}


def not_yet_valid(zone: str, valid_from: datetime) -> str:
    """For both."""
    return f"This account is valid from {_day(zone, valid_from)} on."


def validity_ended(zone: str, valid_until: datetime) -> str:
    """For both."""
    return f"Your access ended on {_day(zone, valid_until)}."


def used_up(terms: Terms, used_up_at: datetime | None, now: datetime, measure: Measure = Measure.VOLUME) -> str:
    """For the guest. `used_up_at`, known to the quarter of an hour: its date; None where it is not known."""
    volume = f"Your {_MEASURES[measure]} {_PERIOD_WORDS[terms.period_kind]}"
    said = (
        f"{volume} is used up"
        if used_up_at is None
        else f"{volume} was used up on {_date(_local(terms.zone, used_up_at))}"
    )
    end = period_at(terms, now).end
    return f"{said}." if end is None else f"{said}. It starts afresh on {_day(terms.zone, end)}."


def used_up_for_staff(
    terms: Terms, used_up_at: datetime | None, now: datetime, measure: Measure = Measure.VOLUME
) -> str:
    """With what was used up, where that is not volume in all."""
    quota = "Quota" if measure is Measure.VOLUME else f"Quota ({_MEASURES[measure]})"
    said = (
        f"{quota} used up"
        if used_up_at is None
        else f"{quota} used up on {_date(_local(terms.zone, used_up_at), short=True)}"
    )
    end = period_at(terms, now).end
    return f"{said}, never resets." if end is None else f"{said}, resets {_day(terms.zone, end, short=True)}."


def too_many_sessions(max_sessions: int) -> str:
    """For the guest."""
    devices = "1 device" if max_sessions == 1 else f"{max_sessions} devices"
    return f"This account is in use on {devices} already, which is all it may be. Log out on one of them first."


def too_many_for_staff(live: int, max_sessions: int) -> str:
    return f"{live} of at most {max_sessions} sessions are open on other devices."


def _day(zone: str, instant: datetime, *, short: bool = False) -> str:
    """With the time, unless it is midnight."""
    local = _local(zone, instant)
    date = _date(local, short=short)
    return date if (local.hour, local.minute) == (0, 0) else f"{date} at {local:%H:%M}"


def _date(local: datetime, *, short: bool = False) -> str:
    return f"{local.day} {local:%b %Y}" if short else f"{local.day} {local:%B %Y}"


def _local(zone: str, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
