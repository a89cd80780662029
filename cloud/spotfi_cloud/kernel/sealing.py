"""Secrets at rest: AES-256-GCM under a key derived from the installation's secret key (HKDF-SHA256, RFC 5869).

A sealed value is `0x01 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The purpose is bound in twice, as HKDF info and as associated
data, so a value sealed for one use cannot be opened as another.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spotfi_cloud.kernel.errors import SpotFiError

_VERSION = b"\x01"
_NONCE_BYTES = 12
_MINIMUM_SECRET_CHARACTERS = 32


class SealError(SpotFiError):
    """A sealed value cannot be opened: another secret key made it, or it was changed."""

    code = "seal_broken"


def derive_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of the installation's secret key. ValueError when that is too short to be one."""
    if len(secret_key) < _MINIMUM_SECRET_CHARACTERS:
        msg = f"the secret key must have at least {_MINIMUM_SECRET_CHARACTERS} characters"
        raise ValueError(msg)
    return HKDF(SHA256(), 32, salt=b"spotfi", info=purpose.encode()).derive(secret_key.encode())


class Sealer:
    """Seals and opens byte strings for one purpose, such as `subscriber-password`."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._aead = AESGCM(derive_key(secret_key, purpose))
        self._purpose = purpose.encode()

    def seal(self, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, self._purpose)

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes. Raises SealError where the key is another one or the value was tampered with."""
        if sealed[:1] != _VERSION:
            msg = "This value was not sealed by SpotFi."
            raise SealError(msg)
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, ciphertext, self._purpose)
        except InvalidTag as error:
            msg = "SPOTFI_SECRET_KEY does not open what is stored. Start with the key this database was used with."
            raise SealError(msg) from error
