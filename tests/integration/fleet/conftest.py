"""An installation's fleet side as it runs: the API in this process, broker, ingest and worker as processes of their own."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints.api.app import create_app
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.entrypoints.settings import Settings
from spotfi_cloud.identity.service import ensure_admin
from spotfi_cloud.kernel.clock import SystemClock
from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import (
    ADMIN_EMAIL,
    PASSWORD,
    SECRET_KEY,
    Person,
    Town,
    admin,
    app,
    clock,
    quick,
    settings,
    town,
)
from tests.integration.broker.conftest import make_tls_files
from tests.integration.broker.running import CLOUD_PASSWORD, RunningBroker, eventually
from tests.integration.conftest import fresh_database
from tests.integration.fleet.router import Router

__all__ = ["Person", "Town", "admin", "app", "clock", "quick", "settings", "town"]


@pytest.fixture
def broker(tmp_path: Path, database_url: str) -> Iterator[RunningBroker]:
    """The embedded broker."""
    yield from _running_broker(tmp_path, database_url)


def _running_broker(directory: Path, database_url: str) -> Iterator[RunningBroker]:
    tls = directory / "broker-tls"
    tls.mkdir()
    running = RunningBroker("amqtt", directory / "broker", database_url, make_tls_files(tls))
    running.log_path.parent.mkdir()
    running.start()
    yield running
    running.stop()


class Role:
    """A role of the cloud as a process."""

    def __init__(self, name: str, directory: Path, environment: dict[str, str]) -> None:
        self.name, self._environment = name, environment
        self.log_path = directory / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [sys.executable, "-m", f"spotfi_cloud.entrypoints.{self.name}"]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(argv, env=self._environment, stdout=log, stderr=log)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")


def _environment(database_url: str, broker: RunningBroker, directory: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SPOTFI_")},
        "SPOTFI_DATA_DIR": str(directory),
        "SPOTFI_DATABASE_URL": database_url,
        "SPOTFI_SECRET_KEY": SECRET_KEY,
        "SPOTFI_MQTT_PASSWORD": CLOUD_PASSWORD,
        "SPOTFI_MQTT_PORT": str(broker.port),
    }


def _running(name: str, directory: Path, environment: dict[str, str], *, ready: str) -> Iterator[Role]:
    role = Role(name, directory, environment)
    role.start()
    eventually(f"{name} is ready", lambda: ready in role.log(), within_s=60)
    yield role
    assert role.process is not None
    if role.process.poll() is None:
        assert role.stop() == 0, role.log()
    assert "Traceback" not in role.log(), role.log()


@pytest.fixture
def ingest(database_url: str, broker: RunningBroker, tmp_path: Path) -> Iterator[Role]:
    yield from _running("ingest", tmp_path, _environment(database_url, broker, tmp_path), ready="routers_subscribed")


@pytest.fixture
def worker(database_url: str, broker: RunningBroker, tmp_path: Path) -> Iterator[Role]:
    yield from _running("worker", tmp_path, _environment(database_url, broker, tmp_path), ready="role_started")


@pytest.fixture(scope="session")
def _shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fleet")


@pytest.fixture(scope="session")
def shared_database_url(postgres: EmbeddedDatabase, _copier: psycopg.Connection) -> Iterator[str]:
    """For tests/integration/fleet/shared.py, as the next three."""
    with fresh_database(postgres, _copier) as url:
        yield url


@pytest.fixture(scope="session")
def shared_broker(_shared_directory: Path, shared_database_url: str) -> Iterator[RunningBroker]:
    yield from _running_broker(_shared_directory, shared_database_url)


@pytest.fixture(scope="session")
def shared_ingest(_shared_directory: Path, shared_database_url: str, shared_broker: RunningBroker) -> Iterator[Role]:
    environment = _environment(shared_database_url, shared_broker, _shared_directory)
    yield from _running("ingest", _shared_directory, environment, ready="routers_subscribed")


@pytest.fixture(scope="session")
def shared_worker(_shared_directory: Path, shared_database_url: str, shared_broker: RunningBroker) -> Iterator[Role]:
    environment = _environment(shared_database_url, shared_broker, _shared_directory)
    yield from _running("worker", _shared_directory, environment, ready="role_started")


@pytest.fixture
def live_settings(settings: Settings, broker: RunningBroker) -> Settings:
    return settings.changed(mqtt_port=broker.port, mqtt_password=SecretStr(CLOUD_PASSWORD))


@pytest.fixture
async def live_app(live_settings: Settings, database: Database) -> FastAPI:
    """The production app by the machine's clock."""
    clock = SystemClock()
    async with database.unit_of_work() as session:
        await ensure_admin(session, ADMIN_EMAIL, PASSWORD, clock=clock)
    return create_app(live_settings, database, clock, ca_pem=live_settings.tls_ca_file.read_text())


@pytest.fixture
async def live_town(live_app: FastAPI) -> AsyncIterator[Town]:
    town = Town(live_app)
    yield town
    for client in town.clients:
        await client.aclose()


@pytest.fixture
async def owner(live_town: Town) -> Person:
    return await live_town.move_in("Café Central")


@pytest.fixture
async def created(owner: Person) -> dict[str, Any]:
    """A router that is not enrolled yet."""
    body = {"name": "Bar", "host_id": owner.host_id, "nas_kind": "agent", "address": None}
    answer: dict[str, Any] = await owner.post("/routers", body)
    return answer


@pytest.fixture
async def router(
    live_town: Town, created: dict[str, Any], broker: RunningBroker, ingest: Role
) -> AsyncIterator[Router]:
    """An enrolled router that is connected and has said hello."""
    grant = await live_town.anyone.post("/enrolment", {"code": created["enrolment_code"]}, expect=200)
    router = Router(grant, broker.tls_port, broker.tls.ca)
    await router.connect()
    yield router
    router.close()
