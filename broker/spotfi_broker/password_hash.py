"""Mosquitto's password hashes, so that one stored value serves its password file and the embedded broker.

Format (mosquitto_passwd(1), the default since 2.0): `$7$rounds$base64(salt)$base64(PBKDF2-HMAC-SHA512)`. A router's key has
256 random bits, so few rounds are enough; they are not there to slow down guessing.
"""

import base64
import binascii
import hashlib
import hmac
import os

_ROUNDS = 101
_MAX_ROUNDS = 1_000_000
_SALT_BYTES = 12
_DIGEST_BYTES = 64
_FIELDS = 5  # the text before the first `$` is empty


def make(password: str, *, salt: bytes | None = None) -> str:
    """The hash to store for a password; a random salt unless one is given."""
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    digest = _derive(password, salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def matches(password: str, stored: str) -> bool:
    """Whether the password is the one that was stored; False, too, for a stored value that is no such hash."""
    fields = stored.split("$")
    if len(fields) != _FIELDS or fields[:2] != ["", "7"] or not fields[2].isdecimal():
        return False
    rounds = int(fields[2])
    try:
        salt, digest = (base64.b64decode(field, validate=True) for field in fields[3:])
    except (binascii.Error, ValueError):
        return False
    return 0 < rounds <= _MAX_ROUNDS and hmac.compare_digest(_derive(password, salt, rounds), digest)


def _derive(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, _DIGEST_BYTES)
