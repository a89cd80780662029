"""Amounts, dates and refusals as guests read them, in one of the languages of `wording`. Pure.

Decimal units: 1 GB = 10^9 bytes, as volumes are sold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from spotfi_cloud.access.rules import Account, Refusal
from spotfi_cloud.portal.wording import texts_in
from spotfi_cloud.quotas.rules import period_at
from spotfi_cloud.quotas.terms import Measure, used_up

_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))

_ISOLATE, _END = "\u2068", "\u2069"
"""Unicode's first strong isolate, and its end (UAX #9)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a language, with dates of a time zone."""

    language: str
    zone: str

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(texts_in(self.language)["direction"])

    def say(self, name: str, /, **values: object) -> str:
        """The text of that name, with the values in their places; each keeps its own direction in a text from right to left."""
        text: Any = texts_in(self.language)[name]
        if self.direction == "rtl":
            values = {each: f"{_ISOLATE}{value}{_END}" for each, value in values.items()}
        return str(text).format(**values)

    def _compose(self, name: str, /, **values: object) -> str:
        """A phrase of our own words. Nothing in it is isolated: whoever says it isolates the whole, whose first letter then
        gives its direction (a nested isolate would give none, UAX #9 P2)."""
        return str(texts_in(self.language)[name]).format(**values)

    def volume(self, volume_bytes: int) -> str:
        """`1.25 GB`, with a no-break space; rounded down, so that nothing is promised that is not there."""
        for size, unit in _UNITS:
            if volume_bytes >= size:
                hundredths = volume_bytes * 100 // size
                digits = 2 if hundredths < 1000 else 1 if hundredths < 10_000 else 0
                rounded = volume_bytes * 10**digits // size / 10**digits
                return f"{rounded:.{digits}f}".replace(".", self.say("decimal")) + f"\u00a0{unit}"
        return f"{volume_bytes}\u00a0B"

    def date(self, instant: datetime) -> str:
        """The day in the zone, with the time unless that is midnight."""
        local = instant.astimezone(ZoneInfo(self.zone))
        month = texts_in(self.language)["months"][local.month - 1]
        date = self._compose("date", day=local.day, month=month, year=local.year)
        if (local.hour, local.minute) == (0, 0):
            return date
        return self._compose("instant", date=date, time=f"{local:%H:%M}")

    def span(self, seconds: float) -> str:
        """`3 h 20 min`, rounded down."""
        hours, minutes = divmod(max(0, int(seconds)) // 60, 60)
        if hours:
            return self._compose("span_hours", hours=hours, minutes=minutes)
        return self._compose("span_minutes", minutes=minutes)

    def refusal(self, reason: Refusal, account: Account | None, now: datetime) -> str:
        """Why somebody is not let in."""
        if account is None:
            return self.say(reason.value)
        match reason:
            case Refusal.QUOTA_USED_UP:
                return self._used_up(account, now)
            case Refusal.NOT_YET_VALID if account.valid_from is not None:
                return self.say(reason.value, **{"from": self.date(account.valid_from)})
            case Refusal.VALIDITY_ENDED if account.valid_until is not None:
                return self.say(reason.value, until=self.date(account.valid_until))
            case _:
                return self.say(reason.value, most=account.max_sessions)

    def _used_up(self, account: Account, now: datetime) -> str:
        at, resets = account.used_up_at, period_at(account.terms, now).end
        measure = used_up(account.terms, account.used) or Measure.VOLUME
        said = self.say(f"used_up_{measure.value}")
        if measure is Measure.VOLUME and at is not None:
            said = self.say("used_up_volume_on", at=self._day(at))
        return said if resets is None else f"{said} {self.say('quota_resets', resets=self.date(resets))}"

    def _day(self, instant: datetime) -> str:
        """Without the time: the ledger knows quarters of an hour only."""
        local = instant.astimezone(ZoneInfo(self.zone))
        return self.date(local.replace(hour=0, minute=0, second=0, microsecond=0))
