"""Certificates that let a router speak RadSec (RFC 6614): what they are; the entrypoint knows who issues them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A fresh certificate with its key, in PEM; `sha256` is its fingerprint in lower-case hex."""

    sha256: str
    certificate_pem: str
    private_key_pem: str = field(repr=False)
    expires_at: datetime


CertificateIssuer = Callable[[str, datetime], ClientCertificate]
"""Makes a certificate for a common name as of now. ConflictError where the installation cannot issue any."""
