"""What radius counts, and the log lines about what it drops: at most one per reason each ten seconds."""

import time

import structlog
from prometheus_client import Counter

_log = structlog.get_logger(__name__)
_LINE_EVERY_S = 10.0

RECEIVED = Counter("spotfi_radius_requests", "Datagrams received.", ["port"])
ANSWERED = Counter("spotfi_radius_replies", "Replies sent.", ["port", "outcome"])
DROPPED = Counter("spotfi_radius_dropped", "Datagrams that got no answer.", ["port", "reason"])
BATCHES = Counter("spotfi_radius_batches", "Batches worked off.", ["port"])
REFUSED_UPDATES = Counter("spotfi_radius_refused_updates", "Accounting updates whose growth was impossible.")
ENFORCED = Counter("spotfi_radius_enforced_sessions", "Sessions that must end because a quota was used up.")

_told_at_s: dict[tuple[str, str], float] = {}


def drop(port: str, reason: str, *, source: str) -> None:
    """One datagram gets no answer. `reason` is one of a fixed few; a flood of them fills counters, not the log."""
    DROPPED.labels(port, reason).inc()
    now_s = time.monotonic()
    if now_s - _told_at_s.get((port, reason), -_LINE_EVERY_S) >= _LINE_EVERY_S:
        _told_at_s[port, reason] = now_s
        _log.warning("request_dropped", port=port, reason=reason, source=source)
