"""Mosquitto with TLS, as a router meets it: a certificate of its own CA, a user, and a plain listener for the observer."""

import datetime
import ipaddress
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.peers.processes import running

_PROGRAM = "/usr/sbin/mosquitto"


@dataclass(frozen=True)
class Broker:
    """Where it listens, and the file with the CA that vouches for it (the certificate names `localhost`)."""

    tls_port: int
    plain_port: int
    ca_file: Path


@contextmanager
def serving(folder: Path, user: str, password: str) -> Iterator[Broker]:
    """A broker that admits this user on its TLS port. FileNotFoundError where Mosquitto is not installed."""
    ca_file, cert_file, key_file = _write_certificates(folder)
    passwords = folder / "passwords"
    passwords.touch()
    subprocess.run(["mosquitto_passwd", "-b", passwords, user, password], check=True, capture_output=True)
    tls_port, plain_port = free_tcp_port(), free_tcp_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"per_listener_settings true\nuser root\n"
        f"listener {plain_port} 127.0.0.1\nallow_anonymous true\n"
        f"listener {tls_port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
        f"certfile {cert_file}\nkeyfile {key_file}\n"
    )
    with running([_PROGRAM, "-c", str(config)], folder / "mosquitto.log", lambda: _listens(plain_port)):
        yield Broker(tls_port, plain_port, ca_file)


def free_tcp_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_certificates(folder: Path) -> tuple[Path, Path, Path]:
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("Benchmark CA", ca_key, ca_key, "Benchmark CA", is_ca=True)
    cert = _certificate("localhost", key, ca_key, "Benchmark CA", is_ca=False)
    paths = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    paths[0].write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[2].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return paths


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey, issuer: str, *, is_ca: bool
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
