"""Broker, ingest and worker of all tests of a run that need nothing but routers and hosts of their own.

A test file that imports these has them instead of fresh ones; its tests look at nothing but what is theirs.
"""

import pytest

from tests.integration.broker.running import RunningBroker
from tests.integration.fleet.conftest import Role

__all__ = ["broker", "database_url", "ingest", "worker"]


@pytest.fixture
def database_url(shared_database_url: str) -> str:
    return shared_database_url


@pytest.fixture
def broker(shared_broker: RunningBroker) -> RunningBroker:
    return shared_broker


@pytest.fixture
def ingest(shared_ingest: Role) -> Role:
    return shared_ingest


@pytest.fixture
def worker(shared_worker: Role) -> Role:
    return shared_worker
