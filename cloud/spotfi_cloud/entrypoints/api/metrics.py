"""What Prometheus may read about the api: counts and durations of requests by route template."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class RequestMetrics:
    """The metrics of one app, in a registry of their own; the process's are shown beside them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._count = Counter(
            "spotfi_http_requests", "HTTP requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self._duration = Histogram(
            "spotfi_http_request_duration_seconds",
            "Time from a request's head to its response's end.",
            ["method", "route"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )

    def observe(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count one request. `route` is a template: the number of label values stays bounded."""
        known_method = method if method in _METHODS else "OTHER"
        self._count.labels(known_method, route, str(status)).inc()
        self._duration.labels(known_method, route).observe(duration_s)

    def render(self) -> bytes:
        """Everything, in the form Prometheus reads."""
        return generate_latest(REGISTRY) + generate_latest(self._registry)
