"""Device keys (a router's MQTT password), enrolment code hashes, RADIUS secrets and NAS identifiers: made and hashed here.

A key hash has the form of Mosquitto's password files: `$7$101$salt$hash`, salt and PBKDF2-HMAC-SHA512 (RFC 8018 §5.2) in
base64. The few rounds are enough: a key is 256 random bits, not a word somebody chose.
"""

import base64
import hashlib
import hmac
import secrets

from spotfi_protocol.device_keys import generate_device_key, hash_device_key

__all__ = [
    "generate_device_key",
    "generate_nas_identifier",
    "generate_radius_secret",
    "hash_code_secret",
    "hash_device_key",
    "is_device_key",
]

_HASH_BYTES = 64
_RADIUS_SECRET_BYTES = 18
_NAS_IDENTIFIER_BYTES = 7
_NAS_IDENTIFIER_SYMBOLS = 10


def is_device_key(key: str, key_hash: str) -> bool:
    """Whether the stored hash is of this key; in constant time."""
    try:
        _, _, rounds, salt, digest = key_hash.split("$")
        found = hashlib.pbkdf2_hmac("sha512", key.encode(), base64.b64decode(salt), int(rounds), _HASH_BYTES)
        return hmac.compare_digest(found, base64.b64decode(digest))
    except ValueError:
        return False


def hash_code_secret(secret: bytes) -> str:
    """SHA-256 in hex. A code's secret has 80 random bits, so neither salt nor rounds are needed."""
    return hashlib.sha256(secret).hexdigest()


def generate_radius_secret() -> str:
    """A shared secret of 24 characters that any NAS's web form accepts."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_RADIUS_SECRET_BYTES)).decode()


def generate_nas_identifier() -> str:
    """`sf-` and ten lower-case base32 characters; never changes in a router's life."""
    symbols = base64.b32encode(secrets.token_bytes(_NAS_IDENTIFIER_BYTES)).decode().lower()
    return f"sf-{symbols[:_NAS_IDENTIFIER_SYMBOLS]}"
