"""The installation's own certification authority and the server certificate that `api` and the broker show.

The authority is made once (10 years) and is what routers pin when they enrol; the server certificate is renewed at a start
when names changed or its end is near (RFC 5280; names as in RFC 6125). The operator's own files win over both.
"""

import ipaddress
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from spotfi_cloud.entrypoints.embedded.private_files import write_private
from spotfi_cloud.entrypoints.settings import Settings, SettingsError, variable_of
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.routers.radsec import ClientCertificate

_FILES = ("tls_ca_file", "tls_cert_file", "tls_key_file")
_AUTHORITY_LIFE = timedelta(days=3652)
_SERVER_LIFE = timedelta(days=397)
_CLIENT_LIFE = timedelta(days=730)
_RENEW_BEFORE_END = timedelta(days=30)
_BACKDATED = timedelta(days=1)
"""Peers whose clock is a little behind accept a certificate that was just made."""


@dataclass(frozen=True, slots=True)
class _Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure_certificates(settings: Settings, clock: Clock) -> None:
    """Make, renew or keep the files the settings name; SettingsError where the operator's own are not all there."""
    own = [name for name in _FILES if name in settings.model_fields_set]
    if own:
        _check_operators_files(settings)
        return
    folder = settings.tls_key_file.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = _keep_authority(settings.tls_ca_file, folder / "ca.key", clock.now())
    names = server_names(settings)
    if not _is_good(_load(settings.tls_cert_file, settings.tls_key_file), authority, names, clock.now()):
        issued = _issue_server(authority, names, clock.now())
        _store(issued, settings.tls_cert_file, settings.tls_key_file, authority.certificate)


def issue_client_certificate(settings: Settings, common_name: str, now: datetime) -> ClientCertificate:
    """A certificate with its key for a peer that shows one to us, two years long.

    ConflictError where the authority is not this installation's own, so that its key is not here.
    """
    authority = _load(settings.tls_ca_file, settings.tls_key_file.parent / "ca.key")
    if authority is None:
        msg = "This installation uses certificates of your own. Issue one there, and give its `sha256` here."
        raise ConflictError(msg)
    key = ec.generate_private_key(ec.SECP256R1())
    end = min(now + _CLIENT_LIFE, authority.certificate.not_valid_after_utc)
    builder = _leaf(authority, _name(common_name), key, now, end - now)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    certificate = builder.add_extension(purpose, critical=False).sign(authority.key, SHA256())
    return ClientCertificate(
        sha256=certificate.fingerprint(SHA256()).hex(),
        certificate_pem=certificate.public_bytes(Encoding.PEM).decode(),
        private_key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        expires_at=end,
    )


def server_names(settings: Settings) -> list[str]:
    """Every name and address under which this machine's server is reached, in order, each once."""
    public = urlsplit(settings.public_url).hostname or "localhost"
    names = ("localhost", "127.0.0.1", "::1", socket.gethostname(), public, settings.public_mqtt_host)
    return list(dict.fromkeys(name.lower() for name in (*names, *_own_addresses())))


def _own_addresses() -> list[str]:
    """Every address of this machine that a router might be told, link-local ones left out."""
    found = (address.address for addresses in psutil.net_if_addrs().values() for address in addresses)
    return sorted(text for text in found if _is_reachable(text))


def _is_reachable(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False  # a hardware address, or one with a zone
    return not (address.is_link_local or address.is_loopback)


def _check_operators_files(settings: Settings) -> None:
    for name in _FILES:
        if name not in settings.model_fields_set:
            msg = f"{variable_of(name)} is not set: your own certificates need all of CA, certificate and key file."
            raise SettingsError(msg, field=variable_of(name))
        try:
            getattr(settings, name).read_bytes()
        except OSError as error:
            msg = f"{variable_of(name)}: {getattr(settings, name)} cannot be read ({error.strerror})."
            raise SettingsError(msg, field=variable_of(name)) from None


def _keep_authority(certificate: Path, key: Path, now: datetime) -> _Issued:
    kept = _load(certificate, key)
    if kept is not None:
        return kept
    if certificate.exists():
        msg = f"{key} does not belong to {certificate}, which routers trust: put the right one back."
        raise SettingsError(msg)
    made = _issue_authority(now)
    _store(made, certificate, key)
    return made


def _load(certificate_file: Path, key_file: Path) -> _Issued | None:
    """The pair; None where it is missing, broken, or not a pair."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        return None
    return _Issued(certificate, key)


def _store(issued: _Issued, certificate_file: Path, key_file: Path, *chain: x509.Certificate) -> None:
    write_private(key_file, issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (issued.certificate, *chain))
    write_private(certificate_file, pem)


def _is_good(server: _Issued | None, authority: _Issued, names: Iterable[str], now: datetime) -> bool:
    if server is None or server.certificate.not_valid_after_utc - now < _RENEW_BEFORE_END:
        return False
    try:
        server.certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError):
        return False
    shown = server.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(shown) == set(_general_names(names))


def _general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    return [_general_name(name) for name in names]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _issue_authority(now: datetime) -> _Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"SpotFi installation {secrets.token_hex(4)}")
    usage = _usage(signs_certificates=True)
    certificate = (
        _builder(name, name, key, now, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    return _Issued(certificate, key)


def _issue_server(authority: _Issued, names: list[str], now: datetime) -> _Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    life = min(_SERVER_LIFE, authority.certificate.not_valid_after_utc - now)
    certificate = (
        _leaf(authority, _name("SpotFi"), key, now, life)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .sign(authority.key, SHA256())
    )
    return _Issued(certificate, key)


def _leaf(
    authority: _Issued, subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    """What every certificate of the authority has, but its own."""
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _builder(subject, authority.certificate.subject, key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(issuer_key, critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
