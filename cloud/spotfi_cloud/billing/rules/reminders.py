"""When a host is reminded of what it owes. Pure."""

from collections.abc import Iterable

REMINDER_DAYS = (3, 10, 21)
"""Days after the due date, unless the installation says otherwise."""


def due_reminder(days_overdue: int, schedule: Iterable[int], last_step: int | None) -> int | None:
    """The reminder to send now, by its day after the due date; None where there is none, or it was sent.

    Only the latest that is due: whoever could not be reminded for weeks is reminded once.
    """
    reached = max((day for day in schedule if day <= days_overdue), default=None)
    return reached if reached is not None and (last_step is None or reached > last_step) else None
