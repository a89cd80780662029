"""The ECDSA P-256 key that signs apk indexes and packages, as PEM, and its signature over an ADB block.

Routers keep the public key in `/etc/apk/keys/`. Signing is deterministic (RFC 6979), so that builds are reproducible.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from spotfi_package.errors import BuildError

_SIGNATURE_VERSION = 0
_SHA512 = 4
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class ApkKey:
    """A P-256 key pair."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> Self:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a PEM file. BuildError when it holds no unencrypted P-256 key."""
        try:
            key = serialization.load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            msg = "The apk key is no unencrypted PEM of a P-256 key. Make one: openssl ecparam -name prime256v1 -genkey -noout"
            raise BuildError(msg)
        return cls(key)

    def secret_text(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def public_text(self) -> str:
        return (
            self.private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def sign(self, schema: bytes, adb: bytes) -> bytes:
        """The payload of a signature block for this ADB block of a file of this schema."""
        header = bytes((_SIGNATURE_VERSION, _SHA512)) + key_id(self.private.public_key())
        message = schema + header + hashlib.sha512(adb).digest()
        return header + self.private.sign(message, ec.ECDSA(hashes.SHA512(), deterministic_signing=True))


def key_id(public: ec.EllipticCurvePublicKey) -> bytes:
    """By which apk finds the key among its trusted ones."""
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return hashlib.sha512(point).digest()[:_ID_BYTES]
