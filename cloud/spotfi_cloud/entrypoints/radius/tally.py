"""What radius counts, by NAS, and the log lines about what it drops: at most one per reason each ten seconds.

Plain integers, because counting is part of every packet; what they came to is taken from here every few seconds.
"""

import time
from uuid import UUID

import structlog

from spotfi_cloud.routers.nas import Nas

_log = structlog.get_logger(__name__)
_LINE_EVERY_S = 10.0

Counts = dict[tuple[UUID | None, str, bool], int]
"""How often, by (router or None where it is not known, outcome of the request, whether it was answered)."""


class Tally:
    """The requests of one port. Those of unknown senders are counted under no router."""

    def __init__(self, port: str) -> None:
        self.port = port
        self._counts: Counts = {}
        self._taken: Counts = {}
        self._told_at_s: dict[str, float] = {}

    def count(self, nas: Nas | None, outcome: str) -> None:
        """One request was answered."""
        self._add((None if nas is None else nas.router_id, outcome, True))

    def drop(self, nas: Nas | None, reason: str, *, source: str) -> None:
        """One request gets no answer. `reason` is one of a fixed few; a flood of them fills counters, not the log."""
        self._add((None if nas is None else nas.router_id, reason, False))
        now_s = time.monotonic()
        if now_s - self._told_at_s.get(reason, -_LINE_EVERY_S) >= _LINE_EVERY_S:
            self._told_at_s[reason] = now_s
            _log.warning("request_dropped", port=self.port, reason=reason, source=source)

    def take(self) -> Counts:
        """What was counted since the last time."""
        counts, self._counts = self._counts, {}
        for place, number in counts.items():
            self._taken[place] = self._taken.get(place, 0) + number
        return counts

    def give_back(self, counts: Counts) -> None:
        """Count again what was taken and could not be kept."""
        for place, number in counts.items():
            self._counts[place] = self._counts.get(place, 0) + number
            self._taken[place] -= number

    def totals(self) -> Counts:
        """Everything counted since the process began. May be called from another thread."""
        totals = self._taken.copy()
        for place, number in self._counts.copy().items():
            totals[place] = totals.get(place, 0) + number
        return totals

    def _add(self, place: tuple[UUID | None, str, bool]) -> None:
        self._counts[place] = self._counts.get(place, 0) + 1
