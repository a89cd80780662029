"""Broker, tunnel, cloud and routers, fresh for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.agent.peers import Broker, Certificates, Loop, SmallCloud, Tunnel, make_certificates
from tests.integration.agent.router import Router

NewRouter = Callable[..., Router]


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "tls")


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def broker(tmp_path: Path, certificates: Certificates) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker", certificates)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def tunnel(loop: Loop, certificates: Certificates, broker: Broker) -> Iterator[Tunnel]:
    tunnel = Tunnel(loop, certificates, broker.plain_port)
    yield tunnel
    tunnel.close()


@pytest.fixture
def cloud(broker: Broker) -> Iterator[SmallCloud]:
    cloud = SmallCloud(broker.plain_port)
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def new_router(tmp_path: Path, certificates: Certificates, broker: Broker, tunnel: Tunnel) -> Iterator[NewRouter]:
    """Make enrolled routers, not started yet; they end with the test."""
    routers: list[Router] = []

    def make(name: str = "router", *, mqtt_port: int | None = None, **options: object) -> Router:
        router = Router(tmp_path / name, **options)
        router.identify(certificates.ca_pem, mqtt_port=mqtt_port or broker.tls_port, websocket_url=tunnel.url)
        broker.admit(router.router_id, router.key)
        routers.append(router)
        return router

    yield make
    for router in routers:
        router.stop()
        print(router.log())
