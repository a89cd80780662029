"""Calendar periods in a time zone, and the quarters of an hour that usage is booked in. Pure.

Quarters, because every offset from UTC in use is a multiple of fifteen minutes: a local midnight always falls on a
quarter's edge, so a period of any zone is a whole number of quarters.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from spotfi_cloud.kernel.errors import RejectedError

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DECEMBER = 12
_QUARTER_MINUTES = 15
_QUARTER = timedelta(minutes=_QUARTER_MINUTES)
_MEAN_MONTH_DAYS = 30.436875


class PeriodKind(StrEnum):
    """How often a quota starts afresh."""

    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DAY_FROM_START = "day_from_start"
    WEEK_FROM_START = "week_from_start"
    MONTH_FROM_START = "month_from_start"

    @property
    def runs_from_start(self) -> bool:
        """Whether its edges depend on when the subscriber's plan began, and not on the calendar alone."""
        return self in _FROM_START


_FROM_START = frozenset(
    {PeriodKind.ONCE, PeriodKind.DAY_FROM_START, PeriodKind.WEEK_FROM_START, PeriodKind.MONTH_FROM_START}
)


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open interval [start, end) of aware UTC instants; `end` is None for one that never ends."""

    start: datetime
    end: datetime | None

    def contains(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)


def quarter_of(instant: datetime) -> datetime:
    """Start of the quarter of an hour, in UTC, that holds the instant."""
    start, end = _last_asked.quarter
    if start <= instant < end:
        return start
    start = _quarter_of(instant)
    _last_asked.quarter = (start, start + _QUARTER)
    return start


class _LastAsked:
    """The quarter that was asked for last: almost always the next one, too, and looked up for each packet."""

    quarter = (datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))


_last_asked = _LastAsked()


def _quarter_of(instant: datetime) -> datetime:
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    if not (utc.minute % _QUARTER_MINUTES or utc.second or utc.microsecond):
        return utc
    return utc.replace(minute=utc.minute - utc.minute % _QUARTER_MINUTES, second=0, microsecond=0)


def _local_midnight(zone: ZoneInfo, year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=zone).astimezone(UTC)


def month_of(label: str, zone: ZoneInfo) -> Period:
    """The calendar month `YYYY-MM` in the zone. RejectedError for any other text."""
    match = _MONTH.fullmatch(label)
    if match is None or int(match[1]) == 0:
        msg = f"'{label}' is not a month. Write it as YYYY-MM, such as 2026-10."
        raise RejectedError(msg, field="period")
    year, month = int(match[1]), int(match[2])
    after = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return Period(_local_midnight(zone, year, month, 1), _local_midnight(zone, *after, 1))


def current_period(kind: PeriodKind, zone: ZoneInfo, instant: datetime, *, since: datetime) -> Period:
    """The period of the kind that holds the instant.

    `since`: when the plan began, where `once` begins (it never ends) and the `…_from_start` kinds count from, by the zone's
    wall clock: a month from the 31st ends on the last day of a shorter month and returns to the 31st after it.
    """
    local = instant.astimezone(zone)
    match kind:
        case PeriodKind.ONCE:
            return Period(quarter_of(since), None)
        case PeriodKind.DAY:
            return _days(zone, local, 1)
        case PeriodKind.WEEK:
            return _days(zone, local - timedelta(days=local.weekday()), 7)
        case PeriodKind.MONTH:
            return month_of(f"{local.year:04d}-{local.month:02d}", zone)
        case PeriodKind.DAY_FROM_START | PeriodKind.WEEK_FROM_START | PeriodKind.MONTH_FROM_START:
            return _from_start(kind, zone, instant, since)


def _days(zone: ZoneInfo, first: datetime, count: int) -> Period:
    last = first.date() + timedelta(days=count)
    return Period(
        _local_midnight(zone, first.year, first.month, first.day),
        _local_midnight(zone, last.year, last.month, last.day),
    )


def months_after(start: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The instant so many months (negative: before) after `start` by the zone's wall clock, on the month's last day at most."""
    local = start.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day, fold=0).astimezone(UTC)


def _days_after(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone).astimezone(UTC)


def _from_start(kind: PeriodKind, zone: ZoneInfo, instant: datetime, since: datetime) -> Period:
    start = quarter_of(since)

    def edge(number: int) -> datetime:
        if kind is PeriodKind.MONTH_FROM_START:
            return months_after(start, number, zone)
        return _days_after(start, number * (7 if kind is PeriodKind.WEEK_FROM_START else 1), zone)

    # A guess that is off by one or two at most, then whichever neighbour holds the instant.
    days = {PeriodKind.DAY_FROM_START: 1.0, PeriodKind.WEEK_FROM_START: 7.0}.get(kind, _MEAN_MONTH_DAYS)
    number = int((instant - start) / timedelta(days=days))
    while edge(number) > instant:
        number -= 1
    while edge(number + 1) <= instant:
        number += 1
    return Period(edge(number), edge(number + 1))
