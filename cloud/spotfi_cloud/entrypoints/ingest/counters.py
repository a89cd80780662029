"""What ingest counts, and the log lines about what it drops: at most one per reason each ten seconds."""

import time

import structlog
from prometheus_client import Counter

_log = structlog.get_logger(__name__)
_LINE_EVERY_S = 10.0

MESSAGES = Counter("spotfi_ingest_messages", "Messages from routers that were handled.", ["kind"])
DROPPED = Counter("spotfi_ingest_dropped", "Messages from routers that were dropped.", ["reason"])
BATCHES = Counter("spotfi_ingest_batches", "Batches committed.")
SAMPLES = Counter("spotfi_ingest_samples", "Telemetry samples received, repeated ones included.")
COMMANDS_PUBLISHED = Counter(
    "spotfi_ingest_commands_published", "Commands handed to the broker, repeated ones included."
)


class DropLog:
    """Counts dropped messages and tells about them without flooding the log."""

    def __init__(self) -> None:
        self._told_at_s: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def note(self, reason: str, *, topic: str, error: str = "") -> None:
        """One message was dropped. `reason` is one of a fixed few; topic and error may be a stranger's text."""
        DROPPED.labels(reason).inc()
        now_s = time.monotonic()
        if now_s - self._told_at_s.get(reason, -_LINE_EVERY_S) < _LINE_EVERY_S:
            self._untold[reason] = self._untold.get(reason, 0) + 1
            return
        self._told_at_s[reason] = now_s
        more = self._untold.pop(reason, 0)
        _log.warning("message_dropped", reason=reason, topic=topic[:200], error=error[:300], more_since_last_line=more)
