"""What Prometheus reads of radius: every request once, by NAS and outcome, whether it was written to the database or not."""

from uuid import UUID

from prometheus_client import CollectorRegistry, generate_latest

from spotfi_cloud.entrypoints.radius.metrics import RadiusMetrics
from spotfi_cloud.entrypoints.radius.tally import Tally
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers.nas import Nas

NAS = Nas(UUID(int=1), UUID(int=2), "Bar", NasKind.GENERIC, "sf-bar", None, b"s", False, 3799, False)


def test_requests_are_counted_once_whatever_becomes_of_the_counts() -> None:
    tally = Tally("auth")
    tally.count(NAS, "accepted")
    tally.drop(None, "unknown_nas", source="192.0.2.1")
    taken = tally.take()
    tally.count(NAS, "accepted")
    tally.give_back(taken)
    registry = CollectorRegistry()
    registry.register(RadiusMetrics([tally], []))
    text = generate_latest(registry).decode()
    of = 'spotfi_radius_requests_total{answered="%s",outcome="%s",port="auth",router_id="%s"} %s'
    assert of % ("true", "accepted", NAS.router_id, "2.0") in text
    assert of % ("false", "unknown_nas", "", "1.0") in text
    tally.take()
    assert tally.totals() == {(NAS.router_id, "accepted", True): 2, (None, "unknown_nas", False): 1}
