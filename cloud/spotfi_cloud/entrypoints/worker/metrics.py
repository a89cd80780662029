"""What Prometheus may read of the worker: attempts to enforce, how long they waited, and loops that failed."""

from prometheus_client import Counter, Histogram

ATTEMPTS = Counter(
    "spotfi_enforcement_attempts", "Attempts to end or change a session, by what came of them.", ["action", "state"]
)
FIRST_ATTEMPT_S = Histogram(
    "spotfi_enforcement_first_attempt_seconds",
    "Time from the wish that a session ends or changes to the first answer, or to giving up on one.",
    ["action"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 30.0, 300.0),
)
LOOP_FAILURES = Counter("spotfi_worker_loop_failures", "Times a loop of the worker failed and began anew.", ["loop"])
