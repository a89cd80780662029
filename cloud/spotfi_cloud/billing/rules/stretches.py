"""How a month falls into stretches of one tariff each, and into quarters of an hour of the ledger. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from spotfi_cloud.billing.rules.month import Presence, Stretch
from spotfi_cloud.billing.rules.tariff import NO_TARIFF, Terms


@dataclass(frozen=True, slots=True)
class LocalMonth:
    """A calendar month as a host lives it. `starts_at` and `ends_at`: aware UTC instants, half-open.

    `starts_at` is where the month before was billed to, which is not local midnight where the host has changed its zone.
    """

    label: str
    zone: ZoneInfo
    starts_at: datetime
    ends_at: datetime

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.label}-01")

    @property
    def days(self) -> int:
        """How many days it has."""
        return ((self.first + timedelta(days=31)).replace(day=1) - self.first).days

    def day_of(self, instant: datetime) -> int:
        """The day of the month, from 0, that holds the instant by the host's clock; 0 or `days` for one outside."""
        day = (instant.astimezone(self.zone).date() - self.first).days
        return min(max(day, 0), self.days)

    def edge(self, day: int) -> datetime:
        """When the day, from 0, begins; of day 0 and of the one after the last the edges of what is billed."""
        if day <= 0:
            return self.starts_at
        if day >= self.days:
            return self.ends_at
        local = self.first + timedelta(days=day)
        return datetime(local.year, local.month, local.day, tzinfo=self.zone).astimezone(UTC)


def cut(month: LocalMonth, tariffs: Sequence[tuple[date, Terms]]) -> tuple[Stretch, ...]:
    """The month's stretches under the tariffs, each (first day it holds, terms), in the order of their days."""
    starts = {0: NO_TARIFF}
    for valid_from, terms in tariffs:
        day = max(0, (valid_from - month.first).days)
        if day < month.days:
            starts[day] = terms
    days = [*sorted(starts), month.days]
    return tuple(Stretch(first, end, starts[first]) for first, end in pairwise(days))


def presence(month: LocalMonth, router_id: UUID, created_at: datetime, deleted_at: datetime | None) -> Presence:
    """The days a router was there: from the day it was added to the day it was taken out, that one too."""
    first = month.day_of(created_at)
    end = month.days if deleted_at is None else month.day_of(deleted_at) + 1
    return Presence(router_id, first, min(end, month.days))


def stretch_at(month: LocalMonth, stretches: Sequence[Stretch], instant: datetime) -> int:
    """Which of the month's stretches holds an instant of it."""
    return next(
        index
        for index, part in reversed(list(enumerate(stretches)))
        if index == 0 or month.edge(part.first_day) <= instant
    )
