"""Tokens of many random bits: made here, and kept in the database as SHA-256 only (no salt: they cannot be guessed)."""

import hashlib
import secrets

_BYTES = 32


def make_token() -> str:
    """A fresh token of 256 random bits, base64url."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
