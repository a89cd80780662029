"""Both brokers on a real database, a CA, and routers that may connect."""

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spotfi_broker import password_hash
from tests.integration.broker.running import Client, RunningBroker, TlsFiles, eventually


class Fleet:
    """The routers in the database, changed the way the cloud changes them."""

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg.connect(database_url, autocommit=True)
        self._host_id = uuid4()
        self._connection.execute(
            "INSERT INTO hosts (id, name, timezone, currency, created_at) VALUES (%s, 'Café', 'UTC', 'EUR', now())",
            [self._host_id],
        )

    def add(self) -> tuple[str, str]:
        """A new router's id and its key; it may connect from now on."""
        router_id, key = uuid4(), _device_key()
        self._connection.execute(
            """
            INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port,
              interval_s, created_at) VALUES (%s, %s, 'router', 'agent', %s, '', false, 3799, 30, now())
            """,
            [router_id, self._host_id, f"sf-{router_id}"],
        )
        self._connection.execute(
            "INSERT INTO router_keys (router_id, key_hash, created_at) VALUES (%s, %s, now())",
            [router_id, password_hash.make(key)],
        )
        self._announce(router_id)
        return str(router_id), key

    def rotate(self, router_id: str) -> str:
        """Another key for the router, in place of the one it has."""
        key = _device_key()
        self._connection.execute(
            "UPDATE router_keys SET key_hash = %s WHERE router_id = %s", [password_hash.make(key), router_id]
        )
        self._announce(UUID(router_id))
        return key

    def revoke(self, router_id: str) -> None:
        self._connection.execute("UPDATE routers SET revoked_at = now() WHERE id = %s", [router_id])
        self._announce(UUID(router_id))

    def close(self) -> None:
        self._connection.close()

    def _announce(self, router_id: UUID) -> None:
        self._connection.execute("SELECT pg_notify('router_access', %s)", [str(router_id)])


def _device_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


@pytest.fixture
def fleet(database_url: str) -> Iterator[Fleet]:
    fleet = Fleet(database_url)
    yield fleet
    fleet.close()


@pytest.fixture(params=["amqtt", "mosquitto"])
def broker(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, tls_files: TlsFiles
) -> Iterator[RunningBroker]:
    """A running broker; the test runs once with each. None of them may have written a traceback."""
    running = RunningBroker(request.param, tmp_path, database_url, tls_files)
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log()


@pytest.fixture
def router(fleet: Fleet, broker: RunningBroker) -> Client:
    """A connected router that reads what is sent to it."""
    router_id, key = fleet.add()
    client = broker.client(router_id, key)
    enter(client)
    assert client.subscribe(f"spotfi/v1/{router_id}/down/#") == 1
    return client


def enter(client: Client) -> None:
    """Connect a router that was enrolled a moment ago: Mosquitto hears of it within a second."""
    eventually("the router gets in", client.would_get_in)
    assert client.connect() == "Success"


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return make_tls_files(tmp_path_factory.mktemp("tls"))


def make_tls_files(directory: Path) -> TlsFiles:
    """A CA and a certificate of it for localhost."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("SpotFi test CA", "SpotFi test CA", ca_key, ca_key, is_ca=True)
    certificate = _certificate("localhost", "SpotFi test CA", key, ca_key, is_ca=False)
    files = TlsFiles(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    files.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, *, is_ca: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if not is_ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return builder.sign(signer, hashes.SHA256())
