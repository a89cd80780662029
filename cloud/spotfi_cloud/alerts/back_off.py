"""How patiently something is sent that did not arrive. Pure."""

from datetime import timedelta

GIVES_UP_AFTER = timedelta(days=1)
_DELAYS_S = (10, 30, 60, 300, 900, 1800, 3600)


def retry_delay(attempts: int) -> timedelta:
    """Until the next attempt, after so many."""
    return timedelta(seconds=_DELAYS_S[min(attempts, len(_DELAYS_S)) - 1])
