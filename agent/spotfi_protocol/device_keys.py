"""Device keys: a router's MQTT password, and the form in which the cloud keeps it.

A hash has the form of Mosquitto's password files: `$7$101$salt$hash`, salt and PBKDF2-HMAC-SHA512 (RFC 8018 §5.2) in
base64. The few rounds are enough: a key is 256 random bits, not a word somebody chose. It is in the contract because a router
that makes itself a new key tells the cloud only the hash.
"""

import base64
import hashlib
import re
import secrets

_ROUNDS = 101
_SALT_BYTES = 12
_HASH_BYTES = 64
_KEY_BYTES = 32
_HASH = re.compile(r"\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==")


def generate_device_key() -> str:
    """32 random bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).rstrip(b"=").decode()


def hash_device_key(key: str) -> str:
    """The form in which a key is stored, salted afresh at each call."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS, _HASH_BYTES)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def is_device_key_hash(value: object) -> bool:
    """Whether a peer sent what `hash_device_key` makes."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None
