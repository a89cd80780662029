"""What Prometheus may read of one process of radius: requests by NAS and outcome, queues, sizes of batches.

Looked up when asked for, on another thread: packets do not pay for it.
"""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spotfi_cloud.entrypoints.radius.queue import RequestQueue
from spotfi_cloud.entrypoints.radius.tally import Tally


class RadiusMetrics(Collector):
    """Of the two ports. `describe` keeps a registry from collecting while nothing is there yet."""

    def __init__(self, tallies: Sequence[Tally], queues: Sequence[RequestQueue]) -> None:
        self.tallies = tallies
        self._queues = queues

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "spotfi_radius_requests",
            "RADIUS requests by what was answered, or why nothing was. Without a router: of unknown senders.",
            labels=["port", "router_id", "outcome", "answered"],
        )
        for tally in self.tallies:
            for (router_id, outcome, answered), count in tally.totals().items():
                whose = "" if router_id is None else str(router_id)
                requests.add_metric([tally.port, whose, outcome, str(answered).lower()], count)
        yield requests
        yield from self._of_queues()

    def _of_queues(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("spotfi_radius_queue_depth", "Requests that wait for a batch.", labels=["port"])
        batches = CounterMetricFamily("spotfi_radius_batches", "Batches worked off.", labels=["port"])
        batched = CounterMetricFamily("spotfi_radius_batched_requests", "Requests in those batches.", labels=["port"])
        for queue in self._queues:
            depth.add_metric([queue.port], queue.depth)
            batches.add_metric([queue.port], queue.batches)
            batched.add_metric([queue.port], queue.batched_requests)
        yield from (depth, batches, batched)
