"""The Ed25519 key of an opkg feed, in the files and signatures of OpenWrt's usign.

A file is a comment line and one line of base64: secret key `Ed`, `BK`, rounds (0: not encrypted), salt, checksum, id, key;
public key `Ed`, id, key; signature `Ed`, id, signature. The id is eight random bytes made with the key; a router keeps the
public key as `/etc/opkg/keys/<id in hex>`.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from spotfi_package.errors import BuildError

_ALGORITHM = b"Ed"
_DERIVATION = b"BK"
_SECRET_BYTES = 104
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class FeedKey:
    """A secret key and the id by which routers find its public half."""

    key_id: bytes
    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> Self:
        return cls(secrets.token_bytes(8), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a usign secret key file. BuildError when it is none, is encrypted or damaged."""
        raw = _decode(text)
        if len(raw) != _SECRET_BYTES or raw[:4] != _ALGORITHM + _DERIVATION or raw[4:8] != bytes(4):
            msg = (
                "The feed key is no unencrypted usign secret key. Make one with `usign -G`, or let the build make one."
            )
            raise BuildError(msg)
        key = raw[40:104]
        private = Ed25519PrivateKey.from_private_bytes(key[:32])
        if hashlib.sha512(key).digest()[:8] != raw[24:32] or _public_bytes(private) != key[32:]:
            msg = "The feed key is damaged: its checksum is wrong."
            raise BuildError(msg)
        return cls(raw[32:40], private)

    def secret_text(self) -> str:
        key = self.private.private_bytes_raw() + _public_bytes(self.private)
        checksum = hashlib.sha512(key).digest()[:8]
        header = _ALGORITHM + _DERIVATION + bytes(4) + secrets.token_bytes(_SALT_BYTES)
        return _encode("SpotFi feed secret key", header + checksum + self.key_id + key)

    def public_text(self) -> str:
        return _encode(f"SpotFi feed {self.key_id.hex()}", _ALGORITHM + self.key_id + _public_bytes(self.private))

    def sign(self, message: bytes) -> str:
        """The content of a usign signature file."""
        return _encode(f"signed by key {self.key_id.hex()}", _ALGORITHM + self.key_id + self.private.sign(message))


def _public_bytes(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _encode(comment: str, raw: bytes) -> str:
    return f"untrusted comment: {comment}\n{base64.b64encode(raw).decode()}\n"


def _decode(text: str) -> bytes:
    lines = text.splitlines()
    try:
        return base64.b64decode(lines[1], validate=True)
    except (IndexError, binascii.Error):
        return b""
