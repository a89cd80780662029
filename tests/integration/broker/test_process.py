"""The broker as a process: settings, start without a database, loss of it, the end."""

import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from tests.integration.broker.conftest import Fleet, enter
from tests.integration.broker.running import Client, RunningBroker, TlsFiles, eventually, up


@pytest.fixture(params=["amqtt", "mosquitto"])
def stopped(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, tls_files: TlsFiles
) -> Iterator[RunningBroker]:
    """A broker that has not been started."""
    broker = RunningBroker(request.param, tmp_path, database_url, tls_files)
    yield broker
    broker.stop()


def test_sigterm_ends_it_within_three_seconds(broker: RunningBroker, router: Client) -> None:
    assert broker.process is not None
    broker.process.send_signal(signal.SIGTERM)
    assert broker.process.wait(timeout=10) == 0  # three seconds, and what a busy machine adds
    eventually("its clients are cut off", router.gone.is_set)
    assert not broker.listens()


@pytest.mark.parametrize("variable", ["SPOTFI_DATABASE_URL", "SPOTFI_MQTT_PASSWORD"])
def test_a_missing_setting_is_named_in_one_sentence(stopped: RunningBroker, variable: str) -> None:
    del stopped.environment[variable]
    assert stopped.spawn().wait(timeout=30) == 2
    assert stopped.log().startswith(f"spotfi-broker: {variable} is not set")
    assert stopped.log().count("\n") == 1


def test_a_taken_port_is_said(broker: RunningBroker, tmp_path: Path) -> None:
    second = RunningBroker(broker.kind, tmp_path / "second", broker.environment["SPOTFI_DATABASE_URL"], broker.tls)
    (tmp_path / "second").mkdir()
    second.environment |= {name: broker.environment[name] for name in ("SPOTFI_MQTT_PORT", "SPOTFI_MQTT_TLS_PORT")}
    assert second.spawn().wait(timeout=30) in (1, 2)
    assert "in use" in second.log()
    assert "Traceback" not in second.log()


def test_it_waits_for_its_certificate(stopped: RunningBroker, tmp_path: Path) -> None:
    late = tmp_path / "late.pem"
    stopped.environment["SPOTFI_TLS_CERT_FILE"] = str(late)
    stopped.spawn()
    eventually("it says what it waits for", lambda: "tls_files_awaited" in stopped.log())
    late.write_bytes(stopped.tls.certificate.read_bytes())
    eventually("it listens", stopped.listens)


def test_it_waits_for_the_database(stopped: RunningBroker, postgres: EmbeddedDatabase) -> None:
    name = f"late_{stopped.port}"
    stopped.environment["SPOTFI_DATABASE_URL"] = postgres.url(name)
    process = stopped.spawn()
    eventually("it says what it waits for", lambda: "database_lost" in stopped.log())
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE spotfi").format(sql.Identifier(name)))
        eventually("it reads the keys", lambda: "access_list_read" in stopped.log())
        fleet = Fleet(postgres.url(name))
        router_id, key = fleet.add()
        eventually("it listens", stopped.listens)
        enter(stopped.client(router_id, key))
        fleet.close()
        stopped.stop()
        assert process.returncode == 0
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_known_routers_get_in_while_the_database_is_away(
    broker: RunningBroker, fleet: Fleet, router: Client, postgres: EmbeddedDatabase
) -> None:
    own = router.paho.username or ""
    known, key = fleet.add()
    enter(client := broker.client(known, key))
    client.close()
    name = broker.environment["SPOTFI_DATABASE_URL"].split("?")[0].rpartition("/")[2]
    fleet.close()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        eventually("it says so", lambda: "database_lost" in broker.log())
        assert broker.client(known, key).connect() == "Success"
        unknown = broker.client("019b1234-0000-7000-8000-000000000000", "key").connect()
        assert unknown == ("Server unavailable" if broker.kind == "amqtt" else "Not authorized")
        assert router.publish(up(own), "x")
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(name)))
    eventually("it is back", lambda: broker.log().count("access_list_read") > 1)


def test_the_embedded_broker_is_small(tmp_path: Path, database_url: str, tls_files: TlsFiles) -> None:
    broker = RunningBroker("amqtt", tmp_path, database_url, tls_files)
    broker.start()
    assert broker.process is not None
    status = Path(f"/proc/{broker.process.pid}/status").read_text()
    resident_kib = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
    broker.stop()
    assert resident_kib < 96 * 1024


@pytest.mark.parametrize("broker", ["mosquitto"], indirect=True)
def test_the_keeper_ends_with_mosquitto(broker: RunningBroker) -> None:
    assert broker.process is not None
    found = subprocess.run(
        ["pgrep", "-P", str(broker.process.pid), "mosquitto"], capture_output=True, text=True, check=True
    )
    subprocess.run(["kill", "-KILL", found.stdout.strip()], check=True)
    assert broker.process.wait(timeout=30) == 1
    assert "mosquitto_ended" in broker.log()


@pytest.mark.parametrize("broker", ["mosquitto"], indirect=True)
def test_the_access_files_are_the_keepers_alone(broker: RunningBroker, fleet: Fleet) -> None:
    path = broker.data_dir / "mosquitto" / "password_file"
    router_id, key = fleet.add()
    eventually("the router is in it", lambda: router_id in path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key not in path.read_text()
    time.sleep(0.3)
    assert [file.name for file in path.parent.iterdir() if file.suffix == ".new"] == []
